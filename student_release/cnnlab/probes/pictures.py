"""What the feedback may draw of a student's own work: a model's maps, the losses of a training.

Nothing is judged here. Where nothing is found there is no picture, and nothing is wrong.
"""

import math
from functools import partial
from typing import Any, TypedDict, cast

import torch
from torch import Tensor

from cnnlab.probes import Count, observe
from cnnlab.progress import LiveCurve

MAPS_LIMIT, SIDE_LIMIT = 8, 64
LOSSES_LIMIT = 400
"""As many as a picture has room for; of more, every second, third, … is taken."""
LARGEST_LOSS = 1e6
"""From here on, and with NaN, training has come apart."""


class Maps(TypedDict):
    """What the first convolution of a model makes of an image."""

    value: Any
    """float32 [K,h,w] after ReLU, at most the first eight; None if there are none."""


class Curve(TypedDict, total=False):
    """The losses of a training, one a batch; empty where there is no curve that can be read."""

    losses: list[float]
    """Finite numbers, up to where training came apart, evenly thinned out."""
    batches: Count
    """How many there were until then."""
    broken: bool
    """Whether training came apart."""


def feature_maps(model: Any, image: Tensor) -> Maps:
    """What the first convolution of `model` makes of `image`, float32 [1,1,H,W]."""
    return Maps(value=observe(partial(_first_maps, model), image)["value"])


def _first_maps(model: Any, image: Tensor) -> Tensor | None:
    from cnnlab.plots.maps import convolution_maps  # here, because matplotlib comes with it
    from cnnlab.plots.tracing import as_model

    _, maps = convolution_maps(as_model(model), image)[0]
    return None if max(maps.shape[1:]) > SIDE_LIMIT else torch.from_numpy(maps[:MAPS_LIMIT]).float()


def learning_curve() -> Curve:
    """The losses that the newest `progress.LiveCurve` has recorded."""
    return cast("Curve", observe(_newest_curve)["value"] or {})


def _newest_curve() -> Curve:
    losses = [float(loss) for loss in LiveCurve.newest.losses] if LiveCurve.newest else []
    sound = next((i for i, x in enumerate(losses) if not abs(x) < LARGEST_LOSS), len(losses))
    step = math.ceil(sound / LOSSES_LIMIT) or 1
    return {"losses": losses[:sound:step], "batches": sound, "broken": sound < len(losses)}

"""What the feedback may draw of a student's own work: a model's maps, the losses of a training.

Nothing is judged here. Where nothing is found there is no picture, and nothing is wrong.
"""

import math
from functools import partial
from typing import Any

import torch
from torch import Tensor

from cnnlab.plots.maps import convolution_maps
from cnnlab.plots.tracing import as_model
from cnnlab.probes import observe
from cnnlab.progress import LiveCurve

MAPS_LIMIT, SIDE_LIMIT = 8, 64
LOSSES_LIMIT = 400
"""As many as a picture has room for; of more, every second, third, … is taken."""
LARGEST_LOSS = 1e6
"""From here on, and with NaN, training has come apart."""


def feature_maps(model: Any, image: Tensor) -> dict[str, Tensor | None]:
    """What the first convolution of `model` makes of `image`, float32 [1,1,H,W].

    Returns `value`: float32 [K,h,w] after ReLU, at most the first eight; None if there are none.
    """
    return {"value": observe(partial(_first_maps, model), image)["value"]}


def _first_maps(model: Any, image: Tensor) -> Tensor | None:
    _, maps = convolution_maps(as_model(model), image)[0]
    return None if max(maps.shape[1:]) > SIDE_LIMIT else torch.from_numpy(maps[:MAPS_LIMIT]).float()


def learning_curve() -> dict[str, Any]:
    """The losses that the newest `progress.LiveCurve` has recorded, one a batch.

    Returns `losses`: finite numbers, up to where training came apart, evenly thinned out;
    `batches`: how many there were until then; `broken`: whether it came apart. Nothing of it where
    there is no curve, or none that can be read.
    """
    return observe(_newest_curve)["value"] or {}


def _newest_curve() -> dict[str, Any]:
    losses = LiveCurve.newest.losses if LiveCurve.newest else []
    sound = next((i for i, x in enumerate(losses) if not abs(x) < LARGEST_LOSS), len(losses))
    step = math.ceil(sound / LOSSES_LIMIT) or 1
    return {"losses": losses[:sound:step], "batches": sound, "broken": sound < len(losses)}

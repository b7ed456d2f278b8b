"""Judge a trained network by its scores of digits: how often it is right, and whether it computes.

How a network was trained is its own business, and so is the scaling of its images: it is looked at
under each of the usual ones, and the best counts.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from cnnlab import data
from cnnlab.cases import once
from cnnlab.feedback.scores import scores_symptom
from cnnlab.probes import probe_once
from cnnlab.probes.models import SCALINGS, scores
from cnnlab.probes.storage import emptied
from cnnlab.sampling import DigitSample, accuracy_of
from labkit.diagnosis import Diagnosis
from labkit.run import current

LEARNED = 80.0
"""Percent: a network that trained on 2,000 digits is above this."""
FLOOR = 90.0
"""Percent at which the points for accuracy begin to grow."""
EMPTIED_COUNT = 200
COLLAPSED = 40.0
"""Percent: a network without its weights says the same digit always, and is right on a tenth."""
VALIDATION_COUNT = 1_000
"""Validation images that a public check looks at first."""
ALL_VALIDATION = 10_000


@dataclass(frozen=True)
class Judged:
    """What a network did with some digits, under the scaling that suits it best."""

    digits: DigitSample
    table: Tensor
    scaling: str
    accuracy: float


def validation_digits(count: int = VALIDATION_COUNT) -> DigitSample:
    """Return `count` of the images that `data.train_and_validation` holds out, as they are."""
    return once("validation digits", _validation, count)


def _validation(random: torch.Generator, count: int) -> DigitSample:
    images, labels = (part[data.VALIDATION_START :] for part in data.load("train"))
    chosen = np.sort(torch.randperm(len(images), generator=random)[:count].numpy())
    weights = torch.full((count,), len(images) / count).double()
    return DigitSample(torch.from_numpy(images[chosen]), torch.from_numpy(labels[chosen]), weights)


def judge(
    question: str,
    name: str,
    model: Any,
    digits: DigitSample,
    enough: float,
    *,
    scalings: Sequence[str] = SCALINGS,
    public: bool = True,
) -> Judged | Diagnosis:
    """Return how `model` reads `digits`, or what is wrong with the form of its scores.

    The next of the `scalings` is tried where those before give less than `enough` percent.
    """
    best: Judged | None = None
    for scaling in scalings:
        seen = look(model, digits.images, scaling)
        problem = scores_symptom(seen, len(digits.images), question, name, public)
        if problem and not best:
            return problem
        if not problem:
            accuracy = accuracy_of(seen["scores"], digits)
            if best is None or accuracy > best.accuracy:
                best = Judged(digits, seen["scores"], scaling, accuracy)
        if best and best.accuracy >= enough:
            break
    if best is None:
        raise RuntimeError("no scaling was tried")
    return best


KEPT = 100
_last: dict[tuple[Any, ...], Any] = {}


def look(model: Any, images: Tensor, scaling: str) -> Any:
    """Return the probe `scores`; for the same weights and images, only once.

    A grader shares observations among a question's checks by itself. Under plain otter the last
    ones are kept here, by the bytes of all weights.
    """
    if current().runner is not None or not isinstance(model, nn.Module):
        return probe_once(scores, model, images, scaling)
    try:
        key = (id(model), id(images), scaling, _weights(model))
    except Exception:  # weights that cannot be read are the probe's matter
        return probe_once(scores, model, images, scaling)
    if key not in _last:
        if len(_last) >= KEPT:
            _last.pop(next(iter(_last)))
        # Model and images are kept, too: another one could get the same id.
        _last[key] = (probe_once(scores, model, images, scaling), model, images)
    return _last[key][0]


def _weights(model: nn.Module) -> str:
    digest = hashlib.sha256()
    for tensor in (*model.parameters(), *model.buffers()):
        digest.update(tensor.detach().cpu().reshape(-1).view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()


def emptied_accuracy(model: Any, seen: Judged) -> float:
    """Return what is left of the accuracy, in percent, with 0 in all of the network's weights."""
    digits = validation_digits(EMPTIED_COUNT)
    shown = probe_once(emptied, model, digits.images, seen.scaling)
    if scores_symptom(shown, EMPTIED_COUNT, "", ""):
        return 0.0  # it can't compute any more
    return accuracy_of(shown["scores"], digits)


def steps_reached(accuracy: float, full: float, steps: int) -> int:
    """Return how many of `steps` equal ones from `FLOOR` to `full` percent the accuracy reaches."""
    if accuracy >= full:
        return steps
    return max(0, int(steps * (accuracy - FLOOR) / (full - FLOOR)))

"""Why a reported accuracy isn't the one that is measured (q12)."""

import math
from collections.abc import Iterator
from typing import Any

from cnnlab import calibration
from cnnlab.feedback.scores import scores_symptom
from cnnlab.feedback.trained import causes, training_accuracy, weak
from cnnlab.judging import ALL_VALIDATION, LEARNED, Judged, judge, look, validation_digits
from cnnlab.probes import probe_once
from cnnlab.probes.models import SCALINGS, training_scores
from cnnlab.sampling import DigitSample, accuracy_of
from labkit.diagnosis import Cause, Diagnosis, caused

TRAINING_START = 1_000
"""Training images on which a network is measured that may have been measured there."""


def claim_diagnosis(model: Any, claimed: float) -> Diagnosis | None:
    """Is the reported accuracy what the network reaches, as far as chance allows (q12)?

    It is, if it fits the accuracy under any scaling. Before the claim is doubted, causes are
    looked for in the network.
    """
    first = judge("q12", "model", model, validation_digits(), LEARNED)
    if isinstance(first, Diagnosis):
        return first
    if abs(claimed - first.accuracy) <= CLEARLY_RIGHT:
        return None
    found = list(causes(model, first)) if first.accuracy < LEARNED else []
    digits = validation_digits(ALL_VALIDATION)
    seen = judge("q12", "model", model, digits, 100.0, scalings=(first.scaling,))
    if isinstance(seen, Diagnosis):
        return seen
    if any(
        abs(claimed - each) <= calibration.claim_tolerance(each) for each in _honest(model, digits)
    ):
        return None
    if len(found) == 1 and found[0].id not in _ONLY_WEAKER:
        return weak("q12", "model", model, first, "")
    tolerance = calibration.claim_tolerance(seen.accuracy)
    if claimed <= 1 and abs(100 * claimed - seen.accuracy) <= tolerance:
        text = f"reported_accuracy is {claimed:.4g}, a fraction: give it in percent"
        return caused("q12", Cause("reported_as_fraction", text))
    told = f"you reported {claimed:.2f} %; your model scores {seen.accuracy:.2f} %"
    told += f" on validation images. Up to {tolerance:.1f} points may be chance"
    return caused("q12", _claimed(model, seen, claimed, tolerance, told))


def _honest(model: Any, digits: DigitSample) -> Iterator[float]:
    """What an honest student may have measured: under any scaling, on the first images or all."""
    for scaling in SCALINGS:
        seen = look(model, digits.images, scaling)
        if scores_symptom(seen, len(digits.images), "", "") is None:
            right = seen["scores"].argmax(1).eq(digits.labels).double()
            yield from (100.0 * float(right[:count].mean()) for count in VALIDATION_COUNTS)


VALIDATION_COUNTS = (1_000, 2_000, 5_000, 10_000)
"""Sizes of validation splits; the digits are in MNIST's order, so the first ones differ a bit."""
NO_ACCURACY = 5.0
"""Percent that not even a network that guesses falls below."""
CLEARLY_RIGHT = 1.0
"""Points that a claim may be off without more being looked at."""
_ONLY_WEAKER = ("softmax_in_model", "trained_on_few")
"""Causes of a weak network, which explain no wrong claim."""


def _claimed(model: Any, seen: Judged, claimed: float, tolerance: float, told: str) -> Cause:
    others = {
        "claim_is_error_rate": 100 - seen.accuracy,
        "claim_in_training_mode": _training_mode_accuracy(model, seen),
        "claim_on_training_images": training_accuracy(model, seen, TRAINING_START),
    }
    fits = [
        name
        for name, value in others.items()
        if abs(claimed - value) <= tolerance < abs(value - seen.accuracy)
    ]
    if len(fits) == 1:
        return Cause(fits[0], f"{told}. {_CLAIMS[fits[0]]}")
    if claimed < NO_ACCURACY and seen.accuracy > LEARNED:
        return Cause("claim_is_no_accuracy", f"{told}. {_CLAIMS['claim_is_no_accuracy']}")
    name = "claim_too_high" if claimed > seen.accuracy else "claim_too_low"
    return Cause(name, f"{told}. {_CLAIMS[name]}")


_CLAIMS = {
    "claim_is_error_rate": "Your number is the share of wrong answers",
    "claim_in_training_mode": "Your number is what it reaches in training mode: call `model.eval()`"
    " before you measure, or dropout stays on",
    "claim_on_training_images": "Your number is what it reaches on training images: measure on the"
    " validation images",
    "claim_is_no_accuracy": "Guessing gives about 10 %, so your number can't be an accuracy in"
    " percent: is it a loss, or a share of the images?",
    "claim_too_high": "Usual causes: a number typed in, another model than the one that was"
    " measured, or an `evaluate` that is not right yet (`fitting.accuracy` measures as well)",
    "claim_too_low": "Usual causes: measured before training was over, another model than the one"
    " that was measured, or an `evaluate` that is not right yet (`fitting.accuracy` measures as"
    " well)",
}


def _training_mode_accuracy(model: Any, seen: Judged) -> float:
    shown = probe_once(training_scores, model, seen.digits.images, seen.scaling)
    if scores_symptom(shown, len(seen.digits.images), "", ""):
        return math.nan
    return accuracy_of(shown["scores"], seen.digits)

"""What accuracy a submission must reach, as measured beforehand: the record calibration.json.

`proofs.calibrate` trains the lesson's recipe many times and writes the record; nothing here
trains. All accuracies are in percent, on perturbed test images.
"""

import functools
import json
import math
from dataclasses import dataclass
from pathlib import Path

RECORD = Path(__file__).with_name("calibration.json")
SMALLEST_VALIDATION = 1_000
"""Images; a validation split smaller than this is too small to report an accuracy from."""
CLAIM_DEVIATIONS = 3.3
"""Standard deviations that a claim may be off: 1 honest student in 1,000 is further away."""


@dataclass(frozen=True)
class Reference:
    """Accuracies that one recipe reached: how often it ran, what came out, what is asked for."""

    runs: int
    mean: float
    deviation: float
    minimum: float
    threshold: float


@functools.cache
def reference(name: str) -> Reference:
    """The record of a recipe: "lesson", "stand-in", "lecture" (q12), "leaderboard" (q18)."""
    entry = json.loads(RECORD.read_text(encoding="utf-8"))["references"][name]
    return Reference(**{field: entry[field] for field in Reference.__dataclass_fields__})


def threshold() -> float:
    """Accuracy in percent at which q12 gives all points, whichever of the recipes it was."""
    return min(reference(name).threshold for name in ("lesson", "stand-in", "lecture"))


def leaderboard_threshold() -> float:
    """Accuracy in percent at which q18 gives all points: above q12's."""
    return reference("leaderboard").threshold


def claim_tolerance(measured: float) -> float:
    """How far an honest reported accuracy may be from the one `measured` on all validation images.

    The report is a share of right answers among validation images, and has the binomial standard
    deviation sqrt(p (1 - p) / n). A share near 0 or 1 is treated as 1 %.
    """
    share = min(max(measured / 100, 0.01), 0.99)
    return 100 * CLAIM_DEVIATIONS * math.sqrt(share * (1 - share) / SMALLEST_VALIDATION)

"""Whether student code is isolated well enough here for marks that count."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.errors import KitError
from autograder.judge.start import canary
from autograder.records import Grade, Isolation, Layer
from autograder.sandbox.launch import Zygote
from autograder.sandbox.tiers import Tier

if TYPE_CHECKING:
    from autograder.course.build.products import Built
    from autograder.judge.engine import Engine

REQUIRED_TIER = Tier.CONTAINER.value
"""The weakest tier that will do, unless an instructor says otherwise."""


class TooWeak(KitError):
    """Nothing may be graded here; the message says what was reached, required, and what to do."""


@dataclass(frozen=True)
class Requirement:
    """What an instructor asks of the isolation."""

    tier: int = REQUIRED_TIER
    practice: bool = False
    """Weaker will do, and every report says that the marks are for practice."""

    def accepts(self, grade: Grade) -> bool:
        """Whether a grade of an earlier run is as well isolated as one of this run must be."""
        earlier = grade.isolation
        if earlier is None:
            return False
        return self.practice or (earlier.tier <= self.tier and not earlier.shortfall)


def measured(zygote: Zygote, required: int, canary: Path | None = None) -> Isolation:
    """The isolation that `zygote`'s sandboxes have, tried in one; `canary` must be unreadable."""
    layers = zygote.layers(canary)
    tier = zygote.tier_number
    return Isolation(tier, Tier(tier).description, layers, shortfall(tier, layers, required))


def with_isolation(engine: "Engine", built: "Built", required: int) -> "Engine":
    """Return `engine`, which now knows its isolation as every report tells it.

    A file of the hidden tests is the canary.
    """
    # What it imports would keep the zygote waiting, which starts beside the engine.
    from autograder.judge.beside import with_judging

    isolation = measured(engine.zygote, required, canary(built))
    return replace(engine, isolation=with_judging(isolation, engine.questions))


def shortfall(tier: int, layers: Sequence[Layer], required: int) -> str:
    """Why `tier` with these `layers` is weaker than `required`; '' if it is not."""
    if tier > required:
        return f"isolation tier {tier} was reached, tier {required} is required"
    if failed := [layer.name for layer in layers if layer.state == "failed"]:
        return f"isolation tier {tier} was reached, but of its layers did not hold: " + ", ".join(
            failed
        )
    return ""


def demand(isolation: Isolation, requirement: Requirement) -> None:
    """Raises `TooWeak` where the isolation is weaker than required and not for practice."""
    if isolation.shortfall and not requirement.practice:
        raise TooWeak(
            f"nothing was graded: {isolation.shortfall}; grade as root on Linux or in a container, "
            "or add --practice for marks that do not count"
        )


def weakest(grades: Iterable[Grade]) -> Isolation | None:
    """The weakest isolation of all `grades`: what a class as a whole can rely on."""
    known = (grade.isolation for grade in grades if grade.isolation)
    return max(known, key=lambda each: (each.shortfall != "", each.tier), default=None)

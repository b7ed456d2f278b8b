"""Explain a wrong number by the computations that lead to it.

Nothing is listed: `cnnlab.feedback.flattened`, `parameters`, `sizes` and `fields` compute what a
wrong turn, or two of them, would give. Here stands how such guesses are compared with an answer.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from labkit.diagnosis import Cause

Number = int | float | None
"""What a wrong computation gives; None where it stops with an error."""


@dataclass(frozen=True)
class Guess:
    """One wrong computation."""

    cause: Cause
    numbers: tuple[Number, ...]
    """What it gives in each call of a check; one number where a number alone is asked."""
    cost: float = 1.0
    """How far it is from the right computation: 1 for each wrong turn, more for a rare one."""


def fitting(numbers: Sequence[Number], guesses: Iterable[Guess]) -> list[Cause]:
    """The causes of the guesses that give exactly `numbers`: the simplest of them, all of those."""
    fit = [guess for guess in guesses if guess.numbers == tuple(numbers)]
    least = min((guess.cost for guess in fit), default=0.0)
    return list({guess.cause.id: guess.cause for guess in fit if guess.cost == least}.values())

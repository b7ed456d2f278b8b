"""Evidence without a picture: words alone, and a number that the class report collects."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from autograder.reports.kinds.form import Name, Number, Words


@dataclass(frozen=True)
class Note:
    """A sentence where there is nothing to draw."""

    kind: Literal["note"]
    words: Words


@dataclass(frozen=True)
class Measured:
    """One number of a student: 96.4 % of the changed test digits."""

    kind: Literal["number"]
    title: Name
    value: Number
    unit: Name
    of: Name

    @property
    def axis(self) -> str:
        """What a histogram's axis is called: "accuracy in %"."""
        return f"{self.title.lower()} in {self.unit}" if self.unit else self.title.lower()

    @property
    def text(self) -> str:
        """The number with its unit."""
        return f"{self.value:.2f} {self.unit}".strip()


@dataclass(frozen=True)
class Ranked:
    """One thing that a leaderboard ranks."""

    name: Words
    value: Annotated[int, Field(strict=True)] | Number
    order: Literal["asc", "desc"]


@dataclass(frozen=True)
class Leaderboard:
    """What Gradescope ranks, the most important first."""

    kind: Literal["leaderboard"]
    entries: Annotated[list[Ranked], Field(min_length=1, max_length=10)]

"""A decision as data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    """What a decision does."""

    OVERRIDE = "override"
    """The points of a question, or the total, become `points`."""
    ADJUST = "adjust"
    """`points` are added to a question, or to the total; negative ones are taken."""
    MARK = "mark"
    """The part of a question that people mark: `criteria`, or `points` for all of it."""
    COMMENT = "comment"
    """A remark for the student on a question, or on the whole."""
    EXCUSE = "excuse"
    """The student need not answer the question, or not hand in at all."""
    EXTENSION = "extension"
    """The student may hand in up to `until`."""
    DROP = "drop"
    """The question counts for nobody."""
    CREDIT = "credit"
    """Full points of the question for all who answered it, or, with to = "all", for everybody."""
    CURVE = "curve"
    """The total of everybody becomes what `formula` says."""
    ACCEPT = "accept"
    """A person has looked: the marks stand as they are, of a question or of the whole."""
    HOLD = "hold"
    """The student's mark is withheld everywhere."""
    LIFT = "lift"
    """The hold on the student's mark ends."""


@dataclass(frozen=True)
class Withdrawal:
    """Who took a decision back."""

    who: str
    when: datetime
    why: str


@dataclass(frozen=True)
class Decision:
    """One decision of a person."""

    kind: Kind
    who: str
    when: datetime
    why: str
    student: str = ""
    """'' for a decision that concerns everybody."""
    question: str = ""
    """'' for a decision on the whole."""
    points: float | None = None
    criteria: Mapping[str, float] = field(default_factory=dict[str, float])
    """Points by the rubric's criterion."""
    comment: str = ""
    """For the student."""
    until: datetime | None = None
    to: str = "answered"
    formula: str = ""
    late_rules: str = "before"
    """'before' or 'after': whether it is applied before what lateness costs is taken, or then."""
    withdrawn: Withdrawal | None = None
    line: int = 0
    """Where it stands in the file, from 1."""

    @property
    def date(self) -> str:
        """Return the day of the decision, as it is shown."""
        return self.when.date().isoformat()


@dataclass(frozen=True)
class Decisions:
    """All decisions on a class, in the order of their making."""

    every: tuple[Decision, ...] = ()

    @property
    def standing(self) -> tuple[Decision, ...]:
        """Return those that nobody has taken back."""
        return tuple(each for each in self.every if each.withdrawn is None)

    def on(self, student: str) -> tuple[Decision, ...]:
        """Return the standing decisions that concern `student`, alone or as one of all."""
        return tuple(each for each in self.standing if each.student in ("", student))

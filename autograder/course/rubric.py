"""What a person marks of a question, as the master notebook says."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Criterion:
    """One line of a rubric."""

    name: str
    points: float
    text: str = ""


@dataclass(frozen=True)
class Rubric:
    """What a person marks of a question, as the master notebook says."""

    answer: str
    """The student's variable that holds it, a text."""
    criteria: tuple[Criterion, ...]

    @property
    def points(self) -> float:
        """The points of all criteria."""
        return sum(criterion.points for criterion in self.criteria)

"""Who would move, by how much and in which question: two gradings of a class compared."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from autograder.course.late import final_score
from autograder.records import Grade, Outcome
from autograder.reports.words import has_marks, number


@dataclass(frozen=True)
class Move:
    """The points of one question, before and after; None: open, or not there."""

    question: str
    before: float | None
    after: float | None


@dataclass(frozen=True)
class Change:
    """One student whose marks are not the same after grading anew."""

    student: str
    before: float | None
    """The total that counted; None: open, or nobody of this name."""
    after: float | None
    moves: tuple[Move, ...]
    remark: str = ""
    """What else is to be known: a phrase."""

    @property
    def difference(self) -> float | None:
        """Points won or lost; None if one of the totals is not known."""
        if self.before is None or self.after is None:
            return None
        return round(self.after - self.before, 6)


def changes(before: Sequence[Grade], after: Sequence[Grade]) -> tuple[Change, ...]:
    """Return every student who moves: without a known difference first, then the largest moves."""
    old, new = ({grade.student: grade for grade in grades} for grades in (before, after))
    found = [
        change
        for student in dict.fromkeys([*old, *new])
        if (change := _change(student, old.get(student), new.get(student)))
    ]
    return tuple(sorted(found, key=_size, reverse=True))


def _size(change: Change) -> tuple[bool, float]:
    return change.difference is None, abs(change.difference or 0)


def _change(student: str, old: Grade | None, new: Grade | None) -> Change | None:
    change = Change(student, _total(old), _total(new), tuple(_moves(old, new)), _remark(old, new))
    moved = change.before != change.after or change.moves or _beneath(old, new)
    return change if moved or old is None or new is None else None


def _total(grade: Grade | None) -> float | None:
    return final_score(grade) if grade and has_marks(grade) else None


def _moves(old: Grade | None, new: Grade | None) -> Iterator[Move]:
    before, after = _points(old), _points(new)
    for question in dict.fromkeys([*before, *after]):
        if before.get(question) != after.get(question):
            yield Move(question, before.get(question), after.get(question))


def _points(grade: Grade | None) -> dict[str, float | None]:
    if grade is None:
        return {}
    return {
        result.question: None if result.outcome is Outcome.GRADER_ERROR else result.score
        for result in grade.questions
    }


def _remark(old: Grade | None, new: Grade | None) -> str:
    if old is None or new is None:
        return "new: has no grade yet" if old is None else "not among the submissions"
    if beneath := _beneath(old, new):
        return beneath
    if not has_marks(new):
        return "needs review"
    if old.ending is not new.ending:
        return f"{old.ending.value} before, {new.ending.value} now".replace("_", " ")
    return ""


def _beneath(old: Grade | None, new: Grade | None) -> str:
    """What the checks give otherwise now where a person has decided; '' for nothing."""
    before, after = _checks(old), _checks(new)
    return "; ".join(
        f"{question}: the checks give {number(after[question])}, not {number(before[question])}, "
        "beneath a decision"
        for question in before.keys() & after.keys()
        if before[question] != after[question]
    )


def _checks(grade: Grade | None) -> dict[str, float]:
    """The points that the checks gave, where a decision has changed a question or the total."""
    if grade is None or grade.withheld:
        return {}
    found = {
        result.question: result.engine_score
        for result in grade.questions
        if result.engine_score is not None
    }
    if grade.total_decided and grade.engine_score is not None:
        found["total"] = grade.engine_score
    return dict(sorted(found.items()))

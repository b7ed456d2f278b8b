"""What the store keeps of a student, and its form as JSON."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from pydantic import TypeAdapter

from autograder.records import Grade, Isolation, Person, Submission
from autograder.store.basis import Basis


@dataclass(frozen=True)
class Attempt:
    """What is known of the hand-in that a grade belongs to."""

    source: str
    """Name of the file or folder, without its folder."""
    content: str = ""
    """Stands for the bytes; '' where an earlier version of the kit has kept nothing of the kind."""
    people: tuple[Person, ...] = ()
    group: str = ""
    members: tuple[str, ...] = ()
    """Members of the group who did not hand in themselves."""
    submitted: datetime | None = None
    due: datetime | None = None
    marked_late: bool = False
    earlier: tuple[str, ...] = ()
    taken_before: float = 0.0
    """What an earlier version of the kit took for lateness, from times that it did not keep."""

    def as_submission(self, student: str) -> Submission:
        """Return what was handed in as far as it is known; nothing can be read from it."""
        return Submission(
            student,
            Path(self.source),
            people=self.people,
            group=self.group,
            submitted=self.submitted,
            due=self.due,
            marked_late=self.marked_late,
            earlier=self.earlier,
        )


def attempt_of(submission: Submission, content: str, members: tuple[str, ...] = ()) -> Attempt:
    """Return what the store keeps of `submission`, whose bytes `content` stands for."""
    return Attempt(
        submission.source.name,
        content,
        submission.people,
        submission.group,
        members,
        submission.submitted,
        submission.due,
        submission.marked_late,
        submission.earlier,
    )


@dataclass(frozen=True)
class Run:
    """One command that graded: who, when, with which tests, settings and isolation."""

    command: str
    basis: Basis
    who: str = ""
    started: str = ""
    settings: str = ""
    """The course's, in words."""
    isolation: Isolation | None = None
    number: int = 0
    """In the store, from 1; 0 before it is kept."""


@dataclass(frozen=True)
class Kept:
    """One student of the class as the store holds them."""

    student: str
    folder: str
    """The name of the student's folder below `students/`."""
    attempt: Attempt
    grade: Grade
    """As the engine gave it; the late policy and people's decisions are not in it."""
    basis: Basis
    run: int
    graded: str
    """When, as ISO 8601."""
    digest: str
    """Stands for `grade`."""


@dataclass(frozen=True)
class Earlier:
    """A grade that was replaced."""

    grade: Grade
    attempt: Attempt
    run: int
    graded: str


_GRADE = TypeAdapter(Grade)
_ATTEMPT = TypeAdapter(Attempt)
_BASIS = TypeAdapter(Basis)
_ISOLATION = TypeAdapter(Isolation | None)


def now() -> str:
    """Return the present moment as ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def for_tables(grade: Grade) -> Grade:
    """Return what a class's tables need: a thousand whole grades would fill the memory."""
    questions = tuple(replace(question, cases=()) for question in grade.questions)
    return replace(grade, questions=questions, cells=(), notes=())


def grade_document(grade: Grade) -> tuple[dict[str, Any], list[Any]]:
    """Return `grade` without the outputs of its cells, as JSON's values, and those outputs."""
    outputs = [list(cell.outputs) for cell in grade.cells]
    bare = replace(grade, cells=tuple(replace(cell, outputs=()) for cell in grade.cells))
    return plain(bare), outputs


def with_outputs(grade: Grade, outputs: Sequence[Any]) -> Grade:
    """Return `grade` with the outputs of its cells."""
    cells = zip(grade.cells, outputs, strict=True)
    return replace(grade, cells=tuple(replace(cell, outputs=tuple(shown)) for cell, shown in cells))


def plain(record: Any) -> dict[str, Any]:
    """Return a record as JSON's own values: its text is read back as the same values."""
    return cast("dict[str, Any]", json.loads(json.dumps(record, default=_form)))


def _form(value: Any) -> Any:
    """Return what stands for a record or a time; `asdict` would take five times as long."""
    if isinstance(value, datetime):
        return value.isoformat()
    return {each.name: getattr(value, each.name) for each in fields(value)}  # TypeError for others


def read_grade(document: Any) -> Grade:
    """Return the grade of a document. Raises ValueError for what is none."""
    return _GRADE.validate_python(document)


def read_attempt(document: Any) -> Attempt:
    """Return the attempt of a document. Raises ValueError for what is none."""
    return _ATTEMPT.validate_python(document)


def read_basis(document: Any) -> Basis:
    """Return the basis of a document. Raises ValueError for what is none."""
    return _BASIS.validate_python(document)


def read_isolation(document: Any) -> Isolation | None:
    """Return the isolation of a document. Raises ValueError for what is none."""
    return _ISOLATION.validate_python(document)

"""How a class's marks are shown, and which marks count: all that is decided without a notebook."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from pathlib import Path

from autograder.build.products import Built
from autograder.classroom.kept import Attempt, Kept
from autograder.course import Course, Gradescope, LatePolicy
from autograder.late import with_deduction
from autograder.records import Grade
from autograder.reports.gradescope import ALL_VISIBLE


@dataclass(frozen=True)
class Showing:
    """The course's settings that decide no mark of a check."""

    title: str = "Feedback"
    """Heads every page."""
    titles: Mapping[str, str] = field(default_factory=dict[str, str])
    """What the questions are called, by id."""
    questions: tuple[str, ...] = ()
    """In the order of tables; those of the grades where it is empty."""
    gradescope: Gradescope = ALL_VISIBLE
    """What Gradescope shows to students, and when."""
    late: LatePolicy | None = None


def showing_of(course: Course, built: Built) -> Showing:
    """Return how the course wants marks to be shown now."""
    return Showing(
        course.title, built.titles, built.numbered_questions, course.gradescope, course.late
    )


def standing(kept: Kept, showing: Showing) -> Grade:
    """Return the grade that counts: the engine's, after the late policy."""
    return _after_lateness(kept.grade, kept.attempt, showing.late)


def _after_lateness(grade: Grade, attempt: Attempt, policy: LatePolicy | None) -> Grade:
    if attempt.taken_before and attempt.submitted is None:
        points = min(attempt.taken_before, grade.score)
        note = f"It came late: {points:g} points are taken."
        return replace(grade, late_deduction=points, notes=(*grade.notes, note))
    return with_deduction(grade, attempt.as_submission(grade.student), policy)


def stamp(kept: Kept, showing: Showing) -> str:
    """Return what stands for all that the student's files are made from."""
    made_from = repr((kept.digest, kept.attempt, showing, _code()))
    return hashlib.sha256(made_from.encode("utf-8", "backslashreplace")).hexdigest()


@cache
def _code() -> str:
    """Stand for the code and the templates that make the files."""
    reports = Path(str(files("autograder.reports")))
    digest = hashlib.sha256()
    for file in sorted(path for path in reports.iterdir() if path.is_file()):
        digest.update(file.read_bytes())
    return digest.hexdigest()

"""How a class's marks are shown, and which marks count: all that is decided without a notebook."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from pathlib import Path

from autograder.course.build.products import Built
from autograder.course.rubric import Rubric
from autograder.course.settings import Course, Gradescope, LatePolicy
from autograder.records import Grade
from autograder.reports.gradescope import ALL_VISIBLE
from autograder.store.decisions.applying import decided
from autograder.store.decisions.model import Decisions
from autograder.store.decisions.reading import Known
from autograder.store.kept import Kept


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
    rubrics: Mapping[str, Rubric] = field(default_factory=dict[str, Rubric])
    """Of the questions that people mark, by id."""
    worth: Mapping[str, float] = field(default_factory=dict[str, float])
    """The points of each question, those that people give included."""
    full: float = 100.0
    """Full marks, without the bonus."""

    @property
    def known(self) -> Known:
        """Return what decisions may speak of."""
        return Known(self.worth, self.rubrics, self.full)


def showing_of(course: Course, built: Built) -> Showing:
    """Return how the course wants marks to be shown now."""
    return Showing(
        course.title,
        built.titles,
        built.numbered_questions,
        course.gradescope,
        course.late,
        built.rubrics,
        built.worth,
        course.totals.core,
    )


def standing(kept: Kept, showing: Showing, decisions: Decisions) -> Grade:
    """Return the grade that counts: the engine's, after people's decisions and the late policy."""
    return decided(kept.grade, kept.attempt, showing.late, decisions)


def stamp(kept: Kept, showing: Showing, decisions: Decisions) -> str:
    """Return what stands for all that the student's files are made from."""
    theirs = [replace(each, line=0) for each in decisions.on(kept.student)]
    made_from = repr((kept.digest, kept.attempt, showing, theirs, _code()))
    return hashlib.sha256(made_from.encode("utf-8", "backslashreplace")).hexdigest()


@cache
def _code() -> str:
    """Stand for the code and the templates that make the files."""
    reports = Path(str(files("autograder.reports")))
    digest = hashlib.sha256()
    for file in sorted(path for path in reports.iterdir() if path.is_file()):
        digest.update(file.read_bytes())
    return digest.hexdigest()

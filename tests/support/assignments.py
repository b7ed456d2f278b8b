"""The assignments that the kit's own tests work on, and readers that know them."""

from pathlib import Path

from autograder.course.assignment import default_assignment
from autograder.give_back import marks as give_back
from autograder.gradebooks.rows import Gradebook
from autograder.intake.lms import layout
from autograder.intake.lms.collected import Collected

LESSON = default_assignment()


def collect_class(source: Path, workspace: Path) -> Collected:
    """The class at `source`, as hand-ins of the lesson."""
    return layout.collect_class(source, workspace, LESSON.notebook)


def read_gradebook(path: Path, column: str, title: str) -> Gradebook:
    """The gradebook at `path`, in which the lesson is called `title`."""
    return give_back.read_gradebook(path, column, (title, LESSON.stem))

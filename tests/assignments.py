"""The assignments that the kit's own tests work on, and readers that know them."""

from pathlib import Path

from autograder.assignment import default_assignment
from autograder.lms import give_back, layout
from autograder.lms.collected import Collected
from autograder.lms.gradebook_rows import Gradebook

LESSON = default_assignment()


def collect_class(source: Path, workspace: Path) -> Collected:
    """The class at `source`, as hand-ins of the lesson."""
    return layout.collect_class(source, workspace, LESSON.notebook)


def read_gradebook(path: Path, column: str, title: str) -> Gradebook:
    """The gradebook at `path`, in which the lesson is called `title`."""
    return give_back.read_gradebook(path, column, (title, LESSON.stem))

"""A class as it stands in its folder: what the report and a regrade read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.classroom.isolation import weakest
from autograder.classroom.showing import standing
from autograder.classroom.views import Views
from autograder.records import Grade, Isolation
from autograder.reports.gradebook import question_ids
from autograder.reports.words import titled
from autograder.store.store import EXECUTED
from autograder.store.writing import StoreError


@dataclass(frozen=True)
class RunRecord:
    """What all grades of a class have in common."""

    title: str
    """The course's."""
    isolation: Isolation | None
    """The weakest under which one of the grades was made."""
    questions: tuple[str, ...]
    """In the order of the assignment."""
    titles: Mapping[str, str]
    """Of questions, where they have one."""

    def name_of(self, question: str) -> str:
        """Return what a question is called, as in "q8 · SimpleCNN"."""
        return titled(question, self.titles)


@dataclass(frozen=True)
class Graded:
    """One student's grade as it counts, without the outputs of cells."""

    grade: Grade
    folder: str
    """The name of the student's folder below `students/`."""
    notebook: Path | None
    """The executed notebook, if there is one."""


@dataclass(frozen=True)
class ClassGrades:
    """A class as it stands."""

    run: RunRecord
    students: tuple[Graded, ...]


def read_class(views: Views) -> ClassGrades:
    """Return the class as it counts. Raises `StoreError` where nobody has a grade.

    A student whose grade is damaged is left out: the next run grades them again.
    """
    showing = views.showing
    students = tuple(_students(views))
    if not students:
        raise StoreError(
            f"{views.store.folder} holds no grades. Grade the class first: make grade",
        )
    grades = [student.grade for student in students]
    questions = showing.questions or question_ids(grades)
    return ClassGrades(
        RunRecord(showing.title, weakest(grades), questions, showing.titles), students
    )


def _students(views: Views) -> Iterator[Graded]:
    for kept in views.store.everybody():
        notebook = views.store.directory_for(kept) / EXECUTED
        # A class's pictures would fill the memory, and no report on the class shows them.
        grade = standing(kept, views.showing, views.decisions)
        grade = replace(grade, cells=tuple(replace(run, outputs=()) for run in grade.cells))
        yield Graded(grade, kept.folder, notebook if notebook.is_file() else None)

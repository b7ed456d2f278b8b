"""A student's notebook that is run again: what would move, and what is kept of it."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from autograder.explain.asked import graded_notebook
from autograder.plain_text import one_line
from autograder.records import Ending, Grade, Notebook, Outcome, Submission
from autograder.store.basis import Basis, what_changed
from autograder.store.kept import Kept
from autograder.store.store import Store
from autograder.store.unknown import not_in_class
from autograder.store.writing import StoreError

if TYPE_CHECKING:
    from autograder.judge.engine import Engine

NOTE = "the notebook that was handed in was run again on an instructor's request"


@dataclass(frozen=True)
class Ready:
    """An engine that has started, and what decides the marks that it gives."""

    engine: "Engine"
    basis: Basis
    settings: str
    """The course's, in words."""


@dataclass(frozen=True)
class Again:
    """What a student has, and what the same notebook gets now."""

    before: Kept
    version: str
    """Stands for what the student had when this began."""
    grade: Grade
    notebook: Notebook
    basis: Basis
    settings: str

    @property
    def changed(self) -> str:
        """Name what is different from when the student was graded, such as "tests"."""
        return what_changed(self.before.basis, self.basis)

    def grade_with(self, question: str) -> Grade:
        """Return the grade with the new result of `question` alone, or of all for ''."""
        return self.grade if not question else only(question, self.before.grade, self.grade)


def run_again(ready: Ready, store: Store, student: str, question: str = "") -> Again:
    """Grade the notebook of `student` once more; nothing is kept.

    Raises `StoreError` where the grader itself fails at what is asked for: `question`, or all.
    """
    version, before = store.versions().get(student, ""), store.kept(student)
    if before is None:
        raise not_in_class(store, student)
    grade, notebook = ready.engine.grade(Submission(student, graded_notebook(store, before)))
    asked = [each for each in grade.questions if question in ("", each.question)]
    at_fault = any(each.outcome is Outcome.GRADER_ERROR for each in asked)
    if notebook is None or at_fault or not asked:
        raise StoreError(
            f"{one_line(student)} could not be graded again: {grade.message}. What stands in the "
            "class is as it was."
        )
    grade = replace(
        grade,
        source=before.grade.source,
        # What was handed in beside it can't be seen here.
        review=before.grade.review,
        needs_review=grade.ending is Ending.GRADER_ERROR or bool(before.grade.review),
        notes=tuple(dict.fromkeys((*grade.notes, NOTE))),
    )
    return Again(before, version, grade, notebook, ready.basis, ready.settings)


def only(question: str, before: Grade, after: Grade) -> Grade:
    """Return the grade `after`, in which all questions but one are as they were `before`."""
    from autograder.judge.engine import ending_of  # slow, but imported already by who has graded

    new = {result.question: result for result in after.questions}
    questions = tuple(
        new.get(question, result) if result.question == question else result
        for result in before.questions
    )
    ending, message = ending_of(after.cells, questions)
    return replace(
        after,
        questions=questions,
        score=round(sum(result.score for result in questions), 6),
        ending=ending,
        message=message,
        needs_review=ending is Ending.GRADER_ERROR or bool(after.review),
    )

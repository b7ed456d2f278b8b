"""Whose answer to which question is to be explained."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.plain_text import one_line
from autograder.records import QuestionResult, Submission
from autograder.store.store import EXECUTED, Store
from autograder.store.unknown import not_in_class
from autograder.store.writing import StoreError

if TYPE_CHECKING:
    from autograder.store.kept import Kept


@dataclass(frozen=True)
class Asked:
    """One answer of one student."""

    student: str
    folder: str
    question: str
    notebook: Path
    stands: QuestionResult | None
    """What the checks have given it in the class; None where it has no such question."""

    @property
    def submission(self) -> Submission:
        """The notebook as one that can be run again."""
        return Submission(self.student, self.notebook)


def find(store: Store, student: str, question: str, known: Sequence[str]) -> Asked:
    """Return what is asked for. Raises `StoreError` where there is no such thing."""
    kept = store.kept(student)
    if kept is None:
        raise not_in_class(store, student)
    if question not in known:
        raise StoreError(
            f"There is no question {one_line(question)}; there are {', '.join(known)}."
        )
    notebook = graded_notebook(store, kept)
    stands = next((each for each in kept.grade.questions if each.question == question), None)
    return Asked(student, kept.folder, question, notebook, stands)


def graded_notebook(store: Store, kept: "Kept") -> Path:
    """Return the notebook that was graded. Raises `StoreError` where none could be run."""
    notebook = store.directory_for(kept) / EXECUTED
    if not notebook.is_file():
        why = f": {kept.grade.message}" if kept.grade.message else "."
        raise StoreError(f"Of {one_line(kept.student)} there is no notebook that could be run{why}")
    return notebook

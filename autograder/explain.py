"""Runs one student's notebook again and shows what the failing checks of one question compared.

For the instructor's eyes: inputs and expected values of hidden checks stand in it. No mark changes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import cnnlab.evidence

from autograder.classroom.store import EXECUTED
from autograder.classroom.views import Views
from autograder.classroom.writing import StoreError
from autograder.plain_text import one_line
from autograder.records import Outcome, QuestionResult, Submission
from autograder.reports.feedback import environment
from autograder.similarity.answers import answers_in

if TYPE_CHECKING:
    from autograder.engine import Engine

FOLDER = "explain"


@dataclass(frozen=True)
class Asked:
    """Whose answer to which question is to be explained."""

    student: str
    folder: str
    question: str
    notebook: Path
    stands: QuestionResult | None
    """What stands in the class; None where it has no such question."""


def find(views: Views, student: str, question: str, known: Sequence[str]) -> Asked:
    """Return what is asked for. Raises `StoreError` where there is no such thing."""
    kept = views.store.kept(student)
    if kept is None:
        some = ", ".join(one_line(name, 40) for name in views.store.students()[:5])
        raise StoreError(
            f"{one_line(student)} is not in this class; in it are, among others, {some}."
        )
    if question not in known:
        raise StoreError(
            f"There is no question {one_line(question)}; there are {', '.join(known)}."
        )
    notebook = views.store.directory_for(kept) / EXECUTED
    if not notebook.is_file():
        raise StoreError(
            f"Of {one_line(student)} there is no notebook that could be run: {kept.grade.message}"
        )
    stands = next((each for each in kept.grade.questions if each.question == question), None)
    return Asked(student, kept.folder, question, notebook, stands)


def explain(
    engine: "Engine", asked: Asked, titles: Mapping[str, str]
) -> tuple[str, QuestionResult]:
    """Grade the question again with everything shown; return the page and the result.

    Raises `StoreError` where the notebook could not be run to it.
    """
    wanted = tuple(each for each in engine.questions if each.id == asked.question)
    alone = replace(engine, questions=wanted, assignment=None)
    token = cnnlab.evidence.explaining.set(True)
    try:
        grade, _ = alone.grade(Submission(asked.student, asked.notebook))
    finally:
        cnnlab.evidence.explaining.reset(token)
    result = next((each for each in grade.questions if each.question == asked.question), None)
    if result is None:
        raise StoreError(
            f"{one_line(asked.student)}: the notebook could not be run again: {grade.message}"
        )
    answer = (answers_in(asked.notebook) or {}).get(asked.question, "")
    template = environment().get_template("explain.html.j2")
    page = template.render(
        asked=asked,
        title=titles.get(asked.question, ""),
        answer=answer,
        result=result,
        failing=[case for case in result.cases if case.outcome is not Outcome.PASSED],
        heat=_heat,
    )
    return page, result


def _heat(table: Sequence[Sequence[float]]) -> list[list[tuple[str, int]]]:
    """Return each number as a text, with its place between the smallest and the largest, 0 to 9."""
    numbers = [number for row in table for number in row if number == number]
    low, high = min(numbers, default=0.0), max(numbers, default=0.0)
    width = (high - low) or 1.0

    def step(number: float) -> int:
        return round(9 * (number - low) / width) if abs(number) < float("inf") else 0

    return [[(f"{number:.4g}", step(number)) for number in row] for row in table]

"""Runs one student's notebook again and shows what the failing checks of one question compared.

For the instructor's eyes: inputs and expected values of hidden checks stand in it.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from autograder.explain.asked import Asked
from autograder.plain_text import one_line
from autograder.records import Outcome, QuestionResult
from autograder.reports.feedback import environment
from autograder.reports.words import OUTCOME_WORDS, points
from autograder.similarity.answers import answers_in
from autograder.store.writing import StoreError
from labkit.run import running

if TYPE_CHECKING:
    from autograder.judge.engine import Engine


def explain(engine: "Engine", asked: Asked) -> QuestionResult:
    """Grade the notebook again with everything shown; return what became of the question.

    All questions are graded, because answers may build on each other. Raises `StoreError` where
    the notebook could not be run.
    """
    with running(explaining=True):
        grade, _ = engine.grade(asked.submission)
    result = next((each for each in grade.questions if each.question == asked.question), None)
    if result is None:
        raise StoreError(
            f"{one_line(asked.student)}: the notebook could not be run again: {grade.message}"
        )
    return result


def page(asked: Asked, result: QuestionResult, titles: Mapping[str, str]) -> str:
    """Return a page that needs no other file."""
    template = environment().get_template("explain.html.j2")
    return template.render(title=titles.get(asked.question, ""), **values(asked, result))


def values(asked: Asked, result: QuestionResult) -> dict[str, object]:
    """Return what the templates show."""
    return {
        "asked": asked,
        "answer": (answers_in(asked.notebook) or {}).get(asked.question, ""),
        "result": result,
        "failing": [case for case in result.cases if case.outcome is not Outcome.PASSED],
        "heat": heat,
    }


def told(result: QuestionResult) -> Iterator[str]:
    """Yield lines for the terminal: how each check ended, and the points."""
    for case in result.cases:
        yield f"{OUTCOME_WORDS[case.outcome]}: {one_line(case.title, 200)}"
        if case.message:
            yield f"  {one_line(case.message, 400)}"
    yield f"{points(result)}."


def heat(table: Sequence[Sequence[float]]) -> list[list[tuple[str, int]]]:
    """Return each number as a text, with its place between the smallest and the largest, 0 to 9."""
    numbers = [number for row in table for number in row if math.isfinite(number)]
    low, high = min(numbers, default=0.0), max(numbers, default=0.0)
    width = (high - low) or 1.0

    def step(number: float) -> int:
        return round(9 * (number - low) / width) if math.isfinite(number) else 0

    return [[(f"{number:.4g}", step(number)) for number in row] for row in table]

"""Adds to a question's result what the run of the whole notebook knows about its causes."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from autograder.records import CaseResult, CellRun, Notebook, Outcome, QuestionResult, gravest
from autograder.run.computer import Note, reason
from autograder.run.places import code_line
from autograder.score import STOPPING


def explained(
    result: QuestionResult,
    notebook: Notebook,
    cells: Mapping[int, CellRun],
    hindered: Mapping[str, Iterable[Note]],
) -> QuestionResult:
    """Return `result` with the failure of its answer cell, with lines of code, and for a review.

    `hindered`: what the computer kept each question's answer from doing.
    """
    sources = {cell.index + 1: cell.source for cell in notebook.cells}
    result = _with_lines(_with_cell(result, notebook, cells), sources)
    return _with_review(result, hindered.get(result.question, ()), sources)


def _with_cell(
    result: QuestionResult, notebook: Notebook, cells: Mapping[int, CellRun]
) -> QuestionResult:
    """`result`, with the failure of its answer cell as the cause where that is what happened."""
    for cell in notebook.cells:
        ran = cells.get(cell.index)
        if cell.answers == result.question and ran and ran.outcome is not Outcome.PASSED:
            verb = "was stopped" if ran.outcome in STOPPING else "raised an error"
            cause = f"the answer cell (cell {cell.index + 1}) {verb}: {ran.message}"
            return _caused(result, ran.outcome, cause)
    return result


def _caused(result: QuestionResult, outcome: Outcome, cause: str) -> QuestionResult:
    cases = tuple(
        replace(case, outcome=outcome, message=f"{cause}. {case.message}")
        if case.outcome is Outcome.FAILED
        else case
        for case in result.cases
    )
    return replace(result, cases=cases, outcome=gravest(cases))


def _with_lines(result: QuestionResult, sources: Mapping[int, str]) -> QuestionResult:
    """`result`, with the lines of code that its messages speak of, from the notebook itself."""
    cases: list[CaseResult] = []
    for case in result.cases:
        cell, line = case.place or (0, 0)
        code = code_line(sources.get(cell, ""), line)
        told = f"{case.message} Cell {cell}, line {line}: `{code}`" if code else case.message
        cases.append(replace(case, message=told))
    return replace(result, cases=tuple(cases))


def _with_review(
    result: QuestionResult, hindered: Iterable[Note], sources: Mapping[int, str]
) -> QuestionResult:
    """`result`, for a person to look at where the computer may be why points were lost."""
    if result.score >= result.max_score:
        return result
    why = reason(hindered, sources)
    return replace(result, review=why) if why else result

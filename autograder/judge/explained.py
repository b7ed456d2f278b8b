"""Adds to a question's result what the run of the whole notebook knows about its causes."""

import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace

from autograder.judge.computer import Note, reason
from autograder.judge.places import code_line
from autograder.judge.score import STOPPING
from autograder.records import CaseResult, CellRun, Notebook, Outcome, QuestionResult, gravest

_VERSION = re.compile(r"(\d{1,3})\.(\d{1,3})")


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
    why = reason(hindered.get(result.question, ()), sources)
    why = why or _of_a_newer_python(result, notebook, cells)
    # The computer may be why points were lost.
    return replace(result, review=why) if why and result.score < result.max_score else result


def _of_a_newer_python(
    result: QuestionResult, notebook: Notebook, cells: Mapping[int, CellRun]
) -> str:
    """Why a person should look at an answer that this Python cannot read; '' if it can."""
    told = [
        ran.message
        for cell in notebook.cells
        if cell.answers == result.question and (ran := cells.get(cell.index))
    ]
    language = notebook.document.get("metadata", {}).get("language_info", {})
    version = str(language.get("version", ""))
    match = _VERSION.match(version)
    if not match or (int(match[1]), int(match[2])) <= sys.version_info[:2]:
        return ""
    if not any(text.startswith("SyntaxError") for text in told):
        return ""
    here = ".".join(map(str, sys.version_info[:2]))
    return (
        f"the notebook was written with Python {match[0]}, and Python {here}, with which it was "
        "graded, cannot read the answer"
    )


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

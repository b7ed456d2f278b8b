"""A submission as a notebook with the outputs of the graded run, safe to open."""

import base64
import binascii
from typing import Any, cast

from autograder.plain_text import clean
from autograder.records import CellRun, Grade, Notebook, Outcome, QuestionResult
from autograder.reports.words import OUTCOME_WORDS, hidden_checks, points, student_message

_MAX_OUTPUT_CHARACTERS = 200_000
_PNG = b"\x89PNG\r\n\x1a\n"

Output = dict[str, Any]


def executed_notebook(notebook: Notebook, grade: Grade) -> dict[str, Any]:
    """The submission as an nbformat 4 document with what its cells showed while graded.

    Outputs are plain text and PNG pictures only, whatever student code displayed. A cell that was
    stopped or raised ends in an error; a check cell shows its questions' results, the hidden
    checks as numbers alone.
    """
    runs = {run.index: run for run in grade.cells}
    questions = {question.question: question for question in grade.questions}
    checks = {cell.index: cell.checks for cell in notebook.cells}
    order = {index: place for place, index in enumerate(sorted(runs), start=1)}
    cells: list[dict[str, Any]] = []
    for index, cell in enumerate(notebook.document["cells"]):
        if cell["cell_type"] == "code":
            outputs = _cell_outputs(runs[index]) if index in runs else []
            summaries = [
                question_summary(questions[name])
                for name in checks.get(index, ())
                if name in questions
            ]
            if summaries:
                outputs.append(_stream("\n\n".join(summaries) + "\n"))
            cell = {**cell, "execution_count": order.get(index), "outputs": outputs}
        cells.append(cell)
    return {**notebook.document, "cells": cells}


def question_summary(question: QuestionResult) -> str:
    """A question's result as plain text: each public check, and how many hidden ones passed."""
    told = f"{OUTCOME_WORDS[question.outcome]}, {points(question)} points"
    lines = [f"{clean(question.question)}: {told}"]
    for case in question.cases:
        if not case.hidden:
            message = clean(student_message(case))
            outcome = OUTCOME_WORDS[case.outcome] + (f": {message}" if message else "")
            lines.append(f"  {clean(case.title)}: {outcome}")
    if hidden := hidden_checks(question.cases):
        lines.append(f"  {hidden}")
    return "\n".join(lines)


def _cell_outputs(run: CellRun) -> list[Output]:
    outputs = [safe for output in run.outputs if (safe := _safe_output(output))]
    raised = any(output["output_type"] == "error" for output in outputs)
    if run.outcome is not Outcome.PASSED and not raised:
        outputs.append(_error(OUTCOME_WORDS[run.outcome], run.message))
    return outputs


def _safe_output(output: Output) -> Output | None:
    """The plain text and the picture of an output; None if it has neither."""
    match output.get("output_type"):
        case "stream":
            return _stream(_text(output.get("text")), str(output.get("name")))
        case "error":
            return _error(_text(output.get("ename")), _text(output.get("evalue")))
        case "display_data" | "execute_result":
            data = output.get("data")
            kept = _safe_data(cast(dict[str, Any], data)) if isinstance(data, dict) else {}
            # An execute_result needs a number of its own; nothing else sets the two apart.
            return {"output_type": "display_data", "data": kept, "metadata": {}} if kept else None
        case _:
            return None


def _safe_data(data: dict[str, Any]) -> dict[str, str]:
    kept: dict[str, str] = {}
    if text := _text(data.get("text/plain")):
        kept["text/plain"] = text
    if picture := _png(data.get("image/png")):
        kept["image/png"] = picture
    return kept


def _png(value: Any) -> str:
    """`value` if it is a PNG picture in Base64, else ''."""
    try:
        picture = base64.b64decode("".join(str(value).split()), validate=True)
    except (binascii.Error, ValueError):
        return ""
    return base64.b64encode(picture).decode() if picture.startswith(_PNG) else ""


def _text(value: Any) -> str:
    if isinstance(value, list):
        value = "".join(part for part in cast(list[Any], value) if isinstance(part, str))
    return clean(value, _MAX_OUTPUT_CHARACTERS) if isinstance(value, str) else ""


def _stream(text: str, name: str = "stdout") -> Output:
    known = "stderr" if name == "stderr" else "stdout"
    return {"output_type": "stream", "name": known, "text": text}


def _error(name: str, message: str) -> Output:
    text = clean(message)
    return {
        "output_type": "error",
        "ename": name,
        "evalue": text,
        "traceback": [f"{name}: {text}" if text else name],
    }

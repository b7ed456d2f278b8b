"""The executed notebook: valid, with text and pictures only, hidden checks as numbers."""

import json
from dataclasses import replace
from typing import Any

import nbformat
import pytest

from autograder.records import CellRun, Outcome
from autograder.reports.executed import executed_notebook, question_summary
from tests.support.sample_grades import (
    AT_FAULT,
    FAILED,
    GRADE,
    GRADER_ERROR,
    PNG,
    hostile_grade,
    notebook,
)


def _executed(
    *outputs: dict[str, Any], outcome: Outcome = Outcome.PASSED, message: str = ""
) -> Any:
    run = CellRun(0, outcome, 0.1, message, outputs)
    document = executed_notebook(notebook("x = 1"), replace(GRADE, cells=(run,)))
    nbformat.validate(document)
    return document["cells"][0]["outputs"]


def test_text_and_pictures_are_kept() -> None:
    data = {"text/plain": "<Figure>", "image/png": PNG}
    shown = {"output_type": "display_data", "data": data, "metadata": {}}
    printed = {"output_type": "stream", "name": "stderr", "text": ["a", "b"]}
    assert _executed(shown, printed) == [
        shown,
        {"output_type": "stream", "name": "stderr", "text": "ab"},
    ]


@pytest.mark.parametrize(
    "output",
    [
        {"output_type": "display_data", "data": {"text/html": "<script>"}, "metadata": {}},
        {"output_type": "display_data", "data": {"application/javascript": "x"}},
        {"output_type": "display_data", "data": {"image/svg+xml": "<svg>"}},
        {"output_type": "display_data", "data": {"image/png": '"><script>'}},
        {"output_type": "display_data", "data": {"image/png": "PHNjcmlwdD4="}},
        {"output_type": "display_data", "data": None},
        {"output_type": "update_display_data", "data": {"text/plain": "x"}},
        {"output_type": ["stream"]},
        {},
    ],
    ids=lambda output: json.dumps(output)[16:60],
)
def test_everything_else_is_dropped(output: dict[str, Any]) -> None:
    assert _executed(output) == []


def test_metadata_of_an_output_is_dropped() -> None:
    output = {
        "output_type": "execute_result",
        "execution_count": 5,
        "data": {"text/plain": "5", "text/html": "<b>"},
        "metadata": {"text/html": {"isolated": True}},
    }
    assert _executed(output) == [
        {"output_type": "display_data", "data": {"text/plain": "5"}, "metadata": {}}
    ]


def test_a_stopped_cell_ends_in_an_error() -> None:
    [error] = _executed(outcome=Outcome.TIME_LIMIT, message="it ran longer than 40 s")
    assert error["output_type"] == "error"
    assert error["traceback"] == ["time limit: it ran longer than 40 s"]


def test_an_error_that_the_cell_showed_is_not_shown_twice() -> None:
    shown = {"output_type": "error", "ename": "NameError", "evalue": "x", "traceback": ["..."]}
    outputs = _executed(shown, outcome=Outcome.STUDENT_ERROR, message="NameError: x")
    assert [output["ename"] for output in outputs] == ["NameError"]


def test_a_check_cell_shows_public_checks_and_counts_hidden_ones() -> None:
    document = executed_notebook(notebook("x = 1", 'grader.check("q3")'), GRADE)
    nbformat.validate(document)
    [summary] = document["cells"][1]["outputs"]
    assert summary["text"] == (
        "q3: not yet right, 2.5 of 7.5 points\n"
        "  Stride: not yet right: conv2d: the stride is ignored\n"
        "  2 hidden checks, 1 passed\n"
    )


def test_the_messages_of_hidden_checks_stay_out() -> None:
    assert "rows are missing" not in question_summary(FAILED)


def test_the_text_of_a_fault_of_the_grader_stays_out() -> None:
    document = executed_notebook(notebook('grader.check("q3")'), GRADER_ERROR)
    shown = replace(AT_FAULT.cases[0], hidden=False)
    public = question_summary(replace(AT_FAULT, cases=(shown,)))
    assert "by a fault of its own" in public
    assert "secret" not in json.dumps(document) + question_summary(AT_FAULT) + public


def test_cells_that_ran_are_numbered_and_others_are_not() -> None:
    document = executed_notebook(notebook("a", "b", "c"), GRADE)
    assert [cell["execution_count"] for cell in document["cells"]] == [1, None, 2]


def test_the_notebook_that_was_read_stays_as_it_is() -> None:
    read = notebook("x", 'grader.check("q3")')
    before = json.dumps(read.document)
    executed_notebook(read, GRADE)
    assert json.dumps(read.document) == before


def test_hostile_text_is_cleaned() -> None:
    document = executed_notebook(notebook('grader.check("q3")'), hostile_grade())
    nbformat.validate(document)
    shown = document["cells"][0]["outputs"]
    assert shown and not set("\x1b\x00\u202e\ud800") & set(json.dumps(shown, ensure_ascii=False))

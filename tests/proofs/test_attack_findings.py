"""What attacks and fuzzing once found in the engine, one test each."""

import json
import time
from dataclasses import replace
from typing import Any, ClassVar

import cnnlab.probes
import pytest

from autograder.course.settings import Limits
from autograder.judge.computer import NOTES_LIMIT, Note, reason
from autograder.judge.progress import OUTPUT_CHARACTERS
from autograder.judge.replay import run_notebook
from autograder.judge.wire import StudentError
from autograder.records import Cell, CellRun, Notebook, Outcome
from autograder.wire.frames import WireError
from autograder.wire.values import Decoder
from proofs.attacks.inputs import frame
from proofs.attacks.targets import answered
from tests.support.pictures import picture


def refuse(_tree: dict[str, Any]) -> Any:
    raise WireError("no handle for this")


def test_an_empty_tensor_with_sides_that_overflow_is_refused():
    with pytest.raises(WireError, match="shape"):
        Decoder(b"", refuse).decode({"tensor": "float32", "shape": [0, 1 << 40, 1 << 40]})


def test_an_unknown_tag_is_not_quoted_because_it_could_carry_a_hidden_input():
    with pytest.raises(WireError) as error:
        Decoder(b"", refuse).decode({"a hidden input": 1})
    assert "a hidden input" not in str(error.value)


@pytest.mark.parametrize("claim", [True, None, "passed", 1.0])
def test_a_replaced_probe_is_the_students_doing(claim: Any):
    answer = frame({"id": 1, "ok": True, "value": claim}, b"")
    with answered(answer) as session, pytest.raises(StudentError, match="probes"):
        session.probe(cnnlab.probes.observe, (), {})


def test_a_call_gets_no_more_time_than_the_submission_has_left():
    asked: list[float] = []
    with answered(b"") as session:
        session.deadline = time.monotonic() + 1
        session.wire.exchange = lambda header, *_: asked.append(header["wall"]) or ({"ok": 1}, b"")
        session.fetch("name")
    assert asked[0] < 1.01 < session.limits.call_seconds


def test_a_display_that_is_no_list_of_outputs_is_dropped():
    answer = frame({"id": 1, "ok": True}, json.dumps({"data": {"text/plain": "x"}}).encode())
    with answered(answer) as session:
        assert session.run_cell(Cell(0, "pass"), 1).outputs == ()


def test_of_a_display_only_text_and_pictures_are_kept():
    data = {
        "text/plain": "x",
        "image/png": picture("PNG"),
        "text/html": "<b>",
        "image/svg+xml": "<",
    }
    sent = [{"data": data}, {"data": {"text/html": "<b>"}}, {"data": {"text/plain": 5}}, 7]
    answer = frame({"id": 1, "ok": True}, json.dumps(sent).encode())
    with answered(answer) as session:
        (shown,) = session.run_cell(Cell(0, "pass"), 1).outputs
    assert shown["data"].keys() == {"text/plain", "image/png"}


def test_an_answer_with_more_bytes_than_its_value_is_none():
    with answered(frame({"id": 1, "ok": True, "value": 1}, b"more")) as session:
        with pytest.raises(StudentError, match="no valid answer"):
            session.fetch("name")
        assert not session.alive


HANDLE = {"object": 0, "type": "Linear", "callable": True}


@pytest.mark.parametrize(
    "change",
    [{"object": "0"}, {"object": True}, {"object": None}, {"type": 5}, {"type": "x" * 81}],
    ids=str,
)
def test_a_handle_without_a_sound_description_is_none(change: dict[str, Any]):
    with answered(frame({"id": 1, "ok": True, "value": HANDLE}, b"")) as session:
        assert repr(session.fetch("name")) == "<a Linear in the sandbox>"
    answer = frame({"id": 1, "ok": True, "value": HANDLE | change}, b"")
    with answered(answer) as session, pytest.raises(StudentError, match="no valid answer"):
        session.fetch("name")


@pytest.mark.parametrize(
    ("name", "shown"), [("ValueError", "ValueError"), ("a hidden input", "an exception of its own")]
)
def test_a_hidden_check_says_of_an_error_what_is_surely_no_input(name: str, shown: str):
    failed = {"id": 1, "ok": False, "kind": "error", "type": name, "message": "a hidden input"}
    with answered(frame(failed, b"")) as session, pytest.raises(StudentError) as error:
        session.fetch("name")
    assert error.value.without_text == f"it stopped with {shown}"


def test_no_more_notes_are_taken_than_anybody_reads():
    noted = [["magic", 1, line, ""] for line in range(1, 1000)]
    with answered(frame({"id": 1, "ok": True, "notes": noted}, b"[]")) as session:
        session.run_cell(Cell(0, "pass"), 1)
        assert len(session.notes) == NOTES_LIMIT


@pytest.mark.parametrize("cells", [None, 3, {"1": 2}, [True, "4", -1, 0, 2_001, [5]]])
def test_numbers_of_cells_that_are_none_are_dropped(cells: Any):
    answer = frame({"id": 1, "ok": True, "gpu_cells": cells}, b"[]")
    with answered(answer) as session:
        assert session.run_cell(Cell(0, "pass"), 1).outcome is Outcome.PASSED
        assert session.gpu_cells == set()


@pytest.mark.parametrize("notes", [None, 3, {"1": 2}, [[]], [["magic", 1, 1]], [[[], 1, 1, ""]]])
def test_notes_that_are_none_are_dropped(notes: Any):
    answer = frame({"id": 1, "ok": True, "notes": notes}, b"[]")
    with answered(answer) as session:
        assert session.run_cell(Cell(0, "pass"), 1).outcome is Outcome.PASSED
        assert session.notes == set()


@pytest.mark.parametrize(
    "note",
    [["other", 1, 1, ""], ["magic", True, 1, ""], ["magic", 2_001, 1, ""], ["magic", 1, 1, 5]],
)
def test_a_note_of_nothing_known_is_dropped(note: Any):
    test_notes_that_are_none_are_dropped([note])


def test_the_name_of_a_package_that_the_notebook_does_not_hold_is_not_quoted():
    noted = {Note(1, 1, "package", "a_hidden_input"), Note(1, 1, "package", "wandb")}
    assert "a_hidden_input" not in reason(noted, {1: "import wandb"})
    assert "`wandb`" in reason(noted, {1: "import wandb"})


def test_a_text_that_comes_with_a_call_is_not_shown():
    answer = frame({"id": 1, "ok": True, "value": 1, "notes": [["display", 1, 1, "secret"]]}, b"")
    with answered(answer) as session:
        session.fetch("name")
        assert session.notes == set() and session.hindered == set()


class Talkative:
    """A session whose cells each show a third of what a whole run may."""

    alive = True
    deadline = 0.0
    gpu_cells = frozenset[int]()
    notes = frozenset[Note]()
    hindered: ClassVar[set[Note]] = set()
    peak_bytes = 0
    processor_seconds = 0.0
    starved = False

    def run_cell(self, cell: Cell, seconds: float) -> CellRun:
        text = "x" * (OUTPUT_CHARACTERS // 3)
        ran = CellRun(cell.index, Outcome.PASSED, 0.0)
        return replace(ran, outputs=({"output_type": "stream", "name": "stdout", "text": text},))

    def close(self) -> None:
        """Nothing to end."""


def test_all_outputs_of_a_run_together_have_a_limit():
    cells = tuple(Cell(index, "print()") for index in range(6))
    session: Any = Talkative()
    run = run_notebook(Notebook(cells, {}), (), lambda: session, Limits())
    assert [len(ran.outputs) for ran in run.cells] == [1, 1, 1, 0, 0, 0]
    assert any("left out" in note for note in run.notes)


def test_a_value_too_long_to_be_sent_back_is_the_students_doing():
    with answered(b"") as session:
        with pytest.raises(StudentError, match="far longer") as error:
            session.probe(print, ("x" * 2_000_000,), {})
        assert error.value.outcome is Outcome.STUDENT_ERROR
        assert session.alive

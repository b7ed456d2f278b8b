"""A notebook's run survives what its cells do; the sandbox is scripted here, nothing else is."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autograder.course.settings import Limits
from autograder.judge.computer import Note
from autograder.judge.replay import Run, run_notebook
from autograder.judge.score import Question, load_questions
from autograder.judge.wire import SandboxEnded, StudentError
from autograder.records import Cell, CellRun, Notebook, Outcome

FILE = '''
from otter.test_files import test_case
OK_FORMAT = False
name = "{name}"
points = 5

@test_case(hidden=False)
def test_value({name}_answer):
    """Its value"""
    assert {name}_answer == "right", "{name}: this is not right"
'''
DEADLY = "die"


class ScriptedSession:
    """Runs cells that are assignments `name = value`, or the outcome that ends the process."""

    def __init__(self, log: list[str], hanging_calls: frozenset[str]) -> None:
        self.alive = True
        self.log = log
        self.variables: dict[str, str] = {}
        self.hanging_calls = hanging_calls
        self.closed = False
        self.gpu_cells: set[int] = set()
        self.notes: set[Note] = set()
        self.hindered: set[Note] = set()
        self.peak_bytes: int | None = None
        self.processor_seconds = 0.0
        self.starved = False
        self.ran = 0

    def run_cell(self, cell: Cell, seconds: float) -> CellRun:
        self.log.append(cell.source)
        self.ran += 1
        if cell.source == DEADLY:
            self.alive = False
            return CellRun(cell.index, Outcome.CRASHED, 0.0, "it ended the notebook's process")
        if cell.source == "endless":
            return CellRun(cell.index, Outcome.TIME_LIMIT, seconds, "it took longer than 40 s")
        if cell.source == "raise":
            return CellRun(cell.index, Outcome.STUDENT_ERROR, 0.0, "NameError: x")
        if cell.source.startswith("print "):
            text = cell.source.split()[1] * int(cell.source.split()[2])
            output = {"output_type": "stream", "name": "stdout", "text": text}
            return CellRun(cell.index, Outcome.PASSED, 0.0, outputs=(output,))
        if " = " in cell.source:
            name, value = cell.source.split(" = ")
            self.variables[name] = value
        return CellRun(cell.index, Outcome.PASSED, 0.0)

    def fetch(self, name: str) -> Any:
        if name in self.hanging_calls:
            self.alive = False
            raise SandboxEnded(Outcome.TIME_LIMIT, "it did not stop in time")
        return self.variables.get(name)

    def probe(self, *_arguments: Any) -> Any:
        raise StudentError(Outcome.STUDENT_ERROR, "no probes here")

    def close(self) -> None:
        self.closed = True
        self.peak_bytes = 1000 * self.ran or None


@pytest.fixture
def questions(tmp_path: Path) -> tuple[Question, ...]:
    for name in ("q1", "q2", "q3"):
        (tmp_path / f"{name}.py").write_text(FILE.format(name=name))
    return load_questions(tmp_path)


def notebook(*sources: str) -> Notebook:
    """Cells from sources; "check q1" is the check cell of q1."""
    cells = (
        Cell(index, source, "", (source.removeprefix("check "),) if "check" in source else ())
        for index, source in enumerate(sources)
    )
    return Notebook(tuple(cells), {})


Play = Callable[..., tuple[Run, list[str], list[ScriptedSession]]]


@pytest.fixture
def play(questions: tuple[Question, ...]) -> Play:
    def run(*sources: str, limits: Limits | None = None, hanging: frozenset[str] = frozenset()):
        log: list[str] = []
        sessions: list[ScriptedSession] = []

        def start() -> Any:
            sessions.append(ScriptedSession(log, hanging))
            return sessions[-1]

        result = run_notebook(notebook(*sources), questions, start, limits or Limits())
        assert all(session.closed for session in sessions)
        return result, log, sessions

    return run


def scores(run: Run) -> dict[str, float]:
    return {result.question: result.score for result in run.questions}


def test_each_question_is_scored_right_after_its_check_cell(play: Play):
    run, _, _ = play("q1_answer = right", "check q1", "q1_answer = wrong", "q2_answer = right")
    assert scores(run) == {"q1": 5, "q2": 5, "q3": 0}


def test_the_last_of_several_check_cells_counts(play: Play):
    run, _, _ = play("check q1", "q1_answer = right", "check q1")
    assert scores(run)["q1"] == 5


def test_a_cell_that_ends_the_process_costs_only_itself(play: Play):
    run, log, sessions = play(
        "q1_answer = right", "check q1", DEADLY, "q2_answer = right", "check q2"
    )
    assert scores(run) == {"q1": 5, "q2": 5, "q3": 0}
    assert len(sessions) == 2
    assert log.count(DEADLY) == 1
    assert run.cells[2].outcome is Outcome.CRASHED
    assert any("run 2 times" in note for note in run.notes)


def test_the_memory_of_a_run_is_that_of_its_greediest_sandbox(play: Play):
    run, _, sessions = play("q1_answer = right", "check q1", DEADLY, "q2_answer = right")
    assert [session.peak_bytes for session in sessions] == [3000, 3000]
    run, _, sessions = play("q1_answer = right", DEADLY)
    assert [session.peak_bytes for session in sessions] == [2000, 1000]
    assert run.peak_bytes == 2000
    assert play()[0].peak_bytes is None


def test_a_call_that_ends_the_process_costs_only_its_question(play: Play):
    run, _, sessions = play(
        "q1_answer = right",
        "check q1",
        "q2_answer = right",
        "check q2",
        hanging=frozenset({"q1_answer"}),
    )
    assert scores(run) == {"q1": 0, "q2": 5, "q3": 0}
    assert run.questions[0].outcome is Outcome.TIME_LIMIT
    assert len(sessions) == 2


def test_a_stopped_cell_is_not_run_again_in_a_replay(play: Play):
    _, log, _ = play("endless", DEADLY, "q1_answer = right")
    assert log.count("endless") == 1


def test_a_question_whose_answer_cell_was_stopped_says_so(questions: tuple[Question, ...]):
    cells = (Cell(0, "endless", "q2"), Cell(1, "check q2", "", ("q2",)))
    session: Any = ScriptedSession([], frozenset())
    run = run_notebook(Notebook(cells, {}), questions[1:2], lambda: session, Limits())
    assert run.questions[0].outcome is Outcome.TIME_LIMIT
    assert "the answer cell (cell 1) was stopped" in run.questions[0].cases[0].message


def test_too_many_deaths_end_the_replays_and_leave_what_was_scored(play: Play):
    sources = ["q1_answer = right", "check q1", *[DEADLY] * 9, "q2_answer = right", "check q2"]
    run, _, sessions = play(*sources, limits=Limits(replays=3))
    assert len(sessions) == 4
    assert scores(run) == {"q1": 5, "q2": 0, "q3": 0}
    assert "too many cells" in run.questions[1].cases[0].message


def test_outputs_of_a_pass_that_does_not_count_use_up_no_room(
    play: Play, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("autograder.judge.progress.OUTPUT_CHARACTERS", 100)
    printing = ["print a 40", "print b 40"]
    run, _, _ = play(*printing, DEADLY, DEADLY, DEADLY, "print c 20", "print d 1")
    shown = {index: "".join(o["text"] for o in ran.outputs) for index, ran in enumerate(run.cells)}
    assert [shown[index] for index in (0, 1, 5, 6)] == ["a" * 40, "b" * 40, "c" * 20, ""]
    assert any("are left out" in note for note in run.notes)


def test_a_raising_cell_does_not_stop_the_next(play: Play):
    run, _, sessions = play("raise", "q1_answer = right", "check q1")
    assert scores(run)["q1"] == 5
    assert len(sessions) == 1
    assert run.cells[0].message == "NameError: x"


def test_a_notebook_that_uses_up_its_time_keeps_what_it_had(play: Play):
    run, _, _ = play("q1_answer = right", "check q1", limits=Limits(submission_seconds=1e-9))
    assert {result.outcome for result in run.questions} == {Outcome.TIME_LIMIT}
    assert "used up" in run.questions[0].cases[0].message

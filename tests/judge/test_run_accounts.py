"""What a notebook may use is counted over all its passes, and one pass's outputs are kept."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from test_run import DEADLY, FILE, ScriptedSession, notebook, scores

from autograder.course.settings import Limits
from autograder.judge import replay
from autograder.judge.replay import Run, run_notebook
from autograder.judge.score import Question, load_questions
from autograder.records import Cell, CellRun, Outcome

LIMITS = Limits(submission_seconds=100, wall_factor=3)


class Counted(ScriptedSession):
    """Tells in each cell's output which pass it ran in, and takes some processor time a cell."""

    def __init__(self, passes: int, costs: float) -> None:
        super().__init__([], frozenset())
        self.passes, self.costs = passes, costs
        self.deadline = self.processor_limit = 0.0

    def run_cell(self, cell: Cell, seconds: float) -> CellRun:
        self.processor_seconds += self.costs
        if cell.source == "slow the second time" and self.passes == 2:
            return CellRun(cell.index, Outcome.TIME_LIMIT, seconds, "it took longer than 40 s")
        ran = super().run_cell(cell, seconds)
        if cell.source == "q1_answer = right the first time":
            self.variables["q1_answer"] = "right" if self.passes == 1 else "wrong"
        text = {"output_type": "stream", "name": "stdout", "text": f"pass {self.passes}"}
        return replace(ran, outputs=(text,))


@pytest.fixture
def questions(tmp_path: Path) -> tuple[Question, ...]:
    (tmp_path / "q1.py").write_text(FILE.format(name="q1"))
    return load_questions(tmp_path)


def run(
    questions: tuple[Question, ...], *sources: str, costs: float = 1, limits: Limits = LIMITS
) -> tuple[Run, list[Counted]]:
    begun: list[Counted] = []

    def start() -> Any:
        begun.append(Counted(len(begun) + 1, costs))
        return begun[-1]

    return run_notebook(notebook(*sources), questions, start, limits), begun


def shown(ran: Run) -> list[str]:
    return [output["text"] for cell in ran.cells for output in cell.outputs]


def test_a_cell_that_ran_in_an_earlier_pass_keeps_what_it_showed_there(questions: Any) -> None:
    ran, begun = run(questions, "x = 1", DEADLY, "y = 1")
    assert len(begun) == 2
    assert shown(ran) == ["pass 1", "pass 1", "pass 2"]


def test_a_cell_that_is_stopped_in_a_later_pass_says_so(questions: Any) -> None:
    ran, _ = run(questions, "slow the second time", DEADLY, "y = 1")
    assert ran.cells[0].outcome is Outcome.TIME_LIMIT


def test_a_question_that_was_scored_keeps_its_points_in_later_passes(questions: Any) -> None:
    ran, begun = run(questions, "q1_answer = right the first time", "check q1", DEADLY)
    assert len(begun) == 2
    assert scores(ran) == {"q1": 5}


def test_all_passes_have_one_deadline_and_one_account(
    questions: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Ticking()
    monkeypatch.setattr(replay.time, "monotonic", lambda: next(clock))
    _, begun = run(questions, DEADLY, DEADLY, "y = 1", costs=10)
    assert len(begun) == 3
    assert {session.deadline for session in begun} == {clock.begun + 300}
    assert [session.processor_limit for session in begun] == [100, 90, 80]


def test_who_has_used_up_the_processor_time_gets_no_further_cell(questions: Any) -> None:
    ran, begun = run(questions, *["x = 1"] * 20, "q1_answer = right", costs=10)
    assert len(begun) == 1
    assert len(ran.cells) == 10
    assert ran.questions[0].outcome is Outcome.TIME_LIMIT


def test_who_waits_gets_no_cell_after_the_deadline(
    questions: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Ticking(step=30)
    monkeypatch.setattr(replay.time, "monotonic", lambda: next(clock))
    ran, _ = run(questions, *["x = 1"] * 50, costs=0)
    assert 1 <= len(ran.cells) <= 10
    assert "used up" in ran.questions[0].cases[0].message
    assert ran.starved


class Ticking(Iterator[float]):
    """A clock that goes on by `step` whenever it is looked at."""

    def __init__(self, step: float = 0) -> None:
        self.begun, self.now, self.step = 1000.0, 1000.0, step

    def __next__(self) -> float:
        self.now += self.step
        return self.now - self.step

"""A fault of the grader while it grades is told as one: the marks stay open, never a zero."""

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from autograder.course.settings import Course, Totals
from autograder.judge import engine as module
from autograder.judge.engine import Engine
from autograder.records import Cell, CellRun, Ending, Outcome, Submission
from autograder.reports.gradebook import gradebook
from autograder.reports.gradescope import results
from autograder.sandbox.policy import SandboxUnavailable
from tests.support.handed_in import code, read_content, whole


class NoZygote:
    """Stands for one that was killed and cannot be started again, or finds the disk full."""

    def __init__(self, fault: Exception) -> None:
        self.fault = fault

    def spawn(self) -> Any:
        raise self.fault


@pytest.mark.parametrize(
    "fault",
    [
        SandboxUnavailable("The process that starts sandboxes has died twice in a row"),
        OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)),
        MemoryError(),
    ],
    ids=["killed zygote", "full disk", "no memory"],
)
def test_no_sandbox_to_be_had_leaves_the_marks_open(tmp_path: Path, fault: Exception) -> None:
    read_content(tmp_path, whole(code("x = 1")))
    zygote: Any = NoZygote(fault)
    engine = Engine(Course("A course", Totals(core=100)), (), zygote, seed=1)
    grade, _ = engine.grade(Submission("a", tmp_path / "a.ipynb"))
    assert (grade.ending, grade.needs_review) == (Ending.GRADER_ERROR, True)
    assert type(fault).__name__ in grade.message
    assert gradebook([grade]).splitlines()[1] == "a,a.ipynb,grader_error,,100,yes"
    assert "score" not in results(grade)


class NothingWorks:
    """A session in which no cell runs to its end."""

    closed = False

    def run_cell(self, cell: Cell, seconds: float) -> CellRun:
        return CellRun(cell.index, Outcome.STUDENT_ERROR, 0.1, "ModuleNotFoundError: torch")

    def close(self) -> None:
        self.closed = True


def test_a_set_up_in_which_no_cell_works_grades_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    session, zygote = NothingWorks(), NoZygote(OSError())
    monkeypatch.setattr(Engine, "start", lambda self, ahead: session)
    made: Any = Engine(Course("A course", Totals(core=100)), (), zygote, seed=1)  # type: ignore[arg-type]
    with pytest.raises(SandboxUnavailable, match="ModuleNotFoundError"):
        module._try_out(made, "import torch")
    assert session.closed

"""An answer explained to an instructor: what a failing check compared; no mark moves."""

from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
import torch
from cnnlab.checks import Case, compare
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from typer.testing import CliRunner

from autograder.classroom.views import Views
from autograder.cli.app import app
from labkit.diagnosis import CheckFailed
from labkit.run import running
from tests.support.sample_class import write_class
from tests.support.sample_grades import COMPLETED, UNREADABLE

FLIPPED = """\
import torch

def manual_convolution2d(image, kernel):
    kernel = kernel.flip(0, 1)
    rows, columns = image.shape[0] - kernel.shape[0] + 1, image.shape[1] - kernel.shape[1] + 1
    return torch.tensor([
        [float((image[i:i + kernel.shape[0], j:j + kernel.shape[1]] * kernel).sum())
         for j in range(columns)] for i in range(rows)])
"""


@pytest.fixture(scope="module")
def views(tmp_path_factory: pytest.TempPathFactory) -> Views:
    grade = replace(COMPLETED, student="student_001")
    others = [replace(UNREADABLE, student="student_002")]
    folder = tmp_path_factory.mktemp("explained")
    return write_class(folder, [grade, *others], {"student_001": {"q1": FLIPPED}})


def explained(views: Views, *asked: str, typed: str = "") -> tuple[int, str]:
    command = ["explain", *asked, "--output", str(views.store.folder)]
    done = CliRunner().invoke(app, command, env={"COLUMNS": "1000"}, input=typed)
    return done.exit_code, done.output


def test_what_a_failing_check_compared_stands_side_by_side_and_no_mark_moves(views: Views) -> None:
    before = views.table()
    status, told = explained(views, "student_001", "q1")
    assert status == 0, told
    assert "your kernel is flipped" in told and "0 of 8" in told
    path = views.store.folder / "explain" / "student_001-q1.html"
    assert str(path) in told
    page = path.read_text("utf-8")
    assert "kernel.flip(0, 1)" in page
    assert '<span class="soft">hidden, 0 of' in page and "Cause: kernel_flipped" in page
    for name in ("input 1", "input 2", "expected", "returned"):
        assert f"<strong>{name}</strong>" in page
    assert " off" in page
    assert Views(views.store, views.showing).table() == before
    own = {each.name for each in (views.store.folder / "students" / "student_001").iterdir()}
    assert own == {"feedback.html", "results.json", "executed.ipynb"}


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (("student_009", "q1"), "did you mean student_00"),
        (("nobody", "q1"), "nobody is not in the class in"),
        (("", "q1"), "name a student and a question"),
        (("student_001", "q1", "--shell", "--notebook"), "one of them at a time"),
        (("student_002", "q1", "--notebook"), "there is no notebook that could be run"),
        (("student_999", "q1"), "student_999 is not in the class in"),
        (("student_001", "q99"), "There is no question q99; there are q1, q2"),
        (("student_002", "q1"), "there is no notebook that could be run"),
    ],
)
def test_what_cannot_be_explained_is_told(views: Views, asked: tuple[str, str], says: str) -> None:
    status, told = explained(views, *asked)
    assert status == 2
    assert says in told


TYPED = """\
import os; os.environ.get("HOME"), 6 * 7
def manual_convolution2d(image, kernel):
    return torch.nn.functional.conv2d(image[None, None], kernel[None, None])[0, 0]

:check
raise SystemExit("\\x1b[2Jgone")
manual_convolution2d("x", 1)
"""


def test_a_prompt_in_the_sandbox_stands_beside_the_students_variables(views: Views) -> None:
    status, told = explained(views, "student_001", "q1", "--shell", typed=TYPED)
    assert status == 0, told
    assert "42" in told and str(Path.home()) not in told
    assert "of 8." in told and "your kernel is flipped" not in told
    assert "gone" in told and "\x1b" not in told
    assert "'str' object has no attribute" in told or "TypeError" in told


def test_a_notebook_steps_through_the_hidden_checks_once_somebody_has_looked(views: Views) -> None:
    status, told = explained(views, "student_001", "q1", "--notebook")
    assert status == 0 and "outside of the sandbox" in told
    path = views.store.folder / "explain" / "student_001-q1.ipynb"
    written = nbformat.read(path, as_version=4)
    nbformat.validate(written)
    assert "not inside the sandbox" in written.cells[0].source
    with pytest.raises(CellExecutionError, match="Read the student's cells first"):
        NotebookClient(written, kernel_name="python3").execute()
    assert not any(cell.get("outputs") for cell in written.cells[2:])
    written.cells[1].source = written.cells[1].source.replace("at = False", "at = True", 1)
    NotebookClient(written, kernel_name="python3", timeout=300).execute()
    ended = {cell.id: cell.outputs for cell in written.cells if cell.cell_type == "code"}
    assert ended["student-1"] == []
    assert "your kernel is flipped" in str(ended["test_q1_shapes"])
    checks = {name: outputs for name, outputs in ended.items() if name.startswith("test_")}
    assert len(checks) == 5 and "NameError" not in str(checks)


def test_nothing_of_it_is_kept_where_nobody_asks() -> None:
    case = Case("two numbers", (torch.tensor([1.0, 2.0]),))
    for asks in (False, True):
        found: dict[str, object] = {}
        with pytest.raises(CheckFailed), running(shown=found, explaining=asks):
            compare("q1", "double", lambda x: x, [case], lambda x: 2 * x)
        assert ("compared" in found) is asks

"""An answer explained to an instructor: what a failing check compared; no mark moves."""

from dataclasses import replace

import cnnlab.evidence
import pytest
import torch
from cnnlab.checks import Case, compare
from cnnlab.diagnosis import CheckFailed
from typer.testing import CliRunner

from autograder.classroom.views import Views
from autograder.cli import app
from tests.sample_class import write_class
from tests.sample_grades import COMPLETED, UNREADABLE

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


def explained(views: Views, *asked: str) -> tuple[int, str]:
    command = ["explain", *asked, "--output", str(views.store.folder)]
    done = CliRunner().invoke(app, command, env={"COLUMNS": "1000"})
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
        (("student_999", "q1"), "student_999 is not in this class; in it are, among others, stud"),
        (("student_001", "q99"), "There is no question q99; there are q1, q2"),
        (("student_002", "q1"), "there is no notebook that could be run"),
    ],
)
def test_what_cannot_be_explained_is_told(views: Views, asked: tuple[str, str], says: str) -> None:
    status, told = explained(views, *asked)
    assert status == 2
    assert says in told


def test_nothing_of_it_is_kept_where_nobody_asks() -> None:
    case = Case("two numbers", (torch.tensor([1.0, 2.0]),))
    for asks in (False, True):
        found: dict[str, object] = {}
        tokens = cnnlab.evidence.collected.set(found), cnnlab.evidence.explaining.set(asks)
        with pytest.raises(CheckFailed):
            compare("q1", "double", lambda x: x, [case], lambda x: 2 * x)
        cnnlab.evidence.collected.reset(tokens[0])
        cnnlab.evidence.explaining.reset(tokens[1])
        assert ("compared" in found) is asks

"""Columns that count other points than the course: never 78.5 into one of 50."""

from pathlib import Path

import pytest
from test_lms_command import refused
from test_lms_give_back import CANVAS, MOODLE, TITLE, graded, submission
from test_lms_other_gradebooks import BLACKBOARD, BRIGHTSPACE, NBGRADER

from autograder.give_back.marks import fill_in
from autograder.gradebooks.points import SAME, Points, scale_of
from autograder.gradebooks.rows import Gradebook
from autograder.gradebooks.table import GradebookError
from autograder.records import Person
from tests.support.assignments import read_gradebook

OF_50 = {
    "Canvas": CANVAS.replace(",10,100,", ",10,50,"),
    "Moodle": MOODLE.replace("100.00", "50.00"),
    "Moodle with commas": MOODLE.replace(",100.00,", ',"50,00",'),
    "Brightspace": BRIGHTSPACE.replace("MaxPoints:100", "MaxPoints:50"),
    "Blackboard": BLACKBOARD.replace("Pts: 100", "Pts: 50"),
    "nbgrader": NBGRADER.replace("100.0\n", "50.0\n"),
}


def read(folder: Path, content: str) -> Gradebook:
    path = folder / "export.csv"
    path.write_text(content, "utf-8")
    return read_gradebook(path, "", TITLE if TITLE in content else "CNN")


@pytest.mark.parametrize("system", OF_50)
def test_other_points_are_asked_about(tmp_path: Path, system: str) -> None:
    gradebook = read(tmp_path, OF_50[system])
    with pytest.raises(GradebookError, match=r"POINTS=convert \(80 of 100 becomes 40 of 50\)"):
        scale_of(gradebook, 100.0, None)


@pytest.mark.parametrize("system", OF_50)
def test_other_points_are_converted_where_that_is_wanted(tmp_path: Path, system: str) -> None:
    scale = scale_of(read(tmp_path, OF_50[system]), 100.0, Points.CONVERT)
    assert scale.factor == 0.5
    assert "multiplied by 0.5" in scale.remarks[0]


@pytest.mark.parametrize("content", [CANVAS, MOODLE, BRIGHTSPACE, BLACKBOARD, NBGRADER])
def test_the_same_points_need_no_word(tmp_path: Path, content: str) -> None:
    assert scale_of(read(tmp_path, content), 100.0, None) is SAME


def test_a_converted_mark_is_written_and_one_that_is_kept_is_told(tmp_path: Path) -> None:
    gradebook = read(tmp_path, OF_50["Canvas"])
    jane = submission("jane", Person("canvas", "101", "jane"))
    grade = graded("jane", score=78.5)
    for points, mark in ((Points.CONVERT, b",39.25,"), (Points.KEEP, b",78.5,")):
        scale = scale_of(gradebook, 100.0, points)
        done = fill_in(gradebook, [jane], [grade], scale)
        assert mark in done.content
        assert "Canvas counts '50' points" in done.remarks[0]


@pytest.mark.parametrize(
    "content",
    [MOODLE.replace("100.00", "50.00", 1), MOODLE.replace("100.00", "Scale: good")],
    ids=["rows differ", "words"],
)
def test_what_no_factor_converts_is_told(tmp_path: Path, content: str) -> None:
    gradebook = read(tmp_path, content)
    for points in (None, Points.CONVERT):
        with pytest.raises(GradebookError, match="cannot be converted by one factor"):
            scale_of(gradebook, 100.0, points)
    assert scale_of(gradebook, 100.0, Points.KEEP).factor == 1.0


@pytest.mark.parametrize(
    ("score", "maximum", "told"),
    [(105, "100.00", True), (100, "100.00", False), (105, "120.00", False)],
)
def test_a_mark_that_moodle_would_pass_over_is_told(
    tmp_path: Path, score: float, maximum: str, told: bool
) -> None:
    gradebook = read(tmp_path, MOODLE.replace("100.00", maximum))
    jane = submission("501", Person("moodle", "501", "Jane Doe"))
    done = fill_in(gradebook, [jane], [graded("501", score=score)])
    assert any("silently takes no such mark" in remark for remark in done.remarks) == told


def test_it_is_asked_before_anything_is_graded(tmp_path: Path) -> None:
    gradebook = tmp_path / "export.csv"
    gradebook.write_text(OF_50["Canvas"], "utf-8")
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / "student_001.ipynb").write_text("{}")
    told = refused(tmp_path, str(tmp_path / "class"), "--gradebook", str(gradebook))
    assert "Canvas counts '50' points for this column, the course 100" in told

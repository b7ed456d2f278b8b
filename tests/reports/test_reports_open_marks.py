"""What was not graded is open in every report, and a person is asked; it is never a zero."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from autograder.course.settings import Course, Totals
from autograder.intake.released import read_released
from autograder.judge.engine import Engine
from autograder.paths import PROJECT
from autograder.records import Ending, Grade, Submission
from autograder.reports.feedback import page
from autograder.reports.gradebook import gradebook
from autograder.reports.gradescope import results
from autograder.reports.terminal import totals
from autograder.reports.words import reasons, was_graded
from tests.support.handed_in import code, whole
from tests.support.sample_grades import COMPLETED, UNREADABLE


@pytest.fixture
def foreign(tmp_path: Path) -> Grade:
    """The grade of a notebook that is not this assignment's; no sandbox is needed for it."""
    path = tmp_path / "student_001.ipynb"
    path.write_text(json.dumps(whole(code("import pandas"))), encoding="utf-8")
    released = read_released(PROJECT / "student_release" / "cnn.ipynb")
    no_zygote = cast(Any, None)
    engine = Engine(Course("A course", Totals(core=100)), (), no_zygote, 1, released=released)
    grade, _ = engine.grade(Submission("student_001", path))
    return grade


def test_a_foreign_notebook_ends_as_such_and_is_open(foreign: Grade) -> None:
    assert (foreign.ending, foreign.needs_review) == (Ending.NOT_THIS_ASSIGNMENT, True)
    assert "another assignment" in reasons(foreign)
    row = gradebook([foreign]).splitlines()[1]
    assert row == "student_001,student_001.ipynb,not_this_assignment,,100,yes"
    assert "score" not in results(foreign)
    assert "another assignment" in results(foreign)["output"]
    assert "another assignment" in page(foreign) and "this is not a zero" in page(foreign)
    assert totals([foreign]) == "0 graded, 1 needs review."


def test_a_hand_in_to_review_has_an_open_total_and_says_why() -> None:
    grade = replace(COMPLETED, review="2 different notebooks were handed in.", needs_review=True)
    for text in (reasons(grade), page(grade), results(grade)["output"]):
        assert "2 different notebooks were handed in" in text
    assert "fault" not in results(grade)["output"]


def test_an_unreadable_file_asks_for_a_person() -> None:
    assert not was_graded(UNREADABLE)
    assert was_graded(COMPLETED)

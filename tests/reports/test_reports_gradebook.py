"""The gradebook: legal CSV, no cell that runs, and no zero for a fault of the grader."""

import csv
import io
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.records import Grade
from autograder.reports.gradebook import gradebook, harmless_cell
from tests.support.sample_grades import (
    AT_FAULT,
    COMPLETED,
    GRADE,
    GRADER_ERROR,
    HOSTILE_NAMES,
    PASSED,
    UNREADABLE,
    hostile_grade,
)


def _rows(*grades: Grade, questions: tuple[str, ...] = ()) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(gradebook(grades, questions)), strict=True))


def test_the_columns_are_those_of_the_assignment() -> None:
    assert gradebook([GRADE, UNREADABLE]) == (
        "student,submission,ending,score,max_score,q1,q3,review\n"
        "student_001,student_001.ipynb,time_limit,7.5,12.5,5,2.5,\n"
        "student_002,a.zip,unreadable,0,12.5,,,yes\n"
    )


def test_a_late_policy_has_columns_of_its_own() -> None:
    late = replace(COMPLETED, late_deduction=2.5)
    rows = list(csv.DictReader(io.StringIO(gradebook([late, GRADER_ERROR], late_policy=True))))
    columns = ("score", "late_deduction", "final_score")
    assert [tuple(row[column] for column in columns) for row in rows] == [
        ("7.5", "2.5", "5"),
        ("", "", ""),
    ]


def test_the_given_questions_are_the_columns() -> None:
    header = gradebook([UNREADABLE], ("q1", "q2")).splitlines()[0]
    assert header == "student,submission,ending,score,max_score,q1,q2,review"


def test_questions_keep_their_order_when_the_first_grade_misses_some() -> None:
    few = replace(COMPLETED, questions=(AT_FAULT,))
    many = replace(COMPLETED, questions=(PASSED, AT_FAULT))
    assert gradebook([few, many]).splitlines()[0].endswith("max_score,q1,q5,review")


def test_a_fault_of_the_grader_is_never_a_zero() -> None:
    [row] = _rows(GRADER_ERROR)
    assert (row["score"], row["q1"], row["q5"], row["review"]) == ("", "5", "", "yes")


def test_a_grade_to_review_has_no_score() -> None:
    [row] = _rows(replace(COMPLETED, needs_review=True))
    assert (row["score"], row["review"]) == ("", "yes")


@pytest.mark.parametrize(
    ("points", "text"), [(8.0, "8"), (7.5, "7.5"), (0.1 + 0.2, "0.3"), (-0.0, "0"), (100, "100")]
)
def test_numbers_are_written_plainly(points: float, text: str) -> None:
    assert _rows(replace(COMPLETED, score=points))[0]["score"] == text


@pytest.mark.parametrize(
    "name",
    [
        "=1+1",
        "+1",
        "-1",
        "@a",
        "\t=1",
        "\r=1",
        " =1",
        '"=1',
        "'=1",
        "\x00=1",
        "\u200b=1",
        "\uff1d1",
    ],
)
def test_a_formula_is_defused(name: str) -> None:
    assert harmless_cell(name).startswith("'")


@pytest.mark.parametrize("name", ["student_001", "O'Brien", "Jean-Luc", "a=b", "", "1"])
def test_an_ordinary_name_stays_as_it_is(name: str) -> None:
    assert harmless_cell(name) == name


@pytest.mark.parametrize("name", HOSTILE_NAMES, ids=lambda name: repr(name)[:30])
def test_a_hostile_name_stays_in_its_cell(name: str) -> None:
    rows = _rows(hostile_grade(name), GRADE)
    assert len(rows) == 2
    assert rows[1]["student"] == "student_001"
    gradebook([hostile_grade(name)]).encode()


@settings(deadline=None, max_examples=200)
@given(st.text(st.characters(), max_size=30))
def test_any_name_gives_one_row_without_a_formula(name: str) -> None:
    [row] = _rows(replace(GRADE, student=name))
    assert not row["student"].lstrip(' \n\t"').startswith(("=", "+", "-", "@"))
    assert None not in row and None not in row.values()

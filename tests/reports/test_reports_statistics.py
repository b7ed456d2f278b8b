"""Statistics without names: what they count, and that nobody is in them."""

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from autograder.classroom.page.statistics import as_csv, statistics
from autograder.classroom.report import write_statistics
from autograder.cli.app import app
from autograder.records import Grade, Outcome
from autograder.store.writing import StoreError
from tests.support.sample_class import sample_class, write_class
from tests.support.sample_grades import COMPLETED, UNREADABLE, case, question


def made(number: int, *rights: bool) -> Grade:
    """A grade of two questions, q1 and q3, with a public and a hidden check each."""
    cases = [
        replace(
            case("Form" if place % 2 == 0 else "Numbers", hidden=bool(place % 2)),
            points=2.5 * right,
            outcome=Outcome.PASSED if right else Outcome.FAILED,
            causes=() if right else ("stride_ignored",),
        )
        for place, right in enumerate(rights)
    ]
    questions = (question("q1", *cases[:2]), question("q3", *cases[2:]))
    return replace(COMPLETED, student=f"student_{number:03d}", questions=questions)


GRADES = [
    made(1, True, True, True, True),
    made(2, True, True, True, True),
    made(3, True, False, True, False),
    made(4, False, False, False, False),
    replace(UNREADABLE, student="student_005"),
]


def test_shares_discrimination_and_causes_are_those_of_a_plain_table() -> None:
    q1, form, numbers, *_ = statistics(GRADES, ["q1", "q3"])
    assert (q1.check, q1.notebooks, q1.passed, q1.mean) == ("", 4, 0.5, 0.625)
    assert q1.discrimination == pytest.approx(1.0)
    assert q1.causes == (("stride_ignored", 2),)
    assert (form.check, form.hidden, form.passed) == ("Form", False, 0.75)
    assert (numbers.check, numbers.hidden, numbers.passed) == ("Numbers", True, 0.5)
    assert numbers.causes == (("stride_ignored", 2),)


def test_what_is_the_same_for_all_discriminates_nobody() -> None:
    grades = [made(number, True, True, True, number % 2 == 0) for number in range(6)]
    assert statistics(grades, ["q1", "q3"])[0].discrimination is None


def test_what_was_not_attempted_and_what_the_grader_failed_at_counts_nowhere() -> None:
    right = made(1, True, True, True, True)
    blank = replace(right.questions[0], score=0.0, attempted=False)
    fault = replace(right.questions[0], outcome=Outcome.GRADER_ERROR)
    grades = [
        right,
        *(replace(right, questions=(each, right.questions[1])) for each in (blank, fault)),
    ]
    assert [line.notebooks for line in statistics(grades, ["q1", "q3"]) if not line.check] == [1, 3]


def test_the_table_has_a_row_for_each_question_and_check() -> None:
    rows = list(csv.DictReader(io.StringIO(as_csv(statistics(GRADES, ["q1", "q3"])))))
    assert [(row["question"], row["check"]) for row in rows] == [
        *(("q1", ""), ("q1", "Form"), ("q1", "Numbers")),
        *(("q3", ""), ("q3", "Form"), ("q3", "Numbers")),
    ]
    assert rows[2]["passed"] == "0.500" and rows[2]["causes"] == "stride_ignored 2"


def test_no_name_and_no_text_of_a_student_is_in_it(tmp_path: Path) -> None:
    views = sample_class(tmp_path)
    page, table = write_statistics(views)
    text = page.read_text("utf-8") + table.read_text("utf-8")
    for grade in views.table():
        assert grade.student not in text and grade.source not in text
        for result in grade.questions:
            assert not any(each.message and each.message in text for each in result.cases)
    assert "q3" in text


def test_a_class_of_a_few_has_no_statistics(tmp_path: Path) -> None:
    views = write_class(tmp_path, GRADES)
    with pytest.raises(StoreError, match="holds 4 graded notebooks"):
        write_statistics(views)


def test_the_command_writes_both_files(tmp_path: Path) -> None:
    sample_class(tmp_path).store.close()
    done = CliRunner().invoke(app, ["report", str(tmp_path), "--anonymous"])
    assert done.exit_code == 0, done.output
    assert "Statistics without names" in done.output
    assert (tmp_path / "statistics.html").is_file() and (tmp_path / "statistics.csv").is_file()

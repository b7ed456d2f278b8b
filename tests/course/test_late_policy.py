"""Lateness costs what the policy says, reckoned from the learning system's times alone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.course.late import final_score, lateness, percent_off, with_deduction
from autograder.course.settings import Course, CourseError, LatePolicy, course_of, read_settings
from autograder.records import Submission
from tests.support.sample_grades import COMPLETED

POLICY = LatePolicy(percent_per_day=10, cap_percent=35, grace_minutes=15)
DUE = datetime(2026, 3, 1, 22, 59, tzinfo=UTC)
GRADE = replace(COMPLETED, score=80.0, max_score=100.0)


def handed_in(late: timedelta) -> Submission:
    return Submission("student_001", Path("x.ipynb"), submitted=DUE + late, due=DUE)


@pytest.mark.parametrize(
    ("late", "percent"),
    [
        (timedelta(0), 0),
        (timedelta(minutes=15), 0),
        (timedelta(minutes=15, seconds=1), 10),
        (timedelta(days=1), 10),
        (timedelta(days=1, seconds=1), 20),
        (timedelta(days=3), 30),
        (timedelta(days=4), 35),
        (timedelta(days=400), 35),
    ],
    ids=str,
)
def test_each_started_day_costs_up_to_the_cap(late: timedelta, percent: float) -> None:
    assert percent_off(POLICY, late) == percent


YEARS = timedelta(days=3000)


@given(st.timedeltas(timedelta(0), timedelta(days=30)), st.timedeltas(timedelta(0), YEARS))
def test_coming_later_never_costs_less(late: timedelta, more: timedelta) -> None:
    assert percent_off(POLICY, late) <= percent_off(POLICY, late + more)


def test_times_in_different_zones_are_compared_as_moments() -> None:
    west = timezone(timedelta(hours=-8))
    assert lateness(datetime(2026, 3, 1, 15, 59, tzinfo=west), DUE) == timedelta(hours=1)


def test_early_work_is_not_late() -> None:
    assert lateness(DUE - timedelta(days=2), DUE) == timedelta(0)


def test_the_deduction_and_its_reason_are_told_and_the_earned_score_stays() -> None:
    grade = with_deduction(GRADE, handed_in(timedelta(days=1, hours=2)), POLICY)
    assert (grade.score, grade.late_deduction, final_score(grade)) == (80.0, 20.0, 60.0)
    assert "1 day 2 h late: 20 % of the full points" in grade.notes[-1]


def test_no_more_is_taken_than_was_earned() -> None:
    grade = with_deduction(replace(GRADE, score=5.0), handed_in(timedelta(days=2)), POLICY)
    assert (grade.late_deduction, final_score(grade)) == (5.0, 0.0)


@pytest.mark.parametrize("score", [0.0, 5.0, 19.99, 20.0, 80.0])
def test_the_sentence_never_says_that_a_share_of_the_full_points_is_less(score: float) -> None:
    grade = with_deduction(replace(GRADE, score=score), handed_in(timedelta(days=2)), POLICY)
    told = grade.notes[-1]
    assert "20 % of the full points, 20, " in told
    assert told.endswith("are taken.") == bool(score)
    assert (f": {score:g} are taken." in told) == (0 < score < 20)


@pytest.mark.parametrize("late", [timedelta(0), timedelta(minutes=10)])
def test_work_in_time_or_within_grace_is_left_alone(late: timedelta) -> None:
    assert with_deduction(GRADE, handed_in(late), POLICY) is GRADE


def test_without_a_policy_nothing_is_taken() -> None:
    assert with_deduction(GRADE, handed_in(timedelta(days=9)), None) is GRADE


def test_the_courses_due_date_stands_in_for_a_missing_one() -> None:
    submission = replace(handed_in(timedelta(days=1)), due=None)
    assert with_deduction(GRADE, submission, POLICY) is GRADE
    with_due = replace(POLICY, due=DUE)
    assert with_deduction(GRADE, submission, with_due).late_deduction == 10.0


def test_the_learning_systems_due_date_comes_before_the_courses() -> None:
    extended = handed_in(timedelta(hours=1))
    earlier = replace(POLICY, due=DUE - timedelta(days=7))
    assert with_deduction(GRADE, extended, earlier).late_deduction == 10.0
    later = replace(POLICY, due=DUE + timedelta(days=7))
    assert with_deduction(GRADE, extended, later).late_deduction == 10.0


def test_a_late_mark_without_a_time_is_told_and_costs_nothing() -> None:
    submission = Submission("student_001", Path("x.ipynb"), marked_late=True)
    grade = with_deduction(GRADE, submission, POLICY)
    assert grade.late_deduction == 0
    assert "not by how much" in grade.notes[-1]


def course_with(folder: Path, table: str) -> Course:
    path = folder / "course.toml"
    path.write_text(f'title = "A course"\n{table}\n', encoding="utf-8")
    return course_of(read_settings(path), path)


def test_the_policy_is_read_from_the_course_and_is_off_without_it(tmp_path: Path) -> None:
    table = "[late]\npercent_per_day = 10\ncap_percent = 35\ngrace_minutes = 15\n"
    due = "due = 2026-03-01T23:59:00+01:00"
    assert course_with(tmp_path, table + due).late == replace(POLICY, due=DUE)
    assert course_with(tmp_path, "").late is None


@pytest.mark.parametrize(
    "setting",
    [
        "",
        "percent_per_day = 101",
        "percent_per_day = '5'",
        "percent_per_day = 5\nper_week = 1",
        "percent_per_day = 5\ndue = 2026-03-01T23:59:00",
        "percent_per_day = 5\ndue = 'soon'",
    ],
)
def test_a_policy_that_is_not_clear_is_refused(tmp_path: Path, setting: str) -> None:
    with pytest.raises(CourseError, match="late"):
        course_with(tmp_path, f"[late]\n{setting}")

"""What people decide changes marks as they said, is told to whom it concerns, and loses nothing."""

import csv
import io
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from autograder.classroom.regrade.changes import changes
from autograder.classroom.showing import Showing
from autograder.course.late import UNKNOWN, final_score
from autograder.course.settings import LatePolicy
from autograder.records import ByHand, Ending, Grade, Outcome, QuestionResult
from autograder.reports.feedback import page
from autograder.reports.gradebook import gradebook
from autograder.reports.gradescope import results
from autograder.reports.words import has_marks, needs_person, total, was_graded
from autograder.store.decisions.applying import decided
from autograder.store.decisions.model import Decision, Decisions, Kind, Withdrawal
from autograder.store.kept import Attempt
from tests.support.sample_class import write_class
from tests.support.sample_grades import (
    GRADER_ERROR,
    HOSTILE,
    UNREADABLE,
    case,
    question,
)

NOON = datetime(2026, 3, 5, 12, tzinfo=UTC)
DUE = datetime(2026, 3, 1, tzinfo=UTC)
POLICY = LatePolicy(percent_per_day=10)
NOTES = ByHand(2.0, "Some filters answer to edges.")


def result(name: str, score: float, worth: float = 10.0, **more: Any) -> QuestionResult:
    whole = replace(case("Check"), points=score, max_points=worth)
    outcome = Outcome.PASSED if score == worth else Outcome.FAILED
    return QuestionResult(name, score, worth, outcome, (replace(whole, outcome=outcome),), **more)


GRADE = Grade(
    "student_001",
    "student_001.ipynb",
    Ending.COMPLETED,
    "",
    30.0,
    40.0,
    (result("q1", 10), result("q2", 6), result("q3", 4), result("q4", 8), result("q5", 2)),
)
"""Four core questions of ten points each, and a bonus question."""
BY_HAND = replace(GRADE, questions=(*GRADE.questions[:4], replace(result("q5", 2), by_hand=NOTES)))


def decision(kind: Kind, **more: Any) -> Decision:
    said: dict[str, Any] = {"who": "ann", "when": NOON, "why": "the check was too strict"}
    return Decision(kind, **(said | {"student": "student_001"} | more))


def after(*made: Decision, grade: Grade = GRADE, late_days: float = 0) -> Grade:
    attempt = Attempt(grade.source, submitted=DUE + timedelta(days=late_days), due=DUE)
    ordered = [replace(each, when=NOON + timedelta(hours=n)) for n, each in enumerate(made)]
    return decided(grade, attempt, POLICY, Decisions(tuple(ordered)))


def points(grade: Grade) -> Mapping[str, float]:
    return {each.question: each.score for each in grade.questions}


@pytest.mark.parametrize(
    ("made", "total_score"),
    [
        ([], 30.0),
        ([decision(Kind.OVERRIDE, question="q2", points=8.0)], 32.0),
        ([decision(Kind.OVERRIDE, points=35.0)], 35.0),
        ([decision(Kind.ADJUST, question="q2", points=-1.5)], 28.5),
        ([decision(Kind.ADJUST, question="q2", points=-9.0)], 24.0),
        ([decision(Kind.ADJUST, points=2.0)], 32.0),
        ([decision(Kind.OVERRIDE, question="q2", points=p) for p in (8.0, 7.0)], 31.0),
        ([decision(Kind.COMMENT, comment="Well done.")], 30.0),
        # q3 (4 of 10) is left out of 40: 24 · 40/30 and the bonus of 2.
        ([decision(Kind.EXCUSE, question="q3")], 34.0),
        ([decision(Kind.DROP, question="q3", student="")], 34.0),
        ([decision(Kind.DROP, question="q5", student="")], 28.0),
        ([decision(Kind.DROP, question=f"q{n}", student="") for n in (1, 2, 3, 4)], 42.0),
        ([decision(Kind.CREDIT, question="q3", student="")], 36.0),
        ([decision(Kind.CURVE, formula="min(full, score + 5)", student="")], 35.0),
        ([decision(Kind.CURVE, formula="sqrt(score / full) * full", student="")], 34.64),
        ([decision(Kind.OVERRIDE, question="q2", points=8.0, student="other")], 30.0),
    ],
    ids=lambda value: "+".join(each.kind for each in value) if isinstance(value, list) else None,
)
def test_the_total_is_what_was_decided(made: list[Decision], total_score: float) -> None:
    grade = after(*made)
    assert final_score(grade) == total_score
    assert grade.score == total_score or grade.added_after


@pytest.mark.parametrize(
    ("made", "late", "counts"),
    [
        # 8 of 40 points are taken for two days.
        ([], 8.0, 22.0),
        ([decision(Kind.ADJUST, points=4.0)], 8.0, 26.0),
        ([decision(Kind.ADJUST, points=4.0, late_rules="after")], 8.0, 26.0),
        ([decision(Kind.OVERRIDE, points=30.0, late_rules="after")], 8.0, 30.0),
        ([decision(Kind.OVERRIDE, points=4.0)], 4.0, 0.0),
        ([decision(Kind.OVERRIDE, question="q2", points=9.0, late_rules="after")], 8.0, 25.0),
        ([decision(Kind.EXTENSION, until=DUE + timedelta(days=1, hours=1))], 4.0, 26.0),
        ([decision(Kind.EXTENSION, until=DUE + timedelta(days=3))], 0.0, 30.0),
        ([decision(Kind.CURVE, formula="score + 1", late_rules="after", student="")], 8.0, 23.0),
        ([decision(Kind.CURVE, formula="score * 2", late_rules="before", student="")], 8.0, 52.0),
    ],
)
def test_a_decision_comes_before_or_after_the_late_rules_as_it_says(
    made: list[Decision], late: float, counts: float
) -> None:
    grade = after(*made, late_days=1.5)
    assert (grade.late_deduction, final_score(grade)) == (late, counts)


def test_the_engines_marks_are_told_beside_the_decided_ones() -> None:
    grade = after(decision(Kind.OVERRIDE, question="q2", points=8.0))
    assert points(grade)["q2"] == 8.0
    assert {each.question: each.engine_score for each in grade.questions}["q2"] == 6.0
    assert grade.engine_score == 30.0
    assert "Your instructor changed q2 from 6 to 8: the check was too strict." in page(grade)
    assert "changed q2 from 6 to 8" in results(grade)["output"]
    (row,) = csv.DictReader(io.StringIO(gradebook([grade])))
    assert (row["score"], row["q2"], row["engine_score"]) == ("32", "8", "30")
    assert row["decisions"] == "override q2 6 → 8 (ann, 2026-03-05: the check was too strict)"


def test_a_gradebook_without_decisions_has_no_columns_for_them() -> None:
    assert "decisions" not in gradebook([GRADE]).splitlines()[0]


def test_a_decision_that_was_taken_back_has_no_trace() -> None:
    back = Withdrawal("bob", NOON, "a mistake")
    assert after(decision(Kind.OVERRIDE, question="q2", points=8.0, withdrawn=back)) == GRADE


@pytest.mark.parametrize(("to", "score"), [("answered", 4.0), ("all", 10.0)])
def test_credit_is_for_those_who_answered_unless_it_is_for_all(to: str, score: float) -> None:
    open_one = replace(GRADE.questions[2], attempted=False)
    grade = replace(GRADE, questions=(*GRADE.questions[:2], open_one, *GRADE.questions[3:]))
    given = after(decision(Kind.CREDIT, question="q3", student="", to=to), grade=grade)
    assert points(given)["q3"] == score


def test_until_a_person_has_marked_it_the_total_says_up_to_how_much() -> None:
    assert total(BY_HAND) == "30 + up to 2" and needs_person(BY_HAND)
    assert "and up to 2 more" in page(BY_HAND)
    (row,) = csv.DictReader(io.StringIO(gradebook([BY_HAND])))
    assert (row["score"], row["open_points"], row["review"]) == ("30", "2", "yes")


def test_a_marked_part_counts_and_is_told_by_criterion() -> None:
    mark = decision(Kind.MARK, question="q5", criteria={"detector": 1.0, "evidence": 0.5})
    grade = after(mark, grade=BY_HAND)
    assert (total(grade), needs_person(grade)) == ("31.5", False)
    assert "1.5 of 2 points (detector 1, evidence 0.5)" in page(grade)
    again = after(mark, decision(Kind.MARK, question="q5", points=2.0), grade=BY_HAND)
    assert total(again) == "32"


def test_nothing_handed_in_is_nothing_to_mark() -> None:
    empty = replace(BY_HAND.questions[4], by_hand=ByHand(2.0, ""))
    grade = replace(BY_HAND, questions=(*BY_HAND.questions[:4], empty))
    assert (total(grade), needs_person(grade)) == ("30", False)


def test_gradescope_gets_what_was_handed_in_for_its_own_rubric() -> None:
    report = results(BY_HAND)
    (part,) = [test for test in report["tests"] if "by_hand" in test["tags"]]
    assert "answer to edges" in part["output"] and "score" not in part
    assert report["score"] == 30.0


def test_a_withheld_mark_is_nowhere_until_the_hold_is_lifted() -> None:
    hold, lift = decision(Kind.HOLD, why="twins"), decision(Kind.LIFT)
    grade = after(hold, decision(Kind.OVERRIDE, question="q2", points=8.0))
    assert not has_marks(grade) and needs_person(grade)
    for text in (page(grade).split("</style>")[1], str(results(grade))):
        assert not any(part in text for part in ("twins", "30", "38", "q2"))
        assert "isn't given out yet" in text.replace("&#39;", "'")
    row, _ = csv.DictReader(io.StringIO(gradebook([grade, GRADE])))
    assert row["score"] == "" and row["q1"] == "" and row["engine_score"] == ""
    assert final_score(after(hold, lift)) == 30.0
    assert not has_marks(after(hold, lift, hold))


def test_an_excused_student_counts_nowhere_and_needs_nobody() -> None:
    grade = after(decision(Kind.EXCUSE))
    assert (total(grade), was_graded(grade), needs_person(grade)) == ("excused", False, False)
    assert "You are excused" in page(grade)


@pytest.mark.parametrize("grade", [GRADER_ERROR, UNREADABLE], ids=["fault", "unreadable"])
def test_a_total_that_a_person_gives_counts_where_nothing_could_be_graded(grade: Grade) -> None:
    given = decision(Kind.OVERRIDE, points=9.0, student=grade.student)
    result = after(given, grade=grade)
    assert was_graded(result) and not needs_person(result) and final_score(result) == 9.0


def test_marks_that_a_person_accepts_need_nobody_any_more() -> None:
    doubtful = replace(GRADE, needs_review=True, review="Two hand-ins differ.")
    assert needs_person(doubtful)
    accepted = after(decision(Kind.ACCEPT), grade=doubtful)
    assert was_graded(accepted) and not needs_person(accepted)
    asked = replace(GRADE, questions=(replace(GRADE.questions[0], review="Look."),))
    assert not needs_person(after(decision(Kind.ACCEPT, question="q1"), grade=asked))


def test_lateness_of_unknown_length_asks_a_person_until_somebody_decides() -> None:
    attempt = Attempt("x", marked_late=True)
    asked = decided(GRADE, attempt, POLICY, Decisions())
    assert asked.to_decide == (UNKNOWN,) and needs_person(asked) and was_graded(asked)
    for made in (decision(Kind.EXTENSION, until=NOON), decision(Kind.ACCEPT)):
        assert not needs_person(decided(GRADE, attempt, POLICY, Decisions((made,))))


def test_a_regrade_tells_that_the_mark_beneath_a_decision_has_changed() -> None:
    made = decision(Kind.OVERRIDE, question="q2", points=8.0)
    better = replace(GRADE, score=31.0, questions=(GRADE.questions[0], result("q2", 7)))
    better = replace(better, questions=(*better.questions, *GRADE.questions[2:]))
    (change,) = changes([after(made)], [after(made, grade=better)])
    assert change.difference == 0 and change.moves == ()
    assert change.remark == "q2: the checks give 7, not 6, beneath a decision"


def test_hostile_words_of_a_decision_are_harmless(tmp_path: Path) -> None:
    made = decision(Kind.OVERRIDE, question="q2", points=8.0, why=HOSTILE, who=HOSTILE)
    grade = after(made, decision(Kind.COMMENT, comment=HOSTILE))
    assert "<script>alert" not in page(grade)
    for text in (page(grade), gradebook([grade])):
        assert "\x1b" not in text and "\u202e" not in text


def test_decisions_are_applied_on_every_writing_and_kept_with_their_history(tmp_path: Path) -> None:
    views = write_class(tmp_path, [GRADE, replace(GRADE, student="other")])
    text = (
        '[[decision]]\nkind = "override"\nstudent = "student_001"\nquestion = "q2"\npoints = 8\n'
        'who = "ann"\nwhen = 2026-03-05\nwhy = "too strict"\n'
    )
    (tmp_path / "decisions.toml").write_text(text)
    assert views.refresh() == ["student_001"]
    assert [final_score(grade) for grade in views.table()] == [30.0, 32.0]
    assert "from 6 to 8: too strict" in (
        (tmp_path / "students" / "student_001" / "feedback.html").read_text()
    )
    kept = views.store.kept("student_001")
    assert kept and kept.grade == GRADE
    (tmp_path / "decisions.toml").unlink()
    assert views.refresh() == ["student_001"]
    assert [final_score(grade) for grade in views.table()] == [30.0, 30.0]
    assert [content for _, content in views.store.decisions()] == [text, ""]


def test_a_class_of_parts_to_mark_is_summed_up(tmp_path: Path) -> None:
    views = write_class(tmp_path, [BY_HAND])
    assert [grade.open_points for grade in views.table()] == [2.0]
    assert question("q1", case("x")).worth == 2.5
    assert Showing().known.questions == {}

"""What waits for a person is no loss until then, and is settled once a person has decided it."""

from dataclasses import replace

import pytest

from autograder.records import ByHand, CellRun, Ending, Outcome
from autograder.reports.executed import question_summary
from autograder.reports.feedback import page
from autograder.reports.feedback_cell import empty_notebook, with_feedback
from autograder.reports.words import has_marks
from autograder.reports.words import points as points_told
from autograder.store.decisions.model import Kind
from tests.store.test_decisions import NOTES, after, decision, result
from tests.support.sample_grades import AT_FAULT, COMPLETED, GRADER_ERROR


@pytest.mark.parametrize(
    ("part", "heading", "told"),
    [
        (NOTES, "What your instructor still reads", "10 + up to 2 of 12"),
        (replace(NOTES, points=1.5, told="1.5 of 2 points"), "What lost points", "11.5 of 12"),
        (replace(NOTES, points=2.0, told="2 of 2 points"), "", "12 of 12"),
        (replace(NOTES, answer=""), "What lost points", "10 of 12"),
    ],
)
def test_a_part_that_is_still_read_has_lost_nothing(part: ByHand, heading: str, told: str) -> None:
    passed = replace(result("q5", 10), by_hand=part)
    marked = replace(passed, score=10 + (part.points or 0))
    assert marked.is_full == (heading != "What lost points")
    assert points_told(marked) == told and f"5: passed, {told} points" in question_summary(marked)
    grade = replace(COMPLETED, questions=(marked,))
    assert heading in page(grade)
    cell = with_feedback(empty_notebook(), grade, "CNN", {})["cells"][0]
    assert heading in cell["source"]
    others = {"What your instructor still reads", "What lost points"} - {heading}
    assert not any(other in page(grade) for other in others)


@pytest.mark.parametrize("late_rules", ["before", "after"])
def test_a_fault_is_settled_once_each_question_at_fault_is_decided(late_rules: str) -> None:
    set_points = decision(Kind.OVERRIDE, question="q5", points=2.0, late_rules=late_rules)
    second = replace(AT_FAULT, question="q6")
    both = replace(
        GRADER_ERROR, student="student_001", cells=(), questions=(*GRADER_ERROR.questions, second)
    )
    half = after(set_points, grade=both)
    assert not has_marks(half) and [each.at_fault for each in half.questions] == [0, 0, 1]
    for rest in (replace(set_points, question="q6"), decision(Kind.EXCUSE, question="q6")):
        grade = after(set_points, rest, grade=both)
        assert has_marks(grade) and grade.ending is Ending.COMPLETED
    stopped = replace(both, cells=(CellRun(1, Outcome.TIME_LIMIT, 40.0),), questions=(AT_FAULT,))
    assert after(set_points, grade=stopped).ending is Ending.TIME_LIMIT
    twice = replace(both, questions=(AT_FAULT,), review="Two were handed in.")
    assert not has_marks(after(set_points, grade=twice))

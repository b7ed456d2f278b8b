"""What a planted answer's grade proves, where a person marks a part of the question."""

from dataclasses import replace

import pytest

from autograder.records import ByHand
from proofs.verify.recipes import Accepted, Mistake
from proofs.verify.verdict import judge
from tests.support.sample_grades import COMPLETED, case, question

ACCEPTED, MISTAKE = Accepted("q3", "right", "answer"), Mistake("q3", "wrong", "answer")


@pytest.mark.parametrize(("text", "is_right"), [("It finds edges.", True), ("", False)])
def test_an_answer_without_a_text_to_mark_has_lost_points(text: str, is_right: bool) -> None:
    passed = replace(question("q3", case("a")), by_hand=ByHand(2.0, text))
    grade = replace(COMPLETED, questions=(question("q1", case("a")), passed))
    assert judge(ACCEPTED, grade, frozenset()).held == is_right
    assert judge(MISTAKE, grade, frozenset()).held != is_right
    beside = judge(Accepted("q1", "right", "answer"), grade, frozenset({"q3"}))
    assert (beside.problems == ()) == is_right

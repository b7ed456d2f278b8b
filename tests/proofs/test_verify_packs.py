"""Planted answers share a notebook only where they can't hide what one costs another."""

import pytest

from proofs.verify.packs import SIZE, packed
from proofs.verify.recipes import Mistake, Recipe

LENT, CHAINED = frozenset({"q1", "q5"}), frozenset({"q2", "q5"})


def recipes(**counts: int) -> list[Recipe]:
    return [
        Mistake(question, f"mistake {number}", "answer = None")
        for question, count in counts.items()
        for number in range(count)
    ]


MANY = recipes(q1=20, q2=15, q3=9, q4=7, q5=6, q6=1)
PACKS = packed(MANY, LENT, CHAINED)


def test_every_recipe_is_planted_once() -> None:
    planted = [recipe for pack in PACKS for recipe in pack]
    assert sorted(planted, key=MANY.index) == MANY


def test_no_two_answers_of_one_question_share_a_notebook() -> None:
    assert all(len({each.question for each in pack}) == len(pack) <= SIZE for pack in PACKS)


def test_answers_that_build_on_a_lent_question_stay_right_beside_its_mistakes() -> None:
    for pack in PACKS:
        questions = {each.question for each in pack}
        for lent in questions & LENT:
            assert not (questions - {lent}) & CHAINED, questions


@pytest.mark.parametrize("question", ["q1", "q3"])
def test_recipes_of_one_question_are_planted_one_by_one(question: str) -> None:
    assert all(len(pack) == 1 for pack in packed(recipes(**{question: 3}), LENT, CHAINED))


def test_sharing_takes_far_fewer_notebooks() -> None:
    assert len(packed(MANY, frozenset(), frozenset())) == 20  # as many as the most of one question

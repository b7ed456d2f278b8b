"""Planted answers share a notebook only where they can't hide what one costs another."""

import pytest

from autograder.judge.lending import Loan
from proofs.verify.packs import SIZE, building, packed
from proofs.verify.recipes import Mistake, Recipe

BUILDS = {"q2": frozenset({"q1"}), "q5": frozenset({"q1"}), "q6": frozenset({"q1", "q5"})}


def recipes(**counts: int) -> list[Recipe]:
    return [
        Mistake(question, f"mistake {number}", "answer = None")
        for question, count in counts.items()
        for number in range(count)
    ]


MANY = recipes(q1=20, q2=15, q3=9, q4=7, q5=6, q6=1)
PACKS = packed(MANY, BUILDS)


def test_every_recipe_is_planted_once() -> None:
    planted = [recipe for pack in PACKS for recipe in pack]
    assert sorted(planted, key=MANY.index) == MANY


def test_no_two_answers_of_one_question_share_a_notebook() -> None:
    assert all(len({each.question for each in pack}) == len(pack) <= SIZE for pack in PACKS)


def test_answers_that_build_on_a_question_stay_right_beside_its_mistakes() -> None:
    for pack in PACKS:
        questions = {each.question for each in pack}
        for question in questions:
            assert not questions & BUILDS.get(question, frozenset()), questions


def test_answers_that_build_on_different_questions_share_a_notebook() -> None:
    shared = packed(recipes(q1=3, q3=3, q4=3), {"q3": frozenset({"q2"}), "q4": frozenset({"q1"})})
    assert sorted(len(pack) for pack in shared) == [1, 1, 1, 2, 2, 2]


def test_what_an_answer_builds_on_is_read_from_its_names_and_those_behind_them() -> None:
    loans = [Loan(f"q{n}", frozenset({name}), "") for n, name in ((1, "slide"), (8, "Net"))]
    loans.append(Loan("q12", frozenset({"model"}), ""))
    count = "def count(model):\n    return size(model)\n\nnumber = count(Net())"
    chained = {"q2": "slide(1)", "q9": count, "q12": "model = Net()", "q18": "best = copy(model)"}
    assert building(chained, loans) == {
        "q2": {"q1"},
        "q9": {"q8"},
        "q12": {"q8"},
        "q18": {"q8", "q12"},
    }


@pytest.mark.parametrize("question", ["q1", "q3"])
def test_recipes_of_one_question_are_planted_one_by_one(question: str) -> None:
    assert all(len(pack) == 1 for pack in packed(recipes(**{question: 3}), BUILDS))


def test_sharing_takes_far_fewer_notebooks() -> None:
    assert len(packed(MANY, {})) == 20  # as many as the most of one question

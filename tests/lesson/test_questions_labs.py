"""The checks of the labs, q19 to q21, against right, wrong, unfinished and hostile answers."""

import pytest
import torch

from labkit.run import begin, end
from tests.support.lesson import Recipe, lesson_questions, misnamed, planted, recipes, run, score

QUESTIONS = lesson_questions()
NAMES = [name for name in ("q19", "q20", "q21") if name in QUESTIONS]
MISTAKES = [recipe for name in NAMES for recipe in recipes("mistake", name)]
ACCEPTED = [recipe for name in NAMES for recipe in recipes("accepted", name)]


def label(recipe: Recipe) -> str:
    return f"{recipe.question} {recipe.name}"


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize("recipe", MISTAKES, ids=label)
def test_a_known_mistake_loses_points_and_is_named(recipe):
    question = QUESTIONS[recipe.question]
    outcomes = planted(recipe)
    limit = question.points if recipe.points_below is None else recipe.points_below
    assert score(outcomes) < limit
    assert misnamed(recipe, outcomes) == []


@pytest.mark.parametrize("recipe", ACCEPTED, ids=label)
def test_an_answer_that_is_right_in_another_way_gets_all_points(recipe):
    question = QUESTIONS[recipe.question]
    outcomes = planted(recipe)
    assert [outcome.message for outcome in outcomes if not outcome.passed] == []
    assert score(outcomes) == question.points


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("seed", range(5))
def test_the_solution_gets_all_points_on_every_seed(name, seed):
    token = begin(seed=seed)
    try:
        outcomes = run(QUESTIONS[name], QUESTIONS[name].solution)
        assert [outcome.message for outcome in outcomes if not outcome.passed] == []
        assert score(outcomes) == QUESTIONS[name].points
    finally:
        end(token)


@pytest.mark.parametrize("name", NAMES)
def test_a_blank_answer_passes_no_case(name):
    blank = QUESTIONS[name].blank
    assert "..." in blank
    assert not any(outcome.passed for outcome in run(QUESTIONS[name], blank))


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_answer_passes_no_case(name):
    assert not any(outcome.passed for outcome in run(QUESTIONS[name], ""))


@pytest.mark.parametrize("name", NAMES)
def test_each_question_has_enough_planted_mistakes_and_accepted_variants(name):
    assert sum(recipe.question == name for recipe in MISTAKES) >= 15
    assert sum(recipe.question == name for recipe in ACCEPTED) >= 8


@pytest.mark.parametrize("name", NAMES)
def test_nine_in_ten_mistakes_fail_a_check_that_the_student_sees(name):
    mine = [recipe for recipe in MISTAKES if recipe.question == name]
    unseen = [
        recipe.name
        for recipe in mine
        if all(each.passed for each in planted(recipe) if not each.hidden)
    ]
    assert len(unseen) <= len(mine) / 10, unseen


@pytest.mark.parametrize("name", NAMES)
def test_public_checks_carry_about_half_of_the_points(name):
    question = QUESTIONS[name]
    public = sum(case.points for case in question.cases if not case.hidden)
    assert 0.4 <= public / question.points <= 0.6
    assert sum(case.points for case in question.cases) == question.points

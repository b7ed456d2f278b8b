"""The checks of q3, q4, q6, q9, q14 and q16, against right, wrong and unfinished answers."""

import re

import pytest

from labkit.run import begin, end
from tests.support.lesson import Recipe, lesson_questions, misnamed, planted, recipes, run, score

NAMES = ["q3", "q4", "q6", "q9", "q14", "q16"]
QUESTIONS = lesson_questions()
MISTAKES = [recipe for name in NAMES for recipe in recipes("mistake", name)]
ACCEPTED = [recipe for name in NAMES for recipe in recipes("accepted", name)]


def label(recipe: Recipe) -> str:
    return f"{recipe.question} {recipe.name}"


@pytest.mark.parametrize("recipe", MISTAKES, ids=label)
def test_a_known_mistake_loses_points_and_every_failing_check_names_it_or_nothing(recipe):
    question = QUESTIONS[recipe.question]
    outcomes = planted(recipe)
    limit = question.points if recipe.points_below is None else recipe.points_below
    assert score(outcomes) < limit
    assert misnamed(recipe, outcomes) == []


@pytest.mark.parametrize("recipe", MISTAKES, ids=label)
def test_a_known_mistake_fails_a_public_check_unless_it_is_a_wrong_letter(recipe):
    outcomes = planted(recipe)
    caught = any(not outcome.passed and not outcome.hidden for outcome in outcomes)
    assert caught or recipe.cause.startswith(("item_", "what_is_wrong_"))


@pytest.mark.parametrize(("name", "told"), [("q4", "2 points"), ("q14", "5 points")])
def test_a_check_of_the_form_says_what_is_decided_at_grading(name, told):
    form = next(case.source for case in QUESTIONS[name].cases if "success_message" in case.source)
    assert "is decided at grading" in form and told in form


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
        assert score(run(QUESTIONS[name], QUESTIONS[name].solution)) == QUESTIONS[name].points
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
def test_public_checks_carry_about_half_of_the_points(name):
    question = QUESTIONS[name]
    public = sum(case.points for case in question.cases if not case.hidden)
    shares = {"q4": 0.6, "q14": 0}  # the rest are choices
    assert public / question.points == shares.get(name, 0.5)
    assert sum(case.points for case in question.cases) == question.points


@pytest.mark.parametrize("letter", "ABCD")
def test_the_same_letter_eight_times_stays_far_below_half(letter):
    question = QUESTIONS["q14"]
    assert score(run(question, f"answers = '{letter * 8}'")) <= question.points / 4


@pytest.mark.parametrize("name", NAMES)
def test_public_checks_hold_no_letter_of_the_solution(name):
    public = "\n".join(case.source for case in QUESTIONS[name].cases if not case.hidden)
    assert "because" not in public


RIGHT = {"q3": {"400"}, "q4": {"9216", "2304", "400"}, "q9": {"5258"}}


@pytest.mark.parametrize("recipe", MISTAKES, ids=label)
def test_no_message_gives_a_right_number_away(recipe):
    told = {
        number
        for outcome in planted(recipe)
        for number in re.findall(r"(?<![·\d])\d+(?![·\d])", outcome.message)
    }
    own = set(re.findall(r"\d+", recipe.answer))
    assert not (told & RIGHT.get(recipe.question, set())) - own


@pytest.mark.parametrize("name", RIGHT)
def test_no_public_check_holds_a_right_number(name):
    public = "\n".join(case.source for case in QUESTIONS[name].cases if not case.hidden)
    assert not RIGHT[name] & set(re.findall(r"\d+", public))

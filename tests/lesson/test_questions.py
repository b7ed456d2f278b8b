"""The checks of every question against right, wrong, unfinished and planted answers, in process.

`test_questions_training.py` has those whose answers train.
"""

import functools
import re

import pytest
import torch

from labkit.run import begin, end
from proofs.verify.recipes import Accepted, Mistake, Recipe
from tests.support.lesson import (
    CaseOutcome,
    lesson_questions,
    misnamed,
    planted,
    recipes,
    run,
    score,
)

QUESTIONS = lesson_questions()
TRAINING = {"q8", "q10", "q11", "q12", "q13", "q18"}
NAMES = [name for name in QUESTIONS if name not in TRAINING]
LABS = ["q19", "q20", "q21"]
CHOICES = {"q3", "q4", "q6", "q9", "q14", "q16"}
"""Questions whose answers are numbers, letters and sentences."""
AFTER_Q1 = {"q2", "q5", "q7", "q15", "q17"}
"""Questions whose solutions call the function of q1."""
MISTAKES = [it for it in recipes() if isinstance(it, Mistake) and it.question in NAMES]
ACCEPTED = [it for it in recipes() if isinstance(it, Accepted) and it.question in NAMES]


def earlier(name: str) -> dict[str, object]:
    """Return what earlier solutions define that those of this question use."""
    environment: dict[str, object] = {"torch": torch}
    if name in AFTER_Q1:
        exec(QUESTIONS["q1"].solution, environment)
    return environment


@functools.cache
def outcomes_of(recipe: Recipe) -> tuple[CaseOutcome, ...]:
    """Return what the checks say of a planted answer, which is run once."""
    if recipe.question in AFTER_Q1:
        return tuple(run(QUESTIONS[recipe.question], recipe.answer, earlier(recipe.question)))
    return planted(recipe)


def label(recipe: Recipe) -> str:
    return f"{recipe.question} {recipe.name}"


@pytest.mark.parametrize("recipe", MISTAKES, ids=label)
def test_a_known_mistake_loses_points_and_every_failing_check_names_it_or_nothing(
    recipe: Mistake,
) -> None:
    outcomes = outcomes_of(recipe)
    assert score(outcomes) < (recipe.points_below or QUESTIONS[recipe.question].points)
    assert misnamed(recipe, outcomes) == []


@pytest.mark.parametrize("recipe", ACCEPTED, ids=label)
def test_an_answer_that_is_right_in_another_way_gets_all_points(recipe: Accepted) -> None:
    outcomes = outcomes_of(recipe)
    assert [outcome.message for outcome in outcomes if not outcome.passed] == []
    assert score(outcomes) == QUESTIONS[recipe.question].points


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("seed", range(5))
def test_the_solution_gets_all_points_on_every_seed(name: str, seed: int) -> None:
    token = begin(seed=seed)
    try:
        outcomes = run(QUESTIONS[name], QUESTIONS[name].solution, earlier(name))
    finally:
        end(token)
    assert [outcome.message for outcome in outcomes if not outcome.passed] == []
    assert score(outcomes) == QUESTIONS[name].points


@pytest.mark.parametrize("name", NAMES)
def test_a_blank_or_a_missing_answer_passes_no_case(name: str) -> None:
    assert "..." in QUESTIONS[name].blank
    for answer in (QUESTIONS[name].blank, ""):
        outcomes = run(QUESTIONS[name], answer, earlier(name))
        assert [outcome.title for outcome in outcomes if outcome.passed] == []


@pytest.mark.parametrize("name", NAMES)
def test_hidden_checks_keep_a_share_of_the_points(name: str) -> None:
    question = QUESTIONS[name]
    public = sum(case.points for case in question.cases if not case.hidden) / question.points
    exact = {"q4": 0.6, "q14": 0}  # the rest are choices
    if name in CHOICES:
        assert public == exact.get(name, 0.5)
    assert public <= (0.6 if name in LABS else 2 / 3)
    assert sum(case.points for case in question.cases) == question.points


@pytest.mark.parametrize("name", LABS)
def test_each_lab_has_enough_planted_mistakes_and_accepted_variants(name: str) -> None:
    assert sum(recipe.question == name for recipe in MISTAKES) >= 15
    assert sum(recipe.question == name for recipe in ACCEPTED) >= 8


@pytest.mark.parametrize("name", LABS)
def test_nine_in_ten_mistakes_of_a_lab_fail_a_check_that_the_student_sees(name: str) -> None:
    mine = [recipe for recipe in MISTAKES if recipe.question == name]
    seen = [any(not it.passed and not it.hidden for it in outcomes_of(one)) for one in mine]
    assert sum(seen) >= 0.9 * len(mine)
    public = sum(case.points for case in QUESTIONS[name].cases if not case.hidden)
    assert public >= 0.4 * QUESTIONS[name].points


@pytest.mark.parametrize("recipe", [it for it in MISTAKES if it.question in CHOICES], ids=label)
def test_a_known_mistake_fails_a_public_check_unless_it_is_a_wrong_letter(recipe: Mistake) -> None:
    caught = any(not outcome.passed and not outcome.hidden for outcome in outcomes_of(recipe))
    assert caught or recipe.cause.startswith(("item_", "what_is_wrong_"))


@pytest.mark.parametrize(("name", "told"), [("q4", "2 points"), ("q14", "5 points")])
def test_a_check_of_the_form_says_what_is_decided_at_grading(name: str, told: str) -> None:
    form = next(case.source for case in QUESTIONS[name].cases if "success_message" in case.source)
    assert "is decided at grading" in form and told in form


@pytest.mark.parametrize("letter", "ABCD")
def test_the_same_letter_eight_times_stays_far_below_half(letter: str) -> None:
    question = QUESTIONS["q14"]
    assert score(run(question, f"answers = '{letter * 8}'")) <= question.points / 4


@pytest.mark.parametrize("name", sorted(CHOICES))
def test_public_checks_hold_no_letter_of_the_solution(name: str) -> None:
    assert "because" not in public_source(name)


RIGHT = {"q3": {"400"}, "q4": {"9216", "2304", "400"}, "q9": {"5258"}}


@pytest.mark.parametrize("recipe", [it for it in MISTAKES if it.question in RIGHT], ids=label)
def test_no_message_gives_a_right_number_away(recipe: Mistake) -> None:
    told = {
        number
        for outcome in outcomes_of(recipe)
        for number in re.findall(r"(?<![·\d])\d+(?![·\d])", outcome.message)
    }
    assert not (told & RIGHT[recipe.question]) - set(re.findall(r"\d+", recipe.answer))


@pytest.mark.parametrize("name", RIGHT)
def test_no_public_check_holds_a_right_number(name: str) -> None:
    assert not RIGHT[name] & set(re.findall(r"\d+", public_source(name)))


def public_source(name: str) -> str:
    return "\n".join(case.source for case in QUESTIONS[name].cases if not case.hidden)


DEFINED = (
    *("manual_convolution2d", "true_convolution2d", "predicted_row", "conv2d", "relu"),
    *("max_pool2d", "conv2d_multichannel", "shift_error", "kernel_gradient"),
)
HOSTILE = """
class Strange:
    def __call__(self, *args, **kwargs): return self
    def __len__(self): raise ValueError
    def __getattr__(self, name): raise ValueError(name)
values = [None, ..., True, 7, 10**400, float("nan"), "text", b"bytes", [[1.0]], (), {}, {1, 2},
          torch.tensor(float("nan")), torch.zeros(0), torch.ones(2, 2, dtype=torch.complex64),
          torch.ones(1, device="meta"), torch.ones(1).expand(1 << 40), torch.eye(2).to_sparse(),
          np.array(["a"]), np.array([None]), np.float64("inf"), Strange, Strange(), torch, len]
"""


@pytest.mark.parametrize("name", ["q1", *sorted(AFTER_Q1)])
def test_checks_survive_every_value(name: str) -> None:
    made: dict[str, object] = {"torch": torch}
    exec("import numpy as np\n" + HOSTILE, made)
    values = made["values"]
    assert isinstance(values, list)
    for value in values:
        # The name is bound to the value itself, and to a function that returns it.
        for answer in (value, lambda *args, _value=value, **kwargs: _value):
            assert score(run(QUESTIONS[name], "", dict.fromkeys(DEFINED, answer))) == 0

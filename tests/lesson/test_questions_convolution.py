"""The checks of q1, q2, q5, q7, q15 and q17 against planted answers, in process."""

import pytest
import torch

from labkit.run import begin, end
from tests.support import lesson

NAMES = ("q1", "q2", "q5", "q7", "q15", "q17")
QUESTIONS = lesson.lesson_questions()
MISTAKES = [recipe for name in NAMES for recipe in lesson.recipes("mistake", name)]
DEFINED = (
    "manual_convolution2d",
    "true_convolution2d",
    "predicted_row",
    "conv2d",
    "relu",
    "max_pool2d",
    "conv2d_multichannel",
    "shift_error",
    "kernel_gradient",
)
ACCEPTED = [recipe for name in NAMES for recipe in lesson.recipes("accepted", name)]


def solved(name: str) -> dict[str, object]:
    """What the solution of q1 defines, which later solutions call."""
    environment: dict[str, object] = {"torch": torch}
    if name != "q1":
        exec(QUESTIONS["q1"].solution, environment)
    return environment


def identify(recipe: lesson.Recipe) -> str:
    return f"{recipe.question}: {recipe.name}"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("seed", range(5))
def test_the_solution_scores_all_points_on_every_seed(name: str, seed: int) -> None:
    question = QUESTIONS[name]
    token = begin(seed=seed)
    try:
        outcomes = lesson.run(question, question.solution, solved(name))
    finally:
        end(token)
    assert [outcome.message for outcome in outcomes if not outcome.passed] == []
    assert lesson.score(outcomes) == question.points


@pytest.mark.parametrize("name", NAMES)
def test_a_blank_answer_passes_no_check(name: str) -> None:
    question = QUESTIONS[name]
    stub = question.blank
    assert [o.title for o in lesson.run(question, stub, solved(name)) if o.passed] == []
    assert [o.title for o in lesson.run(question, "", solved(name)) if o.passed] == []


@pytest.mark.parametrize("name", NAMES)
def test_hidden_checks_keep_a_share_of_the_points(name: str) -> None:
    question = QUESTIONS[name]
    assert sum(case.points for case in question.cases) == question.points
    assert sum(case.points for case in question.cases if not case.hidden) <= question.points * 2 / 3


@pytest.mark.parametrize("recipe", MISTAKES, ids=identify)
def test_a_known_mistake_loses_points_and_is_named(recipe: lesson.Recipe) -> None:
    question = QUESTIONS[recipe.question]
    outcomes = lesson.run(question, recipe.answer, solved(recipe.question))
    if recipe.points_below is None:
        assert lesson.score(outcomes) < question.points
    else:
        assert lesson.score(outcomes) < recipe.points_below
    assert lesson.misnamed(recipe, outcomes) == []


@pytest.mark.parametrize("recipe", ACCEPTED, ids=identify)
def test_every_right_way_is_accepted(recipe: lesson.Recipe) -> None:
    question = QUESTIONS[recipe.question]
    outcomes = lesson.run(question, recipe.answer, solved(recipe.question))
    assert [outcome.message for outcome in outcomes if not outcome.passed] == []


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


@pytest.mark.parametrize("name", NAMES)
def test_checks_survive_every_value(name: str) -> None:
    question = QUESTIONS[name]
    made: dict[str, object] = {"torch": torch}
    exec("import numpy as np\n" + HOSTILE, made)
    values = made["values"]
    assert isinstance(values, list)
    for value in values:
        # The name is bound to the value itself, and to a function that returns it.
        for answer in (value, lambda *args, _value=value, **kwargs: _value):
            outcomes = lesson.run(question, "", dict.fromkeys(DEFINED, answer))
            assert lesson.score(outcomes) == 0

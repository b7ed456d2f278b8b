"""The checks of q8, q10 to q13 and q18, against right, wrong, unfinished and hostile answers."""

import copy
import math

import pytest
import torch
import torch.nn.functional as F
from cnnlab import data, fitting, progress
from cnnlab.schedule import one_cycle
from torch import nn

from labkit.run import begin, end
from proofs.verify.recipes import Accepted, Mistake, Recipe
from tests.support.lesson import lesson_questions, misnamed, recipes, run, score

QUICK = ["q8", "q10", "q11", "q13"]
TRAINED = ["q12", "q18"]
NAMES = QUICK + TRAINED
QUESTIONS = lesson_questions()
SLOW = {
    "two nested loops over the images": "10 s",
    "batch normalisation within the budget, AdamW, torch's own schedule": "10 s",
    "an ensemble inside forward": "5 s",
    "one layer used twice (weight sharing), lazy layers, log_softmax, NAdam": "4 s",
    "mean pools and leaky ReLU": "5 s",
}
"""Planted answers that are left to `make verify`, which grades every one, and what they take."""


def quick() -> list[Mistake]:
    """Return the mistakes that are tried here: of those that train, one for each cause."""
    found: list[Mistake] = []
    for recipe in (it for it in recipes() if isinstance(it, Mistake) and it.question in NAMES):
        known = {(each.question, each.cause) for each in found if each.cause}
        again = recipe.question in TRAINED and (recipe.question, recipe.cause) in known
        elsewhere = recipe.cause.endswith("_elsewhere")  # seen only from a notebook's own process
        if not (again or elsewhere or recipe.name in SLOW):
            found.append(recipe)
    return found


MISTAKES = quick()
ACCEPTED = [it for it in recipes() if isinstance(it, Accepted) and it.question in NAMES]
ACCEPTED = [it for it in ACCEPTED if it.name not in SLOW]


def label(recipe: Recipe) -> str:
    return f"{recipe.question} {recipe.name}"


class FittedOnce:
    """`cnnlab.fitting`; a training that several answers begin with, to the bit, is run once."""

    def __init__(self, digits: data.Split) -> None:
        self.digits = digits
        self.known: dict[tuple[object, ...], tuple[dict[str, torch.Tensor], float, object]] = {}

    def __getattr__(self, name: str) -> object:
        return getattr(fitting, name)

    def fit(self, model, split, **options):
        own = any(not type(each).__module__.startswith("torch.") for each in model.modules())
        if own or not all(map(torch.equal, split, self.digits)):
            return fitting.fit(model, split, **options)
        generator = options.get("generator") or torch.default_generator
        state = tuple(each.numpy().tobytes() for each in model.state_dict().values())
        chance = [each.get_state() for each in (generator, torch.default_generator)]
        begun = (str(model), state, *(each.numpy().tobytes() for each in chance))
        key = (*begun, *sorted((k, v) for k, v in options.items() if k != "generator"))
        if key not in self.known:
            accuracy = fitting.fit(model, split, **options)
            ended = [each.get_state() for each in (generator, torch.default_generator)]
            self.known[key] = (copy.deepcopy(model.state_dict()), accuracy, ended)
        weights, accuracy, ended = self.known[key]
        model.load_state_dict(weights)
        generator.set_state(ended[0])
        torch.default_generator.set_state(ended[1])
        model.eval()
        return accuracy


@pytest.fixture(scope="module")
def fitted_once():
    return FittedOnce(data.train_and_validation(train=20_000, validation=5_000))


@pytest.fixture
def setup(fitted_once):
    """What the notebook's own cells define before these questions."""
    digits = data.train_and_validation(train=20_000, validation=5_000)
    shuffled = torch.Generator().manual_seed(2025)
    return {
        "torch": torch,
        "nn": nn,
        "F": F,
        "data": data,
        "fitting": fitted_once,
        "progress": progress,
        "one_cycle": one_cycle,
        "device": torch.device("cpu"),
        "digits": digits,
        "train_loader": data.batches(
            digits.train_images, digits.train_labels, 64, shuffle=True, generator=shuffled
        ),
        "validation_loader": data.batches(digits.validation_images, digits.validation_labels, 500),
    }


@pytest.fixture
def solved(setup):
    """The same, with the network, the loop and the evaluation of the solutions."""
    for name in ("q8", "q10", "q11"):
        exec(QUESTIONS[name].solution, setup)
    return setup


@pytest.mark.parametrize("recipe", MISTAKES, ids=label)
def test_a_known_mistake_loses_points_and_is_named(recipe, setup):
    question = QUESTIONS[recipe.question]
    if recipe.question == "q12":
        exec(QUESTIONS["q8"].solution, setup)
    outcomes = run(question, recipe.answer, setup)
    limit = question.tested if recipe.points_below is None else recipe.points_below
    assert score(outcomes) < limit
    assert misnamed(recipe, outcomes) == []


@pytest.mark.parametrize("recipe", ACCEPTED, ids=label)
def test_an_answer_that_is_right_in_another_way_gets_all_points(recipe, setup):
    question = QUESTIONS[recipe.question]
    outcomes = run(question, recipe.answer, setup)
    assert [outcome.message for outcome in outcomes if not outcome.passed] == []
    assert score(outcomes) == question.tested


@pytest.mark.parametrize("name", QUICK)
@pytest.mark.parametrize("seed", range(8))
def test_the_solution_gets_all_points_on_every_seed(name, seed, setup):
    token = begin(seed=seed)
    try:
        assert (
            score(run(QUESTIONS[name], QUESTIONS[name].solution, setup)) == QUESTIONS[name].tested
        )
    finally:
        end(token)


@pytest.mark.parametrize("name", TRAINED)
def test_the_solved_training_gets_all_points(name, solved):
    before = TRAINED[: TRAINED.index(name) + 1]  # q18 goes on from the model of q12
    answers = "\n".join(QUESTIONS[each].solution for each in before)
    outcomes = run(QUESTIONS[name], answers, solved)
    assert [outcome.message for outcome in outcomes if not outcome.passed] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_blank_or_a_missing_answer_passes_no_case(name, setup):
    assert "..." in QUESTIONS[name].blank
    for answer in (QUESTIONS[name].blank, ""):
        assert not any(outcome.passed for outcome in run(QUESTIONS[name], answer, setup))


@pytest.mark.parametrize("name", NAMES)
def test_hidden_cases_keep_a_share_of_the_points(name):
    question = QUESTIONS[name]
    public = sum(case.points for case in question.cases if not case.hidden)
    assert public <= question.tested * 2 / 3
    assert sum(case.points for case in question.cases) == question.tested


ANSWERS = [
    "SimpleCNN",
    "train_one_epoch",
    "evaluate",
    "model",
    "reported_accuracy",
    "confusion_matrix",
    "most_confused_pair",
    "best_model",
    "filter_notes",
]


class Awkward:
    """Nothing that a test may do with it works."""

    def __getattr__(self, name):
        raise RuntimeError("no such thing")

    def __eq__(self, other):
        raise RuntimeError("not comparable")

    __hash__ = None

    def __bool__(self):
        raise RuntimeError("neither true nor false")


class Equal(torch.Tensor):
    """A tensor that claims to be equal to everything."""

    def __eq__(self, other):
        return torch.ones_like(self, dtype=torch.bool)

    __hash__ = torch.Tensor.__hash__


def gives(value):
    return lambda *arguments, **options: value


class Gives(nn.Module):
    """A model whose result is always the same."""

    def __init__(self, value):
        super().__init__()
        self.own = nn.Parameter(torch.zeros(1))
        self.value = value

    def forward(self, x):
        return self.value


VALUES = [
    None,
    ...,
    True,
    -1,
    10**400,
    math.nan,
    math.inf,
    "97",
    b"97",
    [],
    [[1, "a"], None],
    (1, 2, 3),
    {"a": 1},
    torch.zeros(0),
    torch.full((5, 10), math.nan),
    torch.zeros(5, 10, dtype=torch.complex64),
    torch.ones(3, dtype=torch.bool),
    torch.zeros(10, 10, device="meta"),
    torch.zeros(2, 3).as_subclass(Equal),
    [Awkward(), Awkward()],
    Awkward(),
    int,
]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("wrap", [lambda value: value, gives, Gives], ids=["bare", "call", "model"])
@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_a_strange_value_fails_with_words_and_breaks_no_check(name, wrap, value):
    environment = {answer: wrap(value) for answer in ANSWERS}
    outcomes = run(QUESTIONS[name], "", environment)
    assert all(outcome.message for outcome in outcomes if not outcome.passed)
    assert score(outcomes) <= QUESTIONS[name].tested / 4


@pytest.mark.parametrize("name", QUICK)
def test_checking_leaves_the_random_numbers_of_the_notebook_alone(name, setup):
    torch.manual_seed(7)
    run(QUESTIONS[name], QUESTIONS[name].solution, setup)
    after = torch.rand(3)
    torch.manual_seed(7)
    assert torch.equal(after, torch.rand(3))

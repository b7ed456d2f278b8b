"""Comparing a student's value: right ones agree, wrong ones get a sentence, none of them raises."""

from typing import Any

import numpy as np
import pytest
import torch
from cnnlab.cases import generator, seed
from cnnlab.feedback.compare import (
    agrees,
    diagnose,
    missing,
    tensor_problem,
    with_numbers,
)
from cnnlab.feedback.values import as_float64, kind, shape_of
from cnnlab.probes import Observation, observe, observe_strided, probe, runner
from hypothesis import given, settings
from hypothesis import strategies as st

NAN = float("nan")


class AlwaysEqual(torch.Tensor):
    """Claims to equal everything, whatever torch function is called on it."""

    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        return True


class LyingMeta(type):
    """A metaclass whose classes refuse to tell their name."""

    @property
    def __name__(cls) -> str:
        raise RuntimeError("no name")


class Nameless(metaclass=LyingMeta):
    """Raises whatever is read from it."""

    def __getattribute__(self, name: str) -> object:
        raise RuntimeError(name)


HOSTILE = [
    None,
    ...,
    True,
    10**400,
    1 + 2j,
    "text",
    [1, 2],
    (torch.ones(2),),
    {"a": 1},
    torch.ones(2, 3).as_subclass(AlwaysEqual),
    torch.ones(2, 3, dtype=torch.complex64),
    torch.ones(2, 3, dtype=torch.bool),
    torch.ones(2, 3, device="meta"),
    torch.ones(1).expand(1 << 40),
    torch.eye(3).to_sparse(),
    np.array([["a"]]),
    np.array([None]),
    np.ma.masked_array([1.0], [True]),
    Nameless(),
    Nameless,
    torch,
]


def seen(value: object, raised: str = "", printed: str = "") -> Observation:
    return Observation(value=value, raised=raised, changed=[], printed=printed)


def problem(value: object, expected: torch.Tensor) -> str | None:
    return diagnose(seen(value), expected, {}, question="q0", name="f", case="an input")


@pytest.mark.parametrize("index", range(len(HOSTILE)))
def test_no_value_raises_and_none_of_these_is_right(index: int) -> None:
    value = HOSTILE[index]  # pytest itself could not print some of these
    expected = torch.zeros(2, 3)
    assert isinstance(kind(value), str)
    assert shape_of(value) is None or isinstance(shape_of(value), tuple)
    assert not agrees(value, expected)
    assert tensor_problem(value, (5, 5), name="f") is not None
    assert isinstance(problem(value, expected), str)
    assert isinstance(with_numbers("wrong", seen(value), expected), str)


@settings(deadline=None)
@given(st.recursive(st.none() | st.floats() | st.text() | st.integers(), st.lists))
def test_any_plain_value_gets_a_sentence(value: object) -> None:
    assert isinstance(problem(value, torch.zeros(2, 3)), str)


def test_nan_and_infinity_never_agree_even_with_themselves() -> None:
    for number in (NAN, float("inf")):
        tensor = torch.tensor([1.0, number])
        assert not agrees(tensor, tensor)
    assert "NaN" in str(problem(torch.tensor([NAN, 1.0]), torch.zeros(2)))


@pytest.mark.parametrize(
    "value",
    [
        torch.tensor([[1.5, -2.0]]),
        torch.tensor([[1.5, -2.0]], dtype=torch.float64),
        torch.tensor([[1.5, -2.0]], requires_grad=True),
        np.array([[1.5, -2.0]], dtype=np.float32),
        np.array([[-2.0, 1.5]])[:, ::-1],
        torch.tensor([[1.50001, -2.0]]),
    ],
)
def test_every_kind_of_right_value_passes(value: object) -> None:
    assert problem(value, torch.tensor([[1.5, -2.0]])) is None


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "return"),
        ((torch.ones(2, 3),), "comma"),
        ([[1.0]], "a list"),
        (torch.ones(6), "dimensions"),
        (torch.ones(2, 4), "2×4 where 2×3"),
        (torch.tensor([[1, -2, 3], [0, 4, -5]]), "cut off"),
        (-torch.tensor([[1.6, -2.2, 3.1], [0.2, 4.9, -5.5]]), "opposite sign"),
        (torch.tensor([[1.6, 0.2], [-2.2, 4.9], [3.1, -5.5]]), "swapped"),
        (torch.full((2, 3), 9.0), "same number everywhere"),
        (torch.arange(6.0).reshape(2, 3), "values are not"),
    ],
)
def test_a_wrong_value_is_described(value: object, words: str) -> None:
    expected = torch.tensor([[1.6, -2.2, 3.1], [0.2, 4.9, -5.5]])
    assert words in str(problem(value, expected))


def test_a_known_mistake_is_named_and_a_coincidence_is_not() -> None:
    mistakes = {"added": torch.tensor([3.0]), "multiplied": torch.tensor([4.0])}

    def name(value: float) -> str | None:
        observed = seen(torch.tensor([value]))
        return diagnose(
            observed, torch.tensor([4.0]), mistakes, question="q0", name="f", case="an input"
        )

    assert "added" in str(name(3.0))
    assert name(4.0) is None  # "multiplied" happens to be right here


def test_a_stub_is_told_to_be_missing() -> None:
    assert "q5: conv2d is not there yet" in str(missing("q5", "conv2d", None))
    assert "q5: conv2d is not there yet" in str(missing("q5", "conv2d", ...))
    assert "is text, but it must be a function" in str(missing("q5", "conv2d", "solution"))
    assert missing("q5", "conv2d", len) is None
    report = diagnose(
        observe(...), torch.ones(1), {}, question="q5", name="conv2d", case="an image"
    )
    assert "q5: conv2d is not there yet" in str(report)


def test_an_error_is_reported_in_its_own_words_with_a_hint() -> None:
    def divide(x: torch.Tensor) -> float:
        return 1 / 0

    report = diagnose(
        observe(divide, torch.ones(1)),
        torch.ones(1),
        {},
        question="q0",
        name="divide",
        case="a 1",
        hint="Look at the divisor",
    )
    assert "ZeroDivisionError: division by zero. Look at the divisor" in str(report)


def test_observing_catches_exit_but_not_a_keyboard_interrupt_or_a_time_limit() -> None:
    class TimeLimit(BaseException):
        pass

    def stop(kind: type[BaseException]) -> None:
        raise kind

    assert "SystemExit" in observe(stop, SystemExit)["raised"]
    for kind_of_stop in (KeyboardInterrupt, TimeLimit):
        with pytest.raises(kind_of_stop):
            observe(stop, kind_of_stop)


def test_an_error_without_readable_text_is_still_an_error() -> None:
    class Unreadable(Exception):
        def __str__(self) -> str:
            raise ValueError

    def fail() -> None:
        raise Unreadable

    assert observe(fail)["raised"].startswith("Unreadable: ")


def test_observing_works_on_copies_and_keeps_what_was_printed() -> None:
    original = torch.ones(2)

    def spoil(x: torch.Tensor) -> None:
        print("y" * 1000)
        x.zero_()

    observed = observe(spoil, original)
    assert original.tolist() == [1, 1]
    assert observed["changed"] == [0]
    assert observed["printed"] == "y" * 300
    report = diagnose(observed, original, {}, question="q0", name="spoil", case="ones")
    assert "prints its result" in str(report)


class AlwaysEqual:
    def __eq__(self, _: object) -> bool:
        return True


def to_float64(x: torch.Tensor) -> None:
    x.data = x.data.double()


@pytest.mark.parametrize(
    ("change", "argument"),
    [
        (lambda x: x.add_(1), torch.zeros(2)),
        (lambda x: x.resize_(1), torch.zeros(2)),
        (lambda x: x.unsqueeze_(0), torch.zeros(2)),
        (to_float64, torch.zeros(2)),
        (lambda x: x.append(1), [1, 2]),
        (lambda x: x.__setitem__(0, AlwaysEqual()), [1, 2]),
        (lambda x: x.__setitem__(0, 1.0), [1, 2]),
        (lambda x: x[0].pop(), ([1, 2],)),
        (lambda x: x["a"].mul_(2), {"a": torch.ones(2)}),
        (lambda x: x.clear(), {"a": 1}),
    ],
)
def test_an_argument_that_was_changed_in_place_is_told_and_stays_as_it_was(
    change: Any, argument: Any
) -> None:
    before = repr(argument)
    assert observe(lambda _, x: change(x), 3, argument)["changed"] == [1]
    assert observe(lambda _, x: change(x), 3, x=argument)["changed"] == [1]
    assert repr(argument) == before


READ_ONLY: list[Any] = [torch.ones(2), torch.ones(2, requires_grad=True), torch.ones(4)[::2]]
READ_ONLY += [torch.ones(2, device="meta"), 3, "text", None, abs]
READ_ONLY += [[1, (2, NAN), {"a": torch.zeros(1)}], AlwaysEqual]


@pytest.mark.parametrize("argument", READ_ONLY)
def test_an_argument_that_was_only_read_is_not_told(argument: Any) -> None:
    assert observe(lambda x: repr(x), argument)["changed"] == []


@pytest.mark.parametrize("told", [None, "01", (0,), [0.5], [None], {0: 1}], ids=repr)
def test_changes_that_cannot_be_read_are_no_observation(told: Any) -> None:
    forged: Any = seen(torch.zeros(2)) | {"changed": told}
    report = diagnose(forged, torch.zeros(2), {}, question="q0", name="f", case="an input")
    assert "could not be observed" in str(report)


def test_a_right_result_with_a_changed_input_is_not_right() -> None:
    x = torch.tensor([1.0, -1.0])
    report = diagnose(
        observe(torch.Tensor.relu_, x),
        x.clamp(min=0),
        {},
        question="q6",
        name="relu",
        case="two numbers",
    )
    assert "changes its input (argument 1) in place" in str(report)


def test_strided_observation_hands_over_the_same_numbers_in_another_layout() -> None:
    x = torch.arange(12.0).reshape(3, 4)
    observed = observe_strided(lambda y: (y.is_contiguous(), y.sum().item()), x)
    assert observed["value"] == (False, 66.0)


def test_a_runner_is_handed_every_probe() -> None:
    token = runner.set(lambda function, args, kwargs: (function.__name__, args, kwargs))
    try:
        assert probe(observe, len, "abc", key=1) == ("observe", (len, "abc"), {"key": 1})
    finally:
        runner.reset(token)
    assert probe(observe, len, "abc")["value"] == 3


def test_cases_depend_on_seed_and_name_only() -> None:
    def draw(name: str) -> float:
        return torch.rand(1, generator=generator(name)).item()

    first = draw("q5")
    assert draw("q5") == first
    assert draw("q6") != first
    token = seed.set(7)
    try:
        assert draw("q5") != first
    finally:
        seed.reset(token)


def test_a_large_tensor_is_refused_unread() -> None:
    assert as_float64(torch.ones(1).expand(1 << 40)) is None

"""Comparing a student's value: right ones agree, wrong ones get a sentence, none of them raises."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from cnnlab.checks import Case, CheckFailed, Mistakes, compare, no_mistakes
from cnnlab.feedback.compare import agrees, tensor_symptom
from cnnlab.feedback.values import as_float64, kind, shape_of
from cnnlab.probes import Observation
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.diagnosis import Cause
from labkit.failures import NO_FAILURE

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
    failure = NO_FAILURE | {"raised": raised}
    return Observation(value=value, changed=[], printed=printed, **failure)


def told(look: Callable[..., Any], expected: torch.Tensor, mistakes: Any = no_mistakes) -> str:
    """What a check says of what `look` sees of a call; '' where it passes."""
    try:
        compare(
            "q0", "f", len, [Case("an input", (), look=look)], [expected], mistakes, public=True
        )
    except CheckFailed as failure:
        return failure.diagnosis.text
    return ""


def problem(value: object, expected: torch.Tensor) -> str:
    return told(lambda _: seen(value), expected)


@pytest.mark.parametrize("index", range(len(HOSTILE)))
def test_no_value_raises_and_none_of_these_is_right(index: int) -> None:
    value = HOSTILE[index]  # pytest itself could not print some of these
    expected = torch.zeros(2, 3)
    assert isinstance(kind(value), str)
    assert shape_of(value) is None or isinstance(shape_of(value), tuple)
    assert not agrees(value, expected)
    assert tensor_symptom(value, (5, 5), name="f") is not None
    assert problem(value, expected)


@settings(deadline=None)
@given(st.recursive(st.none() | st.floats() | st.text() | st.integers(), st.lists))
def test_any_plain_value_gets_a_sentence(value: object) -> None:
    assert problem(value, torch.zeros(2, 3))


def test_nan_and_infinity_never_agree_even_with_themselves() -> None:
    for number in (NAN, float("inf")):
        tensor = torch.tensor([1.0, number])
        assert not agrees(tensor, tensor)
    assert "NaN" in problem(torch.tensor([NAN, 1.0]), torch.zeros(2))


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
    assert problem(value, torch.tensor([[1.5, -2.0]])) == ""


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
    assert words in problem(value, expected)


def test_a_known_mistake_is_named_and_a_coincidence_is_not() -> None:
    def mistakes() -> Mistakes:
        return {
            Cause("added", "1 is added"): torch.tensor([3.0]),
            Cause("multiplied", "it is multiplied"): torch.tensor([4.0]),
        }

    def name(value: float) -> str:
        return told(lambda _: seen(torch.tensor([value])), torch.tensor([4.0]), mistakes)

    assert "1 is added" in name(3.0)
    assert name(4.0) == ""  # "multiplied" happens to be right here


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (None, "q5: conv2d is not there yet"),
        (..., "q5: conv2d is not there yet"),
        ("solution", "is text, but it must be a function"),
    ],
)
def test_what_is_no_function_is_told(function: Any, words: str) -> None:
    with pytest.raises(CheckFailed, match=words):
        compare("q5", "conv2d", function, [Case("an image", ())], [torch.ones(1)])


def test_an_error_is_told_in_its_own_words() -> None:
    def divide(x: torch.Tensor) -> float:
        return 1 / 0

    with pytest.raises(CheckFailed, match="ZeroDivisionError: division by zero"):
        compare("q0", "f", divide, [Case("a 1", (torch.ones(1),))], [torch.ones(1)], public=True)


@pytest.mark.parametrize("changed", [None, "01", (0,), [0.5], [None], {0: 1}], ids=repr)
def test_changes_that_cannot_be_read_are_no_observation(changed: Any) -> None:
    forged: Any = seen(torch.zeros(2)) | {"changed": changed}
    assert "could not be observed" in told(lambda _: forged, torch.zeros(2))


def test_a_large_tensor_is_refused_unread() -> None:
    assert as_float64(torch.ones(1).expand(1 << 40)) is None


def test_nothing_agrees_with_an_infinite_result() -> None:
    infinite = torch.tensor([float("inf"), 1.0])
    assert not agrees(torch.ones(2), infinite)

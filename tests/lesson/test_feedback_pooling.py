"""Tables of mistakes of q6, and the judging of images that contain NaN."""

import pytest
import torch
from cnnlab.checks import Case, compare
from cnnlab.feedback.pooling import check_nan, max_pool_expected, max_pool_mistakes
from cnnlab.feedback.rectified import relu_expected, relu_mistakes
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.diagnosis import CheckFailed, Diagnosis

SIDES = st.integers(1, 9)


def verdict(check, *args, **options) -> Diagnosis | None:
    """What a check says; None where it passes."""
    try:
        check(*args, **options)
    except CheckFailed as failure:
        return failure.diagnosis
    return None


@settings(deadline=None, max_examples=60)
@given(SIDES, SIDES, st.integers(1, 4), st.none() | st.integers(1, 4))
def test_mistakes_can_be_computed_for_every_setting(height, width, size, stride):
    x = torch.randn(height, width)
    assert relu_mistakes(x)
    if size <= min(height, width):
        assert max_pool_mistakes(x, size, stride)


NAN = torch.arange(24.0).reshape(4, 6)
NAN[0, 0] = NAN[1, 5] = float("nan")
RIGHT = max_pool_expected(NAN, 2)


@pytest.mark.parametrize(
    ("value", "symptom"),
    [
        (RIGHT.nan_to_num(5.0), "nan_lost"),
        (RIGHT + 1, "values"),
        (torch.full_like(RIGHT, float("nan")), "nan_spread"),
        (RIGHT[None], "wrong_shape"),
        ([1.0], "kind"),
        (None, "none"),
    ],
)
def test_nan_must_reach_its_own_window_and_no_other(value, symptom):
    found = verdict(check_nan, "q6", "max_pool2d", lambda *_: value, NAN, 2)
    assert found and found.symptom == symptom and found.causes == ()
    assert verdict(check_nan, "q6", "max_pool2d", lambda *_: RIGHT, NAN, 2) is None


X = torch.tensor([[-2.0, 0, 3], [1.5, -0.5, 8], [0.25, -120, 260]])


def relu_verdict(function):
    cases = [Case("a table", (X,)), Case("negative numbers", (X - 300,))]
    return verdict(compare, "q6", "relu", function, cases, relu_expected, relu_mistakes)


@pytest.mark.parametrize(
    ("function", "cause"),
    [
        (lambda x: x.clip(0, 1), "capped"),
        (lambda x: (x > 0).float(), "mask"),
        (lambda x: x.abs(), "absolute"),
        (lambda x: torch.where(x < 1, 0, x), "small_lost"),
        (lambda x: x[x > 0], "dropped"),
        (lambda x: x.clamp(min=0.01), "wrong_floor"),
    ],
)
def test_mistakes_that_look_alike_are_told_apart(function, cause):
    found = relu_verdict(function)
    assert found and found.causes == (cause,)


def test_zeros_fit_many_mistakes_and_have_no_cause():
    found = relu_verdict(torch.zeros_like)
    assert found and found.causes == () and "zeros" in found.text


def test_an_error_on_sides_that_leave_a_rest_is_explained_and_no_other():
    def blocks(x, k, stride=None):
        return x.reshape(x.shape[0] // k, k, x.shape[1] // k, k).amax((1, 3))

    def broken(x, k, stride=None):
        return x.missing

    cases = [Case("a 4×6 map", (torch.randn(4, 6), 2)), Case("a 5×7 map", (torch.randn(5, 7), 2))]
    given = cases, max_pool_expected, max_pool_mistakes
    found = verdict(compare, "q6", "max_pool2d", blocks, *given)
    assert found and found.causes == ("stops_at_rest",)
    found = verdict(compare, "q6", "max_pool2d", broken, *given)
    assert found and found.causes == () and found.symptom == "raised"

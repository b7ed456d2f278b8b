"""Diagnosis of convolution mistakes: total over every shape, and each sentence where it belongs."""

import pytest
import torch
from cnnlab.checks import Case, Mistakes, compare
from cnnlab.feedback.channels import multichannel_expected, multichannel_mistakes
from cnnlab.feedback.compare import agrees
from cnnlab.feedback.convolution import (
    cross_correlation,
    cross_correlation_mistakes,
    true_convolution,
    true_convolution_mistakes,
)
from cnnlab.feedback.gradients import float32_differences, kernel_gradient_mistakes
from cnnlab.feedback.predictions import prediction_problem, row_numbers, row_problem
from cnnlab.feedback.strides import conv2d_expected, conv2d_mistakes
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.diagnosis import CheckFailed

SIDES = st.integers(1, 7)
RANDOM = torch.Generator().manual_seed(1)


def rand(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, generator=RANDOM, dtype=torch.float64)


def forms(mistakes: Mistakes) -> list[torch.Tensor]:
    found: list[torch.Tensor] = []
    for form in mistakes.values():
        several = list(form) if isinstance(form, list | tuple) else [form]
        found += [each for each in several if isinstance(each, torch.Tensor)]
    return found


@settings(deadline=None, max_examples=60)
@given(SIDES, SIDES, st.data())
def test_mistakes_can_be_computed_for_every_shape(height: int, width: int, data: st.DataObject):
    rows = data.draw(st.integers(1, height))
    columns = data.draw(st.integers(1, width))
    image, kernel = rand(height, width), rand(rows, columns)
    assert forms(cross_correlation_mistakes(image, kernel))
    assert forms(true_convolution_mistakes(image, kernel))
    upstream = rand(height - rows + 1, width - columns + 1)
    assert forms(kernel_gradient_mistakes(image, kernel, upstream))


@settings(deadline=None, max_examples=60)
@given(SIDES, SIDES, SIDES, SIDES, st.integers(1, 4), st.integers(0, 3))
def test_mistakes_of_q5_can_be_computed_for_every_setting(
    height: int, width: int, rows: int, columns: int, stride: int, padding: int
) -> None:
    if height + 2 * padding >= rows and width + 2 * padding >= columns:
        image, kernel = rand(height, width), rand(rows, columns)
        assert forms(conv2d_mistakes(image, kernel, 0.5, stride, padding))


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 4), SIDES, SIDES, st.integers(1, 4), st.data())
def test_mistakes_of_q7_can_be_computed_for_every_shape(
    channels: int, height: int, width: int, filters: int, data: st.DataObject
) -> None:
    rows = data.draw(st.integers(1, height))
    columns = data.draw(st.integers(1, width))
    x, weight = rand(channels, height, width), rand(filters, channels, rows, columns)
    assert forms(multichannel_mistakes(x, weight, rand(filters)))


def test_no_mistake_agrees_with_the_right_answer_on_a_telling_input() -> None:
    RANDOM.manual_seed(1)  # Hypothesis has drawn from it, as often as it liked.
    image, kernel, bias = rand(6, 9), rand(3, 3), rand(4)
    # As many filters as rows and columns; sides at which strides leave no rest.
    x, weight, narrow = rand(3, 6, 5), rand(4, 3, 3, 2), rand(3, 2)
    upstream, even, high = rand(4, 7), rand(7, 10), rand(4, 2)
    right_and_wrong = [
        (cross_correlation(image, narrow), cross_correlation_mistakes(image, narrow)),
        (true_convolution(image, high), true_convolution_mistakes(image, high)),
        (conv2d_expected(even, narrow, 0.7, 3, 2), conv2d_mistakes(even, narrow, 0.7, 3, 2)),
        (multichannel_expected(x, weight, bias), multichannel_mistakes(x, weight, bias)),
        (cross_correlation(image, upstream), kernel_gradient_mistakes(image, kernel, upstream)),
    ]
    for right, mistakes in right_and_wrong:
        assert not [form for form in forms(mistakes) if agrees(form, right)]


def test_the_flipped_kernel_is_called_true_convolution() -> None:
    case = Case("an image", (rand(6, 9), rand(3, 3)))
    with pytest.raises(CheckFailed) as failed:
        compare("q1", "f", true_convolution, [case], cross_correlation, cross_correlation_mistakes)
    assert failed.value.diagnosis.causes == ("kernel_flipped",)
    assert "q1: your kernel is flipped: that is true convolution" in str(failed.value)


@pytest.mark.parametrize(
    ("row", "cause"),
    [
        ([-6, 4, 4], "cross_correlation_row"),
        ([-6, 4, -4], "row_signs"),
        ([18, -12, -12], "row_summed"),
        ((-4, -4, 6), "row_backwards"),
        (torch.tensor([4.0, 4, -6]), "cross_correlation_backwards"),
        ([6, 0, 0], "row_clipped"),
        ([2, 2, 2], "one_kernel_row"),
        ([12, 15, 18], "one_kernel_column"),
        ([2, -4 / 3, -4 / 3], "row_scaled"),
        ([-1, 0, 1], "kernel_row"),
        ([6, -4, -3], "one_number_of_row"),
    ],
)
def test_a_predicted_row_is_met_with_its_slip(row: object, cause: str) -> None:
    found = prediction_problem(row)
    assert found and found.causes == (cause,)


def test_the_predicted_row_may_be_rounded() -> None:
    assert prediction_problem([6, -4, -4]) is None
    assert prediction_problem([6.000001, -4, -4]) is None


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (None, "not there yet"),
        (..., "not there yet"),
        ("1, 2, 3", "text"),
        ([1, 2], "2 entries"),
        ([[1], [2], [3, 4]], "a list of three numbers"),
        ({1, 2, 3}, "a list of three numbers"),
        (torch.ones(3, 3), "3×3"),
    ],
)
def test_a_row_that_is_no_row_is_described(row: object, words: str) -> None:
    assert words in str(row_problem(row))


@pytest.mark.parametrize("row", [[1, 2, 3], (1.0, 2, 3), torch.tensor([1, 2, 3])])
def test_every_kind_of_row_is_read(row: object) -> None:
    assert row_problem(row) is None
    assert row_numbers(row) == [1, 2, 3]


def differences(h: float, dtype: torch.dtype, *, central: bool) -> tuple[torch.Tensor, ...]:
    image, kernel, upstream = rand(6, 9), rand(3, 3), rand(4, 7)

    def loss(moved: torch.Tensor) -> torch.Tensor:
        windows = image.to(dtype).unfold(0, 3, 1).unfold(1, 3, 1)
        return ((windows * moved.to(dtype)).sum((-1, -2)) * upstream.to(dtype)).sum()

    result = torch.zeros(3, 3, dtype=dtype)
    for m in range(3):
        for n in range(3):
            step = torch.zeros(3, 3, dtype=dtype)
            step[m, n] = h
            behind = loss(kernel.to(dtype) - step) if central else loss(kernel)
            result[m, n] = (loss(kernel.to(dtype) + step) - behind) / (2 * h if central else h)
    return result, image, kernel, upstream


@pytest.mark.parametrize("central", [True, False])
@pytest.mark.parametrize("h", [1e-4, 1e-5, 1e-6])
def test_differences_in_float32_are_recognised(h: float, central: bool) -> None:
    value, *inputs = differences(h, torch.float32, central=central)
    assert float32_differences(value, *inputs)


def test_other_wrong_gradients_are_not_taken_for_differences_in_float32() -> None:
    for _ in range(50):
        value, *inputs = rand(3, 3), rand(6, 9), rand(3, 3), rand(4, 7)
        assert not float32_differences(value, *inputs)
        assert not float32_differences(torch.ones(3, 3), *inputs)
        assert not float32_differences("noise", *inputs)

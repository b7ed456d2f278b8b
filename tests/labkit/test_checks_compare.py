"""`compare`: what can be seen first, then a cause, and only the one that fits everything."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from cnnlab.checks import RAISES, Case, Mistakes, compare

from labkit.diagnosis import Cause, CheckFailed, Diagnosis

HALVED = Cause("halved", "every number is half of what it should be")
FIRST_ROW = Cause("first_row", "only the first row is summed")
SHORT = Cause("short", "the last row is missing")
WIDE_FAILS = Cause("square_only", "rows are counted for columns, too")

WIDE = Case("a wide table", (torch.tensor([[1.0, 2, 5], [3, 4, 7]]),))
TALL = Case("a tall table", (torch.tensor([[1.0, -2], [3, 4], [5, 7]]),))


def row_sums(table: torch.Tensor) -> torch.Tensor:
    return table.sum(1)


def mistakes(table: torch.Tensor) -> Mistakes:
    sums = row_sums(table)
    wide = table.shape[1] > table.shape[0]
    return {
        HALVED: sums / 2,
        FIRST_ROW: sums[:1].expand_as(sums),
        SHORT: sums[:-1],
        WIDE_FAILS: RAISES if wide else table[:, : len(table)].sum(1) * 3,
    }


def diagnosis(answer: Any, *, public: bool = False, cases: tuple[Case, ...] = (WIDE, TALL)):
    with pytest.raises(CheckFailed) as failed:
        compare("q0", "row_sums", answer, cases, row_sums, mistakes, public=public)
    assert str(failed.value) == failed.value.diagnosis.text
    return failed.value.diagnosis


@pytest.mark.parametrize(
    "answer", [row_sums, lambda t: t.numpy().sum(1), lambda t: t @ t.new_ones(t.shape[1])]
)
def test_right_results_pass_whatever_made_them(answer: Callable[..., Any]) -> None:
    compare("q0", "row_sums", answer, (WIDE, TALL, WIDE), row_sums, mistakes)


def test_a_cause_that_fits_every_input_is_told() -> None:
    found = diagnosis(lambda t: t.sum(1) / 2)
    assert found.causes == ("halved",)
    assert "half of what it should be" in found.text


def test_a_cause_that_fits_one_input_only_is_not_told() -> None:
    found = diagnosis(lambda t: t.sum(1) / (2 if t.shape[1] == 3 else 3))
    assert (found.causes, found.symptom) == ((), "values")


def test_when_two_known_mistakes_fit_neither_is_told() -> None:
    one_row = Case("one row", (torch.tensor([[4.0, 2]]),))

    def two(table: torch.Tensor) -> Mistakes:
        return {HALVED: table.sum(1) / 2, Cause("mean", "the mean is taken"): table.mean(1)}

    with pytest.raises(CheckFailed) as failed:
        compare("q0", "row_sums", lambda t: t.mean(1), [one_row], row_sums, two)
    assert failed.value.diagnosis.causes == ()


def test_zeros_are_told_as_zeros_though_a_mistake_would_give_them_too() -> None:
    def nothing(table: torch.Tensor) -> Mistakes:
        return {Cause("cleared", "the sums are cleared"): table.sum(1) * 0}

    with pytest.raises(CheckFailed) as failed:
        compare("q0", "row_sums", lambda t: t.sum(1) * 0, [WIDE, TALL], row_sums, nothing)
    assert failed.value.diagnosis.causes == ()
    assert "zeros only" in failed.value.diagnosis.text


def test_a_wrong_shape_is_told_with_its_cause() -> None:
    found = diagnosis(lambda t: t.sum(1)[:-1])
    assert (found.causes, found.symptom) == (("short",), "wrong_shape")
    assert "shape" in found.text and "last row is missing" in found.text


def test_an_error_of_sizes_fits_a_mistake_that_raises_there() -> None:
    def square_only(table: torch.Tensor) -> torch.Tensor:
        rows = len(table)
        return torch.stack([sum(table[i, j] for j in range(min(rows, 2))) for i in range(rows)])

    def failing(table: torch.Tensor) -> torch.Tensor:
        if table.shape[1] > table.shape[0]:
            raise IndexError("index 3 is out of bounds")
        return table[:, : len(table)].sum(1) * 3

    assert diagnosis(failing).causes == ("square_only",)
    assert diagnosis(square_only).causes == ()


def test_another_error_is_no_size_error() -> None:
    def unnamed(table: torch.Tensor) -> torch.Tensor:
        raise NameError("name 'kernel_rows' is not defined")

    found = diagnosis(unnamed)
    assert (found.causes, found.symptom) == ((), "raised")


class Odd(ValueError):
    """A student's own exception."""


def test_an_exceptions_text_is_told_where_inputs_are_public_and_only_there() -> None:
    def telling(table: torch.Tensor) -> torch.Tensor:
        raise Odd(str(table.tolist()))

    assert "[[1.0, 2.0, 5.0]" in diagnosis(telling, public=True).text
    hidden = diagnosis(telling).text
    assert "1.0" not in hidden and "ValueError" in hidden and "Odd" not in hidden


def test_a_result_that_is_printed_and_not_returned_is_a_cause() -> None:
    assert diagnosis(lambda t: print(t.sum(1))).causes == ("prints_instead_of_returning",)


def test_what_a_function_prints_stands_below_a_public_message() -> None:
    def chatty(table: torch.Tensor) -> torch.Tensor:
        print("looking at", tuple(table.shape))
        return table.sum(1) / 2

    assert "It printed: looking at (2, 3)" in diagnosis(chatty, public=True).text
    assert "looking at" not in diagnosis(chatty).text


def test_numbers_stand_in_public_messages_only() -> None:
    assert "Expected: [8.0, 14.0]" in diagnosis(lambda t: t.sum(1) / 2, public=True).text
    assert "14" not in diagnosis(lambda t: t.sum(1) / 2).text


def test_a_result_that_differs_the_second_time_keeps_state() -> None:
    calls: list[int] = []

    def counting(table: torch.Tensor) -> torch.Tensor:
        calls.append(1)
        return table.sum(1) * len(calls)

    assert diagnosis(counting, cases=(WIDE, TALL, WIDE)).causes == ("keeps_state",)


def test_a_changed_input_is_told() -> None:
    def spoiling(table: torch.Tensor) -> torch.Tensor:
        sums = table.sum(1)
        table.zero_()
        return sums

    assert diagnosis(spoiling).causes == ("changes_input",)


@pytest.mark.parametrize("answer", [None, ..., 3, torch.ones(2)])
def test_what_is_no_function_is_told_before_anything_is_called(answer: Any) -> None:
    assert diagnosis(answer).symptom in ("missing", "overwritten")


@pytest.mark.parametrize(
    "result", [None, ..., [1.0], (torch.ones(2),), "text", 2.0, torch.ones(2, 2)]
)
def test_results_of_another_kind_are_symptoms_without_a_cause(result: Any) -> None:
    found = diagnosis(lambda _: result)
    assert isinstance(found, Diagnosis) and found.causes == () and found.symptom


def test_a_mistake_that_says_nothing_about_the_wrong_call_is_no_cause() -> None:
    silent = Cause("silent", "it says nothing about tall tables")

    def known(table: torch.Tensor) -> Mistakes:
        return {silent: row_sums(table)} if table.shape[1] > table.shape[0] else {}

    with pytest.raises(CheckFailed) as failed:
        compare(
            "q0",
            "row_sums",
            lambda t: t[:, :2].sum(1) + t[:, 2:].sum(1) + (len(t) > 2),
            (WIDE, TALL),
            row_sums,
            known,
        )
    assert failed.value.diagnosis.causes == ()


def test_zeros_beside_other_numbers_are_no_degenerate_result() -> None:
    total = Cause("total", "the whole table is summed")
    zero = Case("a table that adds up to nothing", (torch.tensor([[1.0, 2], [-3, 0]]),))

    def known(table: torch.Tensor) -> Mistakes:
        return {total: table.sum()}

    with pytest.raises(CheckFailed) as failed:
        compare("q0", "row_sums", torch.sum, (WIDE, zero), row_sums, known)
    assert failed.value.diagnosis.causes == ("total",)

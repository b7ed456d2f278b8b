"""What is wrong with the row of numbers that q2 asks to predict."""

from collections.abc import Sequence
from itertools import product

import torch

from cnnlab.diagnosis import Cause, Diagnosis, one_of, sentence
from cnnlab.feedback.compare import agrees
from cnnlab.feedback.values import as_float64, kind


def row_problem(row: object) -> Diagnosis | None:
    """Is `predicted_row` of q2 a row of three numbers? Does not look at which numbers."""
    if row is None or row is Ellipsis:
        text = "predicted_row is not there yet. Assign a list of three numbers to it"
        return Diagnosis(sentence("q2", text), symptom="missing")
    numbers = row_numbers(row)
    if numbers is None:
        text = f"predicted_row is {kind(row)}; a list of three numbers is expected"
        return Diagnosis(sentence("q2", text), symptom="kind")
    if len(numbers) != 3:
        text = f"predicted_row has {len(numbers)} entries; a row of the result has three"
        return Diagnosis(sentence("q2", text), symptom="wrong_shape")
    return None


def row_numbers(row: object) -> list[float] | None:
    """The numbers of a list, tuple, tensor or array with one dimension; None for others."""
    if type(row) in (list, tuple):
        entries = [as_float64(entry) for entry in row]  # pyright: ignore[reportGeneralTypeIssues]
        if any(entry is None or entry.numel() != 1 for entry in entries):
            return None
        return [float(entry) for entry in entries if entry is not None]
    tensor = as_float64(row)
    return tensor.tolist() if tensor is not None and tensor.dim() == 1 else None


def prediction_problem(row: object, right: Sequence[float]) -> Diagnosis | None:
    """Is `predicted_row` of q2 the row `right`? If not, which slip leads to it."""
    problem = row_problem(row)
    if problem:
        return problem
    numbers = torch.tensor(row_numbers(row), dtype=torch.float64)
    row_right = torch.tensor(right, dtype=torch.float64)
    if agrees(numbers, row_right):
        return None
    rows, size = len(right), row_right.abs()
    signs = "only some signs are right in predicted_row: the kernel's outer columns change places"
    slips = {
        Cause(
            "cross_correlation_row",
            "predicted_row is that of cross-correlation. True convolution turns the kernel first",
        ): [-row_right],
        Cause(
            "row_backwards",
            "the numbers of predicted_row are right, but in reverse order. The windows still run"
            " from left to right",
        ): [row_right.flip(0)],
        Cause(
            "cross_correlation_backwards",
            "predicted_row is the cross-correlation read backwards. Turn the kernel instead",
        ): [-row_right.flip(0)],
        Cause("row_signs", signs): [
            size * torch.tensor(each) for each in product((1.0, -1.0), repeat=rows)
        ],
        Cause(
            "row_summed",
            "predicted_row holds the sums over all rows of the result: the numbers of one row are"
            " asked",
        ): [sign * rows * row_right for sign in (1, -1)],
    }
    text = "predicted_row does not hold the numbers that the turned kernel gives"
    fit = [cause for cause, forms in slips.items() if any(agrees(numbers, form) for form in forms)]
    return one_of("q2", fit[:1], text)

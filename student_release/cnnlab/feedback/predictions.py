"""What is wrong with the row of numbers that q2 asks to predict."""

from collections.abc import Mapping, Sequence
from itertools import product

import torch
from torch import Tensor

from cnnlab.feedback.compare import agrees
from cnnlab.feedback.convolution import true_convolution
from cnnlab.feedback.sliding import windows
from cnnlab.feedback.values import as_float64, kind
from labkit.diagnosis import Cause, Diagnosis, one_of, sentence

_ROWS = [[1, 2, 3, 4, 5], [4, 5, 6, 7, 8], [7, 8, 9, 0, 1], [2, 3, 4, 5, 6], [5, 6, 7, 8, 9]]
IMAGE, KERNEL = torch.tensor(_ROWS).double(), torch.tensor([[1.0, 0, -1]] * 3).double()
"""The example of section 5."""
OTHERWISE = "predicted_row does not hold the numbers that the turned kernel gives"


def row_problem(row: object) -> Diagnosis | None:
    """Is `predicted_row` of q2 a row of three numbers? Does not look at which numbers."""
    if row is None or row is Ellipsis:
        text = "predicted_row is not there yet. Assign a list of three numbers to it"
        return Diagnosis(sentence("q2", text), symptom="missing")
    numbers = row_numbers(row)
    if numbers is None:
        rows = type(row) in (list, tuple) and any(type(each) in (list, tuple) for each in row)  # pyright: ignore[reportGeneralTypeIssues, reportUnknownVariableType]
        given = "a list of lists" if rows else kind(row)
        text = f"predicted_row is {given}; a list of three numbers is expected"
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


def prediction_problem(row: object) -> Diagnosis | None:
    """Is `predicted_row` the row that q2 asks for? If not, which slip leads to it."""
    problem = row_problem(row)
    if problem:
        return problem
    numbers = torch.tensor(row_numbers(row), dtype=torch.float64)
    right = true_convolution(IMAGE, KERNEL)[0]
    if agrees(numbers, right):
        return None
    for slips in (_turned_wrongly(right), _reckoned_wrongly(right)):
        fit = [
            cause for cause, forms in slips.items() if any(agrees(numbers, form) for form in forms)
        ]
        if fit:
            return one_of("q2", fit[:1], OTHERWISE)
    return one_of("q2", _half_right(numbers, right), OTHERWISE)


def _turned_wrongly(right: Tensor) -> Mapping[Cause, Sequence[Tensor]]:
    return {
        Cause(
            "cross_correlation_row",
            "predicted_row is that of cross-correlation. True convolution turns the kernel first",
        ): [-right],
        Cause(
            "row_backwards",
            "the numbers of predicted_row are right, but in reverse order. The windows still run"
            " from left to right",
        ): [right.flip(0)],
        Cause(
            "cross_correlation_backwards",
            "predicted_row is the cross-correlation read backwards. Turn the kernel instead",
        ): [-right.flip(0)],
    }


def _reckoned_wrongly(right: Tensor) -> Mapping[Cause, Sequence[Tensor]]:
    views = windows(IMAGE, KERNEL.shape)[0]
    one_row = (views * KERNEL).sum(-1)
    columns = views.sum(-2)
    counts = {2, KERNEL.numel(), len(KERNEL)}
    return {
        Cause(
            "row_summed",
            "predicted_row holds the sums over all rows of the result: the numbers of one row are"
            " asked",
        ): [sign * len(right) * right for sign in (1, -1)],
        Cause(
            "row_scaled", "predicted_row is a multiple of the row: nothing is averaged or added"
        ): [sign * right * factor for k in counts for factor in (k, 1 / k) for sign in (1, -1)],
        Cause(
            "row_clipped", "predicted_row has no negative numbers: ReLU comes later, if at all"
        ): [(sign * right).clamp(min=0) for sign in (1, -1)],
        Cause(
            "one_kernel_row",
            "predicted_row uses one row of the kernel only: all of its rows lie on the image",
        ): [sign * one_row[:, k] for k in range(len(KERNEL)) for sign in (1, -1)],
        Cause(
            "one_kernel_column",
            "predicted_row uses one column of the kernel only: the other one is subtracted",
        ): [sign * columns[:, k] for k in range(KERNEL.shape[1]) for sign in (1, -1)],
        Cause(
            "kernel_row", "predicted_row is a row of the kernel: let the kernel run over the image"
        ): [KERNEL[0], -KERNEL[0]],
    }


def _half_right(numbers: Tensor, right: Tensor) -> list[Cause]:
    """What holds for a row with some right numbers, or with right sizes."""
    signs = (torch.tensor(each) for each in product((1.0, -1.0), repeat=len(right)))
    if any(agrees(numbers, right.abs() * each) for each in signs):
        text = (
            "only some signs are right in predicted_row: the kernel's outer columns change places"
        )
        return [Cause("row_signs", text)]
    agreeing = [agrees(*pair) for pair in zip(numbers, right, strict=True)]
    if sum(agreeing) == len(right) - 1:
        text = "one of the three numbers is wrong in predicted_row: work each of them out again"
        return [Cause("one_number_of_row", text)]
    return []


__all__ = ["prediction_problem", "row_numbers", "row_problem"]

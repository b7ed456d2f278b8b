"""What is wrong with a confusion matrix or the pair read from it (q13)."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from cnnlab.feedback.on_demand import on_demand
from cnnlab.feedback.values import as_float64, kind, shape_of


@on_demand
def confusion_mistakes(
    labels: Tensor, predictions: Tensor, expected: Tensor
) -> Mapping[str, Tensor]:
    """What known mistakes return instead of `expected` [C,C]: sentence → matrix."""
    counts = expected.double()
    rows = counts / counts.sum(1, keepdim=True).clamp(min=1)
    columns = counts / counts.sum(0, keepdim=True).clamp(min=1)
    size = len(expected)
    half = len(labels) // 2
    return {
        "it is transposed: rows are the true digits, columns the predicted ones": counts.T,
        "its rows are divided by their sums: counts are asked for": rows,
        "its columns are divided by their sums: counts are asked for": columns,
        "its counts are divided by the number of images": counts / max(1, len(labels)),
        "its counts are turned into percent": 100 * counts / max(1, len(labels)),
        "its rows are turned into percent: counts are asked for": 100 * rows,
        "the diagonal is set to 0: right answers are counted too": counts - counts.diag().diag(),
        "only the right answers are counted": counts.diag().diag(),
        "a pair that occurs more than once is counted only once": counts.clamp(max=1),
        "it counts in both directions, so that rows and columns are mixed": counts + counts.T,
        "only the first half of the images is counted": _counted(labels, predictions, size, half),
        "the last image is not counted": _counted(labels, predictions, size, len(labels) - 1),
        "the first image is not counted": counts - _counted(labels, predictions, size, 1),
    }


def _counted(labels: Tensor, predictions: Tensor, size: int, first: int) -> Tensor:
    """Counts [size,size] of the first images alone, by a scatter into a flat table."""
    flat = torch.zeros(size * size, dtype=torch.float64)
    cells = labels[:first] * size + predictions[:first]
    return flat.scatter_add(0, cells, torch.ones(len(cells), dtype=torch.float64)).view(size, size)


def size_problem(seen: Any, classes: int) -> str | None:
    """Does a matrix have fewer or more rows than there are classes? Other shapes are left alone."""
    shape = shape_of(seen["value"]) if isinstance(seen, dict) and "value" in seen else None
    if shape is None or len(shape) != 2 or shape[0] != shape[1] or shape[0] == classes:
        return None
    return (
        f"q13: confusion_matrix has {shape[0]} rows and columns, where num_classes={classes} asks"
        f" for {classes}. A class without images keeps its row and column of zeros."
    )


def pair_problem(seen: Any, matrix: Tensor) -> str | None:
    """Is the pair (true, predicted) a largest off-diagonal entry of `matrix`? Any of ties is."""
    value = seen.get("value") if isinstance(seen, dict) else None
    pair = _whole_pair(value)
    if pair is None:
        return (
            f"q13: most_confused_pair returned {_described(value)}; two digits are expected:"
            " (true, predicted)."
        )
    true, predicted = pair
    size = len(matrix)
    if not (0 <= true < size and 0 <= predicted < size):
        return (
            f"q13: most_confused_pair returned ({true}, {predicted}), but the classes are 0 to"
            f" {size - 1}: is it a position in the flattened matrix?"
        )
    if true == predicted:
        return (
            f"q13: most_confused_pair returned ({true}, {predicted}): the diagonal holds the right"
            " answers. A confusion is an entry beside it."
        )
    apart = matrix - matrix.diag().diag()
    if apart[true, predicted] == apart.max():
        return None
    if apart[predicted, true] == apart.max():
        return "q13: most_confused_pair returned the right digits in the wrong order: true first."
    shares = apart.double() / matrix.sum(1, keepdim=True).clamp(min=1)
    if shares[true, predicted] == shares.max():
        return "q13: most_confused_pair took the largest share of a row, not the largest count."
    both = apart + apart.T
    if both[true, predicted] == both.max():
        return "q13: most_confused_pair added both directions: take the largest single entry."
    return "q13: most_confused_pair did not return the largest entry beside the diagonal."


def _whole_pair(value: Any) -> tuple[int, int] | None:
    if issubclass(type(value), (list, tuple)):
        items = [as_float64(item) for item in list(value)[:3]]
        if any(item is None or item.numel() != 1 for item in items):
            return None
        numbers = [float(item) for item in items if item is not None]
    else:
        table = as_float64(value)
        if table is None or table.dim() != 1:
            return None
        numbers = [float(number) for number in table[:3]]
    if len(numbers) != 2 or any(number != number // 1 or abs(number) > 1e9 for number in numbers):
        return None
    return int(numbers[0]), int(numbers[1])


def _described(value: Any) -> str:
    if issubclass(type(value), (list, tuple)):
        return f"{kind(value)} of {len(value)}"
    return kind(value)

"""What is wrong with a confusion matrix or the pair read from it (q13)."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from cnnlab.checks import Mistakes
from cnnlab.diagnosis import Cause, Diagnosis, caused, sentence
from cnnlab.feedback.calls import call_symptom, is_observation, with_print
from cnnlab.feedback.values import as_float64, kind

NAME = "most_confused_pair"
Pair = tuple[int, int]


def counts(labels: Tensor, predictions: Tensor, num_classes: int = 10) -> Tensor:
    """The right matrix [num_classes, num_classes]: true digits in rows, predicted in columns."""
    places = num_classes * labels + predictions
    return places.bincount(minlength=num_classes**2).view(num_classes, num_classes)


def confusion_mistakes(labels: Tensor, predictions: Tensor, num_classes: int = 10) -> Mistakes:
    """What known mistakes return instead of the right matrix."""
    expected = counts(labels, predictions, num_classes).double()
    total, largest = max(1, len(labels)), int(max(labels.max(), predictions.max())) + 1
    rows = expected / expected.sum(1, keepdim=True).clamp(min=1)
    columns = expected / expected.sum(0, keepdim=True).clamp(min=1)

    def part(some: slice) -> Tensor:
        return counts(labels[some], predictions[some], num_classes)

    found: dict[Cause, Tensor | list[Tensor]] = {
        Cause(
            "transposed", "it is transposed: rows are the true digits, columns the predicted ones"
        ): expected.T,
        Cause("row_shares", "its rows are divided by their sums: counts are asked for"): rows,
        Cause(
            "column_shares", "its columns are divided by their sums: counts are asked for"
        ): columns,
        Cause("shares", "its counts are divided by the number of images"): expected / total,
        Cause("percent", "its counts are turned into percent"): 100 * expected / total,
        Cause("row_percent", "its rows are turned into percent: counts are asked for"): 100 * rows,
        Cause("no_diagonal", "the diagonal is set to 0: right answers are counted too"): expected
        - expected.diag().diag(),
        Cause("only_diagonal", "only the right answers are counted"): expected.diag().diag(),
        Cause(
            "counted_once", "a pair that occurs more than once is counted only once"
        ): expected.clamp(max=1),
        Cause(
            "both_directions", "it counts in both directions, so that rows and columns are mixed"
        ): expected + expected.T,
        Cause("first_half", "only the first half of the images is counted"): part(
            slice(len(labels) // 2)
        ),
        Cause("last_image", "the last image is not counted"): part(slice(-1)),
        Cause("first_image", "the first image is not counted"): part(slice(1, None)),
        Cause(
            "ten_classes", "it has ten rows and columns, whatever `num_classes` asks for"
        ): counts(labels, predictions, max(10, num_classes)),
        Cause(
            "one_class_missing", "it has a row and a column too few: the digits begin with 0"
        ): expected[:-1, :-1],
        Cause(
            "only_occurring",
            "it has only the classes that occur: a class without images keeps its row and column"
            " of zeros",
        ): [_only_occurring(labels, predictions), counts(labels, predictions, largest)],
    }
    for name, type_, limit in (("int8", torch.int8, 127), ("uint8", torch.uint8, 255)):
        text = f"counts above {limit} wrap around: `{name}` holds no larger number"
        found[Cause(f"{name}_counter", text)] = expected.to(torch.int64).to(type_).double()
    return found


def _only_occurring(labels: Tensor, predictions: Tensor) -> Tensor:
    seen = torch.unique(torch.cat([labels, predictions]))
    places = torch.searchsorted(seen, labels), torch.searchsorted(seen, predictions)
    return counts(*places, len(seen))


def pair_problem(
    seen: Sequence[Any], matrices: Sequence[Tensor], public: bool = False
) -> Diagnosis | None:
    """Is each pair (true, predicted) a largest entry beside the diagonal? Any of ties is."""
    pairs = [_whole_pair(each["value"]) if is_observation(each) else None for each in seen]
    for each, pair, matrix in zip(seen, pairs, matrices, strict=True):
        problem = _unfit(each, pair, matrix, public)
        if problem is None and pair not in _largest(_beside_diagonal(matrix)):
            problem = _explained(pairs, matrices)
        if problem is None and each["changed"]:
            text = f"{NAME} changes its matrix: work on a copy (`clone`)"
            problem = caused("q13", Cause("changes_input", text))
        if problem:
            return with_print(problem, each) if public else problem
    return None


def _unfit(seen: Any, pair: Pair | None, matrix: Tensor, public: bool) -> Diagnosis | None:
    """Why a call gave no pair of two classes at all."""
    failed = call_symptom(seen, NAME, public)
    if failed:
        return Diagnosis(sentence("q13", failed.text), failed.causes, failed.symptom, failed.place)
    if pair is None:
        returned = f"{NAME} returned {_described(seen['value'])}"
        text = f"{returned}; two digits are expected: (true, predicted)"
        return Diagnosis(sentence("q13", text), symptom="kind")
    if not all(0 <= digit < len(matrix) for digit in pair):
        text = (
            f"{NAME} returned a number that isn't one of the classes 0 to {len(matrix) - 1}: is it"
            " a position in the flattened matrix, or the count itself?"
        )
        return Diagnosis(sentence("q13", text), symptom="numbers")
    return None


def _explained(pairs: Sequence[Pair | None], matrices: Sequence[Tensor]) -> Diagnosis:
    """The one mistake that gives every pair; else what is asked."""
    fitting = [
        cause
        for cause, wrong in _PAIR_MISTAKES.items()
        if all(pair in wrong(matrix) for pair, matrix in zip(pairs, matrices, strict=True))
    ]
    if len(fitting) == 1:
        return caused("q13", fitting[0])
    text = f"{NAME} did not return the place of the largest entry beside the diagonal"
    return Diagnosis(sentence("q13", text), symptom="values")


def _beside_diagonal(matrix: Tensor) -> Tensor:
    """The matrix, with what can never be a largest entry on its diagonal."""
    return matrix.double().masked_fill(torch.eye(len(matrix), dtype=torch.bool), -1.0)


def _largest(table: Tensor) -> set[Pair]:
    return {(int(row), int(column)) for row, column in (table == table.max()).nonzero()}


def _reversed(matrix: Tensor) -> set[Pair]:
    return {(predicted, true) for true, predicted in _largest(_beside_diagonal(matrix))}


def _largest_share(matrix: Tensor) -> set[Pair]:
    return _largest(_beside_diagonal(matrix) / matrix.sum(1, keepdim=True).clamp(min=1))


def _both_directions(matrix: Tensor) -> set[Pair]:
    return _largest(_beside_diagonal(matrix + matrix.T))


def _of_worst_class(matrix: Tensor) -> set[Pair]:
    apart = _beside_diagonal(matrix)
    rows = apart.clamp(min=0).sum(1)
    worst = (rows == rows.max()).nonzero()[:, 0]
    kept = torch.full_like(apart, -2.0).index_copy(0, worst, apart[worst])
    tops = kept.amax(1, keepdim=True)
    return {(int(row), int(column)) for row, column in ((kept == tops) & (kept > -2)).nonzero()}


def _smallest(matrix: Tensor) -> set[Pair]:
    table = matrix.double().masked_fill(torch.eye(len(matrix), dtype=torch.bool), float("inf"))
    return _largest(-table)


def _triangle(keep: Callable[..., Tensor], diagonal: int) -> Callable[[Tensor], set[Pair]]:
    def largest(matrix: Tensor) -> set[Pair]:
        kept = keep(torch.ones_like(matrix, dtype=torch.bool), diagonal=diagonal)
        return _largest(matrix.double().masked_fill(~kept, -1.0))

    return largest


_PAIR_MISTAKES: dict[Cause, Callable[[Tensor], set[Pair]]] = {
    Cause(
        "reversed", f"{NAME} returned the right digits in the wrong order: true first"
    ): _reversed,
    Cause(
        "diagonal_included",
        f"{NAME} returned a place on the diagonal, which holds the right answers. A confusion is an"
        " entry beside it",
    ): lambda matrix: _largest(matrix.double()),
    Cause(
        "largest_share", f"{NAME} took the largest share of a row, not the largest count"
    ): _largest_share,
    Cause(
        "both_directions_added",
        f"{NAME} added both directions: take the largest single entry",
    ): _both_directions,
    Cause(
        "worst_class",
        f"{NAME} looked for the digit with the most mistakes first: take the largest single entry",
    ): _of_worst_class,
    Cause("smallest", f"{NAME} took the smallest entry beside the diagonal"): _smallest,
    Cause(
        "upper_triangle", f"{NAME} looked above the diagonal only: a confusion may stand below it"
    ): _triangle(torch.triu, 1),
    Cause(
        "lower_triangle", f"{NAME} looked below the diagonal only: a confusion may stand above it"
    ): _triangle(torch.tril, -1),
}


def _whole_pair(value: Any) -> Pair | None:
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

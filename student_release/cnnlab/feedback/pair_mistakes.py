"""Pairs of digits that a wrong look at a confusion matrix gives (q13)."""

from collections.abc import Callable

import torch
from torch import Tensor

from labkit.diagnosis import Cause

NAME = "most_confused_pair"
Pair = tuple[int, int]


def beside_diagonal(matrix: Tensor) -> Tensor:
    """The matrix as float64, with what can never be a largest entry on its diagonal."""
    return matrix.double().masked_fill(torch.eye(len(matrix), dtype=torch.bool), -1.0)


def largest(table: Tensor) -> set[Pair]:
    """The places of the largest entry of `table`."""
    return {(int(row), int(column)) for row, column in (table == table.max()).nonzero()}


def _reversed(matrix: Tensor) -> set[Pair]:
    return {(predicted, true) for true, predicted in largest(beside_diagonal(matrix))}


def _largest_share(matrix: Tensor) -> set[Pair]:
    return largest(beside_diagonal(matrix) / matrix.sum(1, keepdim=True).clamp(min=1))


def _both_directions(matrix: Tensor) -> set[Pair]:
    return largest(beside_diagonal(matrix + matrix.T))


def _of_worst_class(matrix: Tensor) -> set[Pair]:
    apart = beside_diagonal(matrix)
    rows = apart.clamp(min=0).sum(1)
    worst = (rows == rows.max()).nonzero()[:, 0]
    kept = torch.full_like(apart, -2.0).index_copy(0, worst, apart[worst])
    tops = kept.amax(1, keepdim=True)
    return {(int(row), int(column)) for row, column in ((kept == tops) & (kept > -2)).nonzero()}


def _of_worst_prediction(matrix: Tensor) -> set[Pair]:
    return {(true, predicted) for predicted, true in _of_worst_class(matrix.T)}


def _of_class(scores: Callable[[Tensor], Tensor]) -> Callable[[Tensor], set[Pair]]:
    """The largest confusion of the digit whose score is the lowest."""

    def largest_of_one(matrix: Tensor) -> set[Pair]:
        row = int(scores(matrix).argmin())
        return {(row, int(beside_diagonal(matrix)[row].argmax()))}

    return largest_of_one


def _apart(matrix: Tensor) -> set[Pair]:
    """Row and column looked for one by one, which need not belong together."""
    table = beside_diagonal(matrix)
    return {(int(table.amax(1).argmax()), int(table.amax(0).argmax()))}


def _sums(matrix: Tensor) -> set[Pair]:
    table = beside_diagonal(matrix).clamp(min=0)
    return {(int(table.sum(1).argmax()), int(table.sum(0).argmax()))}


def _place(rank: Callable[[int], int]) -> Callable[[Tensor], set[Pair]]:
    """The entry that comes at `rank(number of classes)` if all are sorted, the largest first."""

    def ranked(matrix: Tensor) -> set[Pair]:
        ordered = matrix.double().flatten().sort(descending=True).values
        return {
            (int(row), int(column))
            for row, column in (matrix == ordered[rank(len(matrix))]).nonzero()
        }

    return ranked


def _flat(columns: Callable[[int], int], without_diagonal: bool) -> Callable[[Tensor], set[Pair]]:
    """A place in the flattened matrix, divided by a wrong number of columns."""

    def divided(matrix: Tensor) -> set[Pair]:
        table = beside_diagonal(matrix)
        if without_diagonal:
            table = table[~torch.eye(len(matrix), dtype=torch.bool)]
        row, column = divmod(int(table.argmax()), columns(len(matrix)))
        return {(row, column)}

    return divided


def _part(rows: slice, columns: slice) -> Callable[[Tensor], set[Pair]]:
    def of_part(matrix: Tensor) -> set[Pair]:
        kept = torch.full_like(beside_diagonal(matrix), -2.0)
        kept[rows, columns] = beside_diagonal(matrix)[rows, columns]
        return largest(kept)

    return of_part


def _from_first(matrix: Tensor) -> set[Pair]:
    table = beside_diagonal(matrix)
    return {(0, 0)} if matrix[0, 0] >= table.max() else largest(table)


def _last_positive(matrix: Tensor) -> set[Pair]:
    return {tuple((beside_diagonal(matrix) > 0).nonzero()[-1].tolist())}


def _smallest(matrix: Tensor) -> set[Pair]:
    table = matrix.double().masked_fill(torch.eye(len(matrix), dtype=torch.bool), float("inf"))
    return largest(-table)


def _triangle(keep: Callable[..., Tensor], diagonal: int) -> Callable[[Tensor], set[Pair]]:
    def of_triangle(matrix: Tensor) -> set[Pair]:
        kept = keep(torch.ones_like(matrix, dtype=torch.bool), diagonal=diagonal)
        return largest(matrix.double().masked_fill(~kept, -1.0))

    return of_triangle


PAIR_MISTAKES: dict[Cause, Callable[[Tensor], set[Pair]]] = {
    Cause(
        "reversed", f"{NAME} returned the right digits in the wrong order: true first"
    ): _reversed,
    Cause(
        "diagonal_included",
        f"{NAME} returned a place on the diagonal, which holds the right answers. A confusion is an"
        " entry beside it",
    ): lambda matrix: largest(matrix.double()),
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
    Cause(
        "one_based", f"{NAME} counts the digits from 1: rows and columns begin with 0"
    ): lambda matrix: {(a + 1, b + 1) for a, b in largest(beside_diagonal(matrix))},
    Cause(
        "sorted", f"{NAME} sorts the two digits: the true one comes first, also if it is larger"
    ): lambda matrix: {(min(pair), max(pair)) for pair in largest(beside_diagonal(matrix))},
    Cause(
        "largest_share_of_column",
        f"{NAME} took the largest share of a column, not the largest count",
    ): lambda matrix: largest(beside_diagonal(matrix) / matrix.sum(0).clamp(min=1)),
    Cause(
        "least_accurate_class",
        f"{NAME} looked for the digit with the lowest share of right answers first: take the "
        "largest single entry",
    ): _of_class(lambda matrix: matrix.diag() / matrix.sum(1)),
    Cause(
        "smallest_diagonal",
        f"{NAME} looked for the smallest entry of the diagonal first: take the largest entry "
        "beside it",
    ): _of_class(torch.diag),
    Cause(
        "worst_prediction",
        f"{NAME} looked for the digit that is predicted wrongly most often first: take the largest "
        "single entry",
    ): _of_worst_prediction,
    Cause(
        "row_and_column_apart",
        f"{NAME} looks for the row and the column one by one: they must belong to one and the same "
        "entry",
    ): _apart,
    Cause(
        "sums_of_rows_and_columns",
        f"{NAME} took the row and the column with the most mistakes: take the largest single entry",
    ): _sums,
    Cause(
        "second_largest",
        f"{NAME} took the second largest entry of all: a diagonal has more than one",
    ): _place(lambda classes: 1),
    Cause(
        "diagonal_assumed_largest",
        f"{NAME} skips as many of the largest entries as there are classes: a confusion may be "
        "larger than an entry of the diagonal",
    ): _place(lambda classes: classes),
    Cause(
        "ten_columns", f"{NAME} divides by ten: the matrix may have another number of columns"
    ): _flat(lambda classes: 10, False),
    Cause(
        "diagonal_cut_out",
        f"{NAME} takes the diagonal out, so that the places of the other entries move",
    ): _flat(lambda classes: classes, True),
    Cause(
        "diagonal_cut_out_shorter",
        f"{NAME} takes the diagonal out, so that the entries to its right move by one column",
    ): _flat(lambda classes: classes - 1, True),
    Cause(
        "last_class_missing",
        f"{NAME} does not look at the last digit: a `range` ends before its end",
    ): _part(slice(-1), slice(-1)),
    Cause("last_column_missing", f"{NAME} does not look at the last column"): _part(
        slice(None), slice(-1)
    ),
    Cause("last_row_missing", f"{NAME} does not look at the last row"): _part(
        slice(-1), slice(None)
    ),
    Cause("class_0_missing", f"{NAME} does not look at digit 0"): _part(
        slice(1, None), slice(1, None)
    ),
    Cause("first_row", f"{NAME} looks at the first row only"): _part(slice(1), slice(None)),
    Cause("last_row", f"{NAME} looks at the last row only"): _part(slice(-1, None), slice(None)),
    Cause(
        "starts_on_diagonal",
        f"{NAME} begins its search with an entry of the diagonal, which no confusion exceeds",
    ): _from_first,
    Cause(
        "best_not_kept",
        f"{NAME} does not keep the largest count that it has found, so that the last count wins",
    ): _last_positive,
    Cause(
        "difference_of_directions",
        f"{NAME} subtracted the other direction: take the largest single entry",
    ): lambda matrix: largest(matrix.double() - matrix.T.double()),
}

"""What is wrong with a confusion matrix (q13)."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from cnnlab.checks import RAISES, Forms, Mistakes
from cnnlab.feedback.compare import agrees
from cnnlab.feedback.values import as_float64
from labkit.diagnosis import Cause


def counts(labels: Tensor, predictions: Tensor, num_classes: int = 10) -> Tensor:
    """The right matrix [num_classes, num_classes]: true digits in rows, predicted in columns."""
    places = num_classes * labels + predictions
    return places.bincount(minlength=num_classes**2).view(num_classes, num_classes)


def confusion_mistakes(labels: Tensor, predictions: Tensor, num_classes: int = 10) -> Mistakes:
    """What known mistakes return instead of the right matrix."""
    expected = counts(labels, predictions, num_classes).double()
    total, largest = max(1, len(labels)), int(max(labels.max(), predictions.max())) + 1
    rows = expected / expected.sum(1, keepdim=True)
    columns = expected / expected.sum(0, keepdim=True)
    right = expected.diag().diag()
    found: dict[Cause, Forms] = {
        Cause(
            "transposed", "it is transposed: rows are the true digits, columns the predicted ones"
        ): expected.T,
        Cause("row_shares", "its rows are divided by their sums: counts are asked for"): _is_nearly(
            rows, expected / expected.sum(1)
        ),
        Cause(
            "column_shares", "its columns are divided by their sums: counts are asked for"
        ): _is_nearly(columns),
        Cause("shares", "its counts are divided by the number of images"): expected / total,
        Cause("percent", "its counts are turned into percent"): 100 * expected / total,
        Cause("row_percent", "its rows are turned into percent: counts are asked for"): _is_nearly(
            100 * rows
        ),
        Cause("no_diagonal", "the diagonal is set to 0: right answers are counted too"): expected
        - right,
        Cause("only_diagonal", "only the right answers are counted"): right,
        Cause(
            "counted_once", "a pair that occurs more than once is counted only once"
        ): expected.clamp(max=1),
        Cause(
            "both_directions", "it counts in both directions, so that rows and columns are mixed"
        ): expected + expected.T,
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
    found |= _images_left_out(labels, predictions, num_classes)
    found |= _other_counts(expected)
    for name, type_, limit in (("int8", torch.int8, 127), ("uint8", torch.uint8, 255)):
        text = f"counts above {limit} wrap around: `{name}` holds no larger number"
        found[Cause(f"{name}_counter", text)] = expected.to(torch.int64).to(type_).double()
    return found


def _is_nearly(*forms: Tensor) -> Callable[[Any], bool]:
    """Is a value one of `forms`, with NaN or 0 where a class does not occur?"""

    def fits(value: Any) -> bool:
        numbers = as_float64(value)
        return numbers is not None and any(
            agrees(numbers.nan_to_num(), form.nan_to_num()) for form in forms
        )

    return fits


def _only_occurring(labels: Tensor, predictions: Tensor) -> Tensor:
    seen = torch.unique(torch.cat([labels, predictions]))
    places = torch.searchsorted(seen, labels), torch.searchsorted(seen, predictions)
    return counts(*places, len(seen))


def _images_left_out(labels: Tensor, predictions: Tensor, num_classes: int) -> Mistakes:
    def part(some: slice | Tensor) -> Tensor:
        return counts(labels[some], predictions[some], num_classes)

    last = num_classes * int(labels.max()) + int(predictions[labels == labels.max()].max())
    return {
        Cause("first_half", "only the first half of the images is counted"): part(
            slice(len(labels) // 2)
        ),
        Cause("last_image", "the last image is not counted"): part(slice(-1)),
        Cause("first_image", "the first image is not counted"): part(slice(1, None)),
        Cause(
            "first_only", "only the first image is counted: is the `return` inside the loop?"
        ): part(slice(1)),
        Cause(
            "last_only", "only the last image is counted: is the matrix made inside the loop?"
        ): part(slice(-1, None)),
        Cause("as_many_as_classes", "only as many images are counted as there are classes"): part(
            slice(num_classes)
        ),
        Cause("first_batch", "only the first batch of images is counted"): [
            part(slice(size)) for size in (32, 64, 100, 128) if size < len(labels)
        ]
        or part(slice(None)),
        Cause("every_second", "only every second image is counted"): part(slice(None, None, 2)),
        Cause("class_0_missing", "the digit 0 is not counted: the digits begin with 0"): part(
            (labels > 0) & (predictions > 0)
        ),
        Cause(
            "minlength_missing",
            "it has too few counts where the last pair of digits does not occur: is a `minlength` "
            "missing?",
        ): RAISES if last < num_classes**2 - 1 else part(slice(None)),
    }


def _other_counts(expected: Tensor) -> Mistakes:
    true, predicted = expected.sum(1), expected.sum(0)
    wrong = expected - expected.diag().diag()
    one_more = torch.nn.functional.pad
    return {
        Cause("starts_at_1", "every count is one too many: it starts from 0, not from 1"): expected
        + 1,
        Cause("one_class_too_many", "it has a row and a column too many"): one_more(
            expected, (0, 1, 0, 1)
        ),
        Cause(
            "one_based", "it has a row and a column too many, in front: the digits begin with 0"
        ): one_more(expected, (1, 0, 1, 0)),
        Cause("totals_added", "it has sums at its end: only the counts are asked for"): [
            one_more(expected, (0, 1, 0, 1)) + _sums_at_the_end(expected),
            torch.cat([expected, predicted[None]]),
            torch.cat([expected, true[:, None]], 1),
        ],
        Cause(
            "labels_twice", "the labels are counted against themselves: predictions are in columns"
        ): true.diag(),
        Cause(
            "predictions_twice", "the predictions are counted against themselves"
        ): predicted.diag(),
        Cause(
            "all_on_diagonal",
            "the diagonal counts every image of the digit, also those that were mistaken",
        ): wrong + true.diag(),
        Cause(
            "all_combined",
            "every label is counted with every prediction: walk through both together (`zip`)",
        ): torch.outer(true, predicted),
        Cause(
            "rows_alike", "all its rows are one and the same list: a count goes into each of them"
        ): predicted.expand_as(expected),
        Cause("mistakes_negative", "mistakes are subtracted: they are counted, too"): expected
        - 2 * wrong,
    }


def _sums_at_the_end(expected: Tensor) -> Tensor:
    sums = torch.zeros(len(expected) + 1, len(expected) + 1, dtype=expected.dtype)
    sums[-1, :-1], sums[:-1, -1], sums[-1, -1] = expected.sum(0), expected.sum(1), expected.sum()
    return sums

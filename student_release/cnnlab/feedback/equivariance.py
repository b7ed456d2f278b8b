"""What well-known mistakes in q15 (how far a layer is from equivariance) return.

They are computed: a mistake moves the picture otherwise, moves the result otherwise, compares
another part, or takes another number of the differences.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from cnnlab.checks import RAISES, Mistakes
from cnnlab.diagnosis import Cause

Layer = Callable[[Tensor], Tensor]
Shift = tuple[int, int]
Form = Any
"""A tensor with one number, or `RAISES`."""
Part = Callable[[Tensor], Tensor]
"""Cuts the places to compare out of a tensor [N, C, H, W]."""

WRAPPED = Cause(
    "border_compared",
    "the border is compared, too: pixels that leave on one side come back on the other"
    " (wrap-around). Compare the interior only",
)
NEGATIVE = Cause(
    "negative_shift",
    "a negative shift is treated as if it were positive: up and to the left, other rows and columns"
    " have no partner",
)
EMPTY = Cause(
    "empty_slice",
    "a shift of 0 leaves nothing over: a slice that ends at 0 (or -0) is empty",
)
_WHOLE: Part = lambda x: x  # noqa: E731 a part like the others


def brightness_mistakes(brightness: Tensor, image: Tensor, shift: Shift) -> Mistakes:
    """`shift_error_mistakes` of the layer that multiplies by `brightness`."""
    return shift_error_mistakes(lambda x: x * brightness, image, shift)


def convolution_mistakes(weight: Tensor, image: Tensor, shift: Shift) -> Mistakes:
    """`shift_error_mistakes` of the unpadded convolution by `weight`."""
    return shift_error_mistakes(partial(F.conv2d, weight=weight), image, shift)


def pooling_mistakes(side: int, image: Tensor, shift: Shift) -> Mistakes:
    """`shift_error_mistakes` of max pooling, each maximum written over its whole window."""
    return shift_error_mistakes(partial(pooled, side), image, shift)


def pooled(side: int, image: Tensor) -> Tensor:
    """Each maximum of a window of `side`, over the whole window: [N, C, H, W] as the input."""
    maxima = F.max_pool2d(image, side)
    return maxima.repeat_interleave(side, -2).repeat_interleave(side, -1)


def shift_error_mistakes(layer: Layer, image: Tensor, shift: Shift) -> Mistakes:
    """What mistakes of `shift_error` return for `layer`, an image [N, C, H, W] and a shift."""
    rows, columns = shift
    back, swapped = (-rows, -columns), (columns, rows)
    before = layer(image).double()
    matched = {}

    def differences(moved: Shift, matching: Shift) -> Tensor:
        if (moved, matching) not in matched:
            after = layer(_roll(image, moved)).double()
            matched[moved, matching] = after - _roll(before, matching)
        return matched[moved, matching]

    def largest(moved: Shift, matching: Shift, *parts: Part) -> list[Form]:
        found = [part(differences(moved, matching)).abs() for part in parts]
        return [each.max() if each.numel() else RAISES for each in found]

    inside = partial(_partners, shift=shift)
    inner = inside(differences(shift, shift))
    wrapped = differences(shift, shift)
    directions = {
        Cause(
            "result_wrong_direction", "the result of the layer is shifted in the wrong direction"
        ): (shift, back),
        Cause(
            "image_wrong_direction", "the picture is shifted in the wrong direction, the result not"
        ): (back, shift),
        Cause(
            "both_wrong_direction",
            "picture and result are shifted in the wrong direction: positive numbers move down and"
            " to the right",
        ): (back, back),
        Cause(
            "result_not_shifted",
            "the result of the layer is not shifted: that would measure invariance",
        ): (shift, (0, 0)),
        Cause("image_not_shifted", "the picture is not shifted before it goes through the layer"): (
            (0, 0),
            shift,
        ),
        Cause("rows_only", "the shift moves rows only; it has two numbers"): (
            (rows, 0),
            (rows, 0),
        ),
        Cause("columns_only", "the shift moves columns only; it has two numbers"): (
            (0, columns),
            (0, columns),
        ),
        Cause("shift_swapped", "the shift's numbers are swapped: rows come first, then columns"): (
            swapped,
            swapped,
        ),
    }
    found: dict[Cause, list[Form]] = {
        cause: largest(moved, matching, inside, partial(_partners, shift=matching), _WHOLE)
        for cause, (moved, matching) in directions.items()
    }
    found[WRAPPED] = [wrapped.abs().max(), wrapped.abs().mean(), wrapped.abs().sum()]
    found[NEGATIVE] = largest(shift, shift, lambda x: x[..., rows:, columns:])
    found[Cause("wrong_side", "the border is left out on the wrong side")] = largest(
        shift, shift, partial(_partners, shift=back)
    )
    both_sides = Cause(
        "both_sides_left_out",
        "too much is left out: rows and columns have no partner on one side only, and which one"
        " depends on the shift's sign",
    )
    found[both_sides] = largest(shift, shift, lambda x: _partners(inside(x), back))
    found |= _other_numbers(inner)
    if 0 in shift:
        return {**found, EMPTY: RAISES}
    return {**found, EMPTY: [inner.abs().max(), *found[both_sides]]}


def _other_numbers(inner: Tensor) -> dict[Cause, list[Form]]:
    """What is returned instead of the largest absolute value of the right differences."""
    sizes = inner.abs()
    return {
        Cause("signed", "the largest difference is taken without `abs`: -5 is a large one, too"): [
            inner.max(),
            -inner.min(),
            inner.max().abs(),
            inner.min().abs(),
            inner.min(),
        ],
        Cause("mean", "the mean of the differences is returned: the largest is asked for"): [
            sizes.mean(),
            inner.mean(),
            inner.mean().abs(),
        ],
        Cause("sum", "the differences are added up: the largest is asked for"): [
            sizes.sum(),
            inner.sum(),
            inner.sum().abs(),
        ],
        Cause("squared", "the differences are squared: their absolute value is asked for"): [
            sizes.square().max(),
            sizes.square().mean(),
            sizes.square().mean().sqrt(),
            sizes.square().sum(),
            sizes.square().sum().sqrt(),
        ],
        Cause("smallest", "the smallest difference is returned: the largest is asked for"): [
            sizes.min()
        ],
        Cause(
            "one_channel", "only one channel is compared: the largest over all channels is wanted"
        ): [sizes[:, :1].max(), sizes[:, -1:].max()],
        Cause("halved", "the largest difference is halved"): [sizes.max() / 2],
        Cause("median", "the median of the differences is returned: the largest is asked for"): [
            sizes.median()
        ],
    }


def _partners(x: Tensor, shift: Shift) -> Tensor:
    """The places (i, j) of [N, C, H, W] for which (i, j) - shift lies in it, too."""
    for axis, step in zip((-2, -1), shift, strict=True):
        places = torch.arange(x.shape[axis])
        partner = places - step
        x = x.index_select(axis, places[(partner >= 0) & (partner < x.shape[axis])])
    return x


def _roll(x: Tensor, shift: Shift) -> Tensor:
    return x.roll(shift, (-2, -1))

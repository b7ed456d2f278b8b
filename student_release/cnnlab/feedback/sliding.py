"""Slide a window over an image: in the right places, in wrong ones, and as often as not asked."""

from collections.abc import Callable, Sequence
from itertools import product

import torch
from torch.nn import functional

from cnnlab.checks import RAISES, Form, Mistakes
from labkit.diagnosis import Cause


def cross_correlation(
    image: torch.Tensor, kernel: torch.Tensor, stride: int = 1, padding: int = 0
) -> torch.Tensor:
    """The oracle: torch's own cross-correlation, in float64."""
    image, kernel = image.double(), kernel.double()
    return functional.conv2d(image[None, None], kernel[None, None], None, stride, padding)[0, 0]


def windows(
    image: torch.Tensor, size: Sequence[int], stride: Sequence[int] = (1, 1)
) -> torch.Tensor:
    """All windows of `size` [kh, kw] that fit in `image` [H, W]: [H', W', kh, kw]."""
    return image.double().unfold(0, size[0], stride[0]).unfold(1, size[1], stride[1])


def by_loops(
    kernel: torch.Tensor, rows: int, columns: int, cut: Callable[[int, int], torch.Tensor]
) -> Form:
    """What two loops make of windows that are cut as `cut` says; RAISES where they cannot."""
    try:
        output = torch.zeros(rows, columns, dtype=torch.float64)
        for place in product(range(rows), range(columns)):
            output[place] = (cut(*place).double() * kernel).sum()
    except (RuntimeError, IndexError):
        return RAISES
    return output


def wrong_windows(image: torch.Tensor, kernel: torch.Tensor) -> Mistakes:
    """The right sums, but of windows in the wrong places, or written to the wrong places."""
    right = cross_correlation(image, kernel)
    rows, columns = kernel.shape
    swapped = by_loops(kernel, *right.shape, lambda i, j: image[j : j + rows, i : i + columns])
    return {
        Cause(
            "column_index_ignored",
            "the window moves down but never to the right: the column index is ignored",
        ): right[:, :1].expand_as(right),
        Cause(
            "row_index_ignored",
            "the window moves to the right but never down: the row index is ignored",
        ): right[:1].expand_as(right),
        Cause("never_moves", "every place gets the sum of the first window: it never moves"): (
            right[:1, :1].expand_as(right)
        ),
        Cause("jumps_two", "the window jumps two pixels at a time; it must move by one"): right[
            ::2, ::2
        ],
        Cause(
            "starts_late",
            "the window starts one pixel too far down or to the right: it starts at (i, j)",
        ): [_late(image, kernel, *by) for by in ((1, 1), (1, 0), (0, 1))],
        Cause("transposed", "rows and columns are swapped: i counts rows, j counts columns"): [
            right.T,
            swapped,
        ],
        Cause(
            "loop_returns",
            "only the first row or the first place of the result is filled: is `return` indented"
            " too far, so that it ends the loop in its first turn?",
        ): [_only(right, slice(0, 1), slice(None)), _only(right, slice(0, 1), slice(0, 1))],
        Cause(
            "last_place_only",
            "only the last place of the result, or of each of its rows, is filled: the assignment"
            " belongs inside both loops",
        ): [
            _only(right, slice(-1, None), slice(-1, None)),
            _only(right, slice(None), slice(-1, None)),
        ],
    }


def _late(image: torch.Tensor, kernel: torch.Tensor, down: int, aside: int) -> Form:
    """Windows that are cut `down` and `aside` of where they belong."""
    rows, columns = kernel.shape
    sides = (s - t + 1 for s, t in zip(image.shape, kernel.shape, strict=True))

    def cut(i: int, j: int) -> torch.Tensor:
        return image[i + down : i + down + rows, j + aside : j + aside + columns]

    return by_loops(kernel, *sides, cut)


def _only(right: torch.Tensor, rows: slice, columns: slice) -> torch.Tensor:
    filled = torch.zeros_like(right)
    filled[rows, columns] = right[rows, columns]
    return filled


def wrong_sizes(image: torch.Tensor, kernel: torch.Tensor) -> Mistakes:
    """Results that are square, too short, too long or as large as the image."""
    right = cross_correlation(image, kernel)
    short = "the result is short by one: there are H - kh + 1 rows and W - kw + 1 columns, because "
    short += "a window that just touches the border still fits"
    same = "the result is as large as the image, or its windows reach over the border: only "
    same += "windows that lie inside the image count"
    return {
        Cause(
            "height_for_width",
            "the height is used for the width, too, in the image, in the kernel or in both: the"
            " number of columns is shape[1]",
        ): one_side_for_both(image, kernel, 0),
        Cause(
            "width_for_height",
            "the width is used for the height, too, in the image, in the kernel or in both: the"
            " number of rows is shape[0]",
        ): one_side_for_both(image, kernel, 1),
        Cause(
            "three_assumed",
            "the kernel is taken to be 3×3: its number of rows is kernel.shape[0], its number of"
            " columns kernel.shape[1]",
        ): _three_assumed(image, kernel),
        Cause("short_by_one", short): [right[:-1, :-1], right[:-1], right[:, :-1]],
        Cause(
            "last_unfilled",
            "the last row or column of the result is never filled: a loop stops too early",
        ): [
            functional.pad(right[:-1], (0, 0, 0, 1)),
            functional.pad(right[:, :-1], (0, 1)),
            functional.pad(right[:-1, :-1], (0, 1, 0, 1)),
        ],
        Cause(
            "first_unfilled",
            "the first row or column of the result is never filled: a loop starts at 1, not at 0",
        ): [
            functional.pad(right[1:], (0, 0, 1, 0)),
            functional.pad(right[:, 1:], (1, 0)),
            functional.pad(right[1:, 1:], (1, 0, 1, 0)),
        ],
        Cause("too_long", "the result is too long by one row or column, or by one of each"): [
            functional.pad(right, (0, 1, 0, 1)),
            functional.pad(right, (0, 0, 0, 1)),
            functional.pad(right, (0, 1)),
            cross_correlation(functional.pad(image, (0, 1, 0, 1)), kernel),
        ],
        Cause("same_size", same): _same_size(image, kernel, right),
        Cause(
            "full_size",
            "every window that touches the image counts, so the result is larger than the image: "
            "only windows that lie inside it count",
        ): cross_correlation(functional.pad(image, _around(kernel)), kernel),
    }


def one_side_for_both(
    image: torch.Tensor, kernel: torch.Tensor, axis: int, stride: int = 1, bias: float = 0.0
) -> list[Form]:
    """The image's side, the kernel's side, or both of `axis` are taken for the other axis, too."""
    own, own_taps = tuple(image.shape), tuple(kernel.shape)
    sides, taps = (image.shape[axis],) * 2, (kernel.shape[axis],) * 2
    forms: list[Form] = []
    for used in list(product((own, sides), (own_taps, taps), (own_taps, taps)))[1:]:
        pairs = zip(*used[:2], strict=True)
        rows, columns = ((whole - part) // stride + 1 for whole, part in pairs)
        height, width = used[2]

        def cut(i: int, j: int, height: int = height, width: int = width) -> torch.Tensor:
            down, right = stride * i, stride * j
            return image[down : down + height, right : right + width]

        made = by_loops(kernel, rows, columns, cut)
        forms.append(made + bias if isinstance(made, torch.Tensor) else made)
    return forms


def _three_assumed(image: torch.Tensor, kernel: torch.Tensor) -> list[Form]:
    right = cross_correlation(image, kernel)
    sides = [tuple(right.shape), (image.shape[0] - 2, image.shape[1] - 2)]
    return [
        by_loops(kernel, rows, columns, lambda i, j: image[i : i + 3, j : j + 3])
        for rows, columns in sides
    ]


def _around(kernel: torch.Tensor) -> tuple[int, int, int, int]:
    rows, columns = kernel.shape
    return columns - 1, columns - 1, rows - 1, rows - 1


def _same_size(
    image: torch.Tensor, kernel: torch.Tensor, right: torch.Tensor
) -> list[torch.Tensor]:
    """Windows that start at every pixel, or are centred on it; outside counts as 0.

    And a result as large as the image in which the right one stands at the top left or centred.
    """
    rows, columns = kernel.shape
    below = (0, columns - 1, 0, rows - 1)
    around = ((columns - 1) // 2, columns // 2, (rows - 1) // 2, rows // 2)
    shifted = (columns // 2, (columns - 1) // 2, rows // 2, (rows - 1) // 2)
    pads = (below, around, shifted)
    return [
        *(cross_correlation(functional.pad(image, pad), kernel) for pad in pads),
        *(functional.pad(right, pad) for pad in pads),
        cross_correlation(functional.pad(image, (1, 1, 1, 1)), kernel),
    ]

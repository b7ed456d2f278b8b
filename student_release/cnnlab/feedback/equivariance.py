"""What well-known mistakes in q15 (how far a layer is from equivariance) return.

They are computed: a mistake moves the picture otherwise, moves the result otherwise, compares
another part, or takes another number of the differences.
"""

from collections.abc import Callable
from functools import partial

import torch
import torch.nn.functional as F
from torch import Tensor

from cnnlab.checks import RAISES, Mistakes
from cnnlab.feedback.largest_difference import Form, other_numbers
from labkit.diagnosis import Cause

Layer = Callable[[Tensor], Tensor]
Shift = tuple[int, int]
Part = Callable[[Tensor], Tensor]
"""Cuts the places to compare out of a tensor [N, C, H, W]."""

WRAPPED = Cause(
    "border_compared",
    "the border is compared, too: pixels that leave on one side come back on the other"
    " (wrap-around). Compare the interior only",
)
BORDER = Cause(
    "border_compared",
    "the border is compared, too, where the picture shows what came from outside. Compare the"
    " interior only",
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


def pooling_mistakes(brightness: Tensor, image: Tensor, shift: Shift) -> Mistakes:
    """`shift_error_mistakes` of a layer that multiplies by `brightness` and pools."""
    return shift_error_mistakes(partial(pooled, brightness), image, shift)


def pooled(brightness: Tensor, image: Tensor) -> Tensor:
    """The maxima of all 3×3 windows of the brightened image: [N, C, H, W] → [N, C, H-2, W-2]."""
    return F.max_pool2d(image * brightness, 3, stride=1)


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
    found[BORDER] = _outside_filled_with_zeros(layer, image, shift)
    if min(shift) < 0:
        size = (abs(rows), abs(columns))
        found[NEGATIVE] = largest(shift, shift, lambda x: x[..., rows:, columns:])
        found[NEGATIVE] += largest(size, size, partial(_partners, shift=size))
        found[NEGATIVE] += [_sliced(layer(_roll(image, shift)).double(), before, shift), RAISES]
    else:
        found[NEGATIVE] = [inner.abs().max()]
    found |= {cause: largest(shift, shift, part) for cause, part in _parts(image, shift).items()}
    found |= _without_layer(layer, image, shift)
    found[Cause("wrong_side", "the border is left out on the wrong side")] = largest(
        shift, shift, partial(_partners, shift=back)
    )
    both_sides = Cause(
        "both_sides_left_out",
        "too much is left out: rows and columns have no partner on one side only, and which one"
        " depends on the shift's sign",
    )
    most = max(abs(rows), abs(columns))
    around = partial(_partners, shift=(most, most)), partial(_partners, shift=(-most, -most))
    found[both_sides] = largest(
        shift, shift, lambda x: _partners(inside(x), back), lambda x: around[0](around[1](x))
    )
    results = layer(_roll(image, shift)).double(), _roll(before, shift)
    found |= other_numbers(inner, inside(results[0]), inside(results[1]), results)
    if not most:
        found[both_sides].append(RAISES)
    if 0 in shift:
        return {**found, EMPTY: RAISES}
    return {**found, EMPTY: [inner.abs().max(), *found[both_sides]]}


def _parts(image: Tensor, shift: Shift) -> dict[Cause, Part]:
    """Wrong parts of the differences that are compared."""
    rows, columns = shift
    sides = image.shape[-2:]

    def by_image(x: Tensor) -> Tensor:
        kept = [slice(max(s, 0), side + min(s, 0)) for s, side in zip(shift, sides, strict=True)]
        return x[..., kept[0], kept[1]]

    one_sided = "{} that have no partner are compared, too: the shift has two numbers"
    return {
        Cause(
            "image_sides",
            "the interior is cut out by the sides of the image: those of the output may be smaller",
        ): by_image,
        Cause("columns_not_cut", one_sided.format("columns")): lambda x: _partners(x, (rows, 0)),
        Cause("rows_not_cut", one_sided.format("rows")): lambda x: _partners(x, (0, columns)),
        Cause(
            "interior_swapped",
            "rows and columns are swapped where the interior is cut out",
        ): lambda x: _partners(x, (columns, rows)),
        Cause(
            "interior_too_small",
            "the interior is too small: rows or columns that have a partner are left out",
        ): lambda x: _partners(x, shift)[..., 1:, 1:],
        Cause(
            "interior_too_large",
            "the interior is too large: a row or a column without a partner is compared, too",
        ): lambda x: _partners(x, (_nearer(rows), _nearer(columns))),
        Cause(
            "last_row_and_column",
            "the last row and the last column are not compared: a `range` ends before its end",
        ): lambda x: _partners(F.pad(x[..., :-1, :-1], (0, 1, 0, 1)), shift),
    }


def _nearer(step: int) -> int:
    """One step less, towards 0."""
    return step - (step > 0) + (step < 0)


def _outside_filled_with_zeros(layer: Layer, image: Tensor, shift: Shift) -> list[Form]:
    """What comes out if pixels from outside are 0, and everything is compared."""
    before, after = layer(image).double(), layer(_moved(image, shift)).double()
    return [(after - other(before, shift)).abs().max() for other in (_moved, _roll)]


def _moved(x: Tensor, shift: Shift) -> Tensor:
    """`x` shifted, with zeros where there was nothing."""
    for axis, step in zip((-2, -1), shift, strict=True):
        places = torch.arange(x.shape[axis]) - step
        inside = ((places >= 0) & (places < x.shape[axis])).to(x.dtype)
        x = x.roll(step, axis) * (inside[:, None] if axis == -2 else inside)
    return x


def _sliced(after: Tensor, before: Tensor, shift: Shift) -> Form:
    """The largest difference of two slices that are right for positive shifts only."""
    height, width = before.shape[-2:]
    kept = before[..., : height - shift[0], : width - shift[1]]
    try:
        apart = after[..., shift[0] :, shift[1] :] - kept
    except RuntimeError:
        return RAISES
    return apart.abs().max() if apart.numel() else RAISES


def _without_layer(layer: Layer, image: Tensor, shift: Shift) -> Mistakes:
    """What comes out if one of the two pictures never went through the layer."""
    forms: list[Form] = []
    shifted = _roll(image, shift)
    for one, other in ((shifted, _roll(layer(image), shift)), (layer(shifted), shifted)):
        if one.shape == other.shape:
            forms.append(_partners(one - other, shift).abs().max())
        else:
            forms.append(RAISES)
    text = "a result of the layer is compared with a picture that did not go through it"
    return {Cause("layer_missing", text): forms}


def _partners(x: Tensor, shift: Shift) -> Tensor:
    """The places (i, j) of [N, C, H, W] for which (i, j) - shift lies in it, too."""
    for axis, step in zip((-2, -1), shift, strict=True):
        places = torch.arange(x.shape[axis])
        partner = places - step
        x = x.index_select(axis, places[(partner >= 0) & (partner < x.shape[axis])])
    return x


def _roll(x: Tensor, shift: Shift) -> Tensor:
    return x.roll(shift, (-2, -1))

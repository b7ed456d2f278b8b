"""What well-known mistakes in q5 (bias, stride and padding) return on given inputs."""

import math
from collections.abc import Sequence
from dataclasses import replace

import torch
from torch.nn import functional

from cnnlab.checks import Case, Form, Mistakes
from cnnlab.feedback.borders import Call, conv2d_expected, padding_mistakes
from cnnlab.feedback.sliding import by_loops, cross_correlation, one_side_for_both, windows
from labkit.diagnosis import Cause
from labkit.words import with_article


def conv2d_mistakes(
    image: torch.Tensor,
    kernel: torch.Tensor,
    bias: float = 0.0,
    stride: int = 1,
    padding: int = 0,
) -> Mistakes:
    """Mistakes of q5 for an image [H, W] and a kernel [kh, kw]."""
    call = Call(image.double(), kernel.double(), bias, stride, padding)
    padded = functional.pad(call.image, (padding,) * 4)
    return {
        **_bias_mistakes(call),
        **_stride_mistakes(call),
        **padding_mistakes(call),
        **_sum_mistakes(call),
        Cause("kernel_flipped", "the kernel is flipped: here, too, cross-correlation is asked"): (
            call.changed(kernel=call.kernel.flip(0, 1))
        ),
        Cause(
            "height_for_width",
            "the height is used for the width, too, in the image, in the kernel or in both. "
            "Columns are counted by shape[1]",
        ): one_side_for_both(padded, call.kernel, 0, stride, bias),
        Cause(
            "width_for_height",
            "the width is used for the height, too, in the image, in the kernel or in both. "
            "Rows are counted by shape[0]",
        ): one_side_for_both(padded, call.kernel, 1, stride, bias),
    }


def _bias_mistakes(call: Call) -> Mistakes:
    plain = replace(call, bias=0.0).result
    bias = call.bias
    bordered = Call(functional.pad(call.image, (call.padding,) * 4), call.kernel, 0, call.stride, 0)
    return {
        Cause("bias_left_out", "the bias is left out"): plain,
        Cause(
            "bias_per_tap",
            "the bias is added per tap, once for every entry of the kernel; add it once to each "
            "sum",
        ): plain + bias * call.kernel.numel(),
        Cause("bias_subtracted", "the bias is subtracted; add it"): plain - bias,
        Cause("bias_twice", "the bias is added twice; add it once to each sum"): plain + 2 * bias,
        Cause(
            "bias_on_pixels",
            "the bias is added to the pixels, so the kernel multiplies it; add it to the finished "
            "sum",
        ): [
            cross_correlation(call.image + bias, call.kernel, call.stride, call.padding),
            replace(bordered, image=bordered.image + bias).result,
        ],
        Cause("bias_on_kernel", "the bias is added to the kernel; add it to the finished sum"): (
            replace(call, kernel=call.kernel + bias, bias=0.0).result
        ),
        Cause("bias_multiplied", "the bias multiplies the sum; add it"): plain * bias,
        Cause("bias_only", "the bias alone is returned: the sum of the products is missing"): (
            torch.full_like(plain, bias)
        ),
        Cause("bias_once", "the bias is added to one place only; add it to every sum"): [
            _at(plain, bias, 0, 0),
            _at(plain, bias, -1, -1),
        ],
        Cause(
            "bias_grows",
            "the bias is added again for every window, so it grows from place to place: add it "
            "once to each sum",
        ): plain + bias * torch.arange(1.0, plain.numel() + 1).double().reshape(plain.shape),
    }


def _at(plain: torch.Tensor, bias: float, row: int, column: int) -> torch.Tensor:
    changed = plain.clone()
    changed[row, column] += bias
    return changed


def _stride_mistakes(call: Call) -> Mistakes:
    stride, right = call.stride, call.result
    dense = replace(call, stride=1).result
    rows, columns = right.shape
    bordered = functional.pad(call.image, (call.padding,) * 4)
    by_kernel = windows(bordered, call.kernel.shape, call.kernel.shape)
    own_size = (by_kernel * call.kernel).sum((-1, -2)) + call.bias
    one_more = call.changed(stride=stride + 1)
    return {
        Cause("stride_padding_swapped", "stride and padding are swapped"): call.changed(
            stride=call.padding, padding=stride
        ),
        Cause(
            "start_at_i",
            "the window starts at i instead of i * stride: the size is right, but the windows "
            "overlap as with stride 1",
        ): dense[:rows, :columns],
        Cause("stride_ignored", "the stride is ignored"): dense,
        Cause("stride_two", "the window moves by 2 where another stride is asked"): call.changed(
            stride=2
        ),
        Cause("stride_plus_one", "the stride is one too large"): one_more,
        Cause("stride_rows_only", "the stride acts on the rows only"): [
            dense[::stride],
            dense[::stride, :columns],
        ],
        Cause("stride_columns_only", "the stride acts on the columns only"): [
            dense[:, ::stride],
            dense[:rows, ::stride],
        ],
        Cause("stride_by_kernel", "the window moves by its own size; it must move by `stride`"): [
            own_size
        ],
        Cause(
            "rounded_up",
            "the number of windows is rounded up: a window that does not fit any more is not used",
        ): _rounded_up(call),
        Cause(
            "short_by_one",
            "the result is short by one: the `+ 1` is missing in the number of rows and columns, "
            "(H + 2 * padding - kh) // stride + 1",
        ): [right[:-1, :-1], right[:-1], right[:, :-1]],
        Cause(
            "stride_before_plus_one",
            "the `+ 1` is divided by the stride, too: it comes after the division, as in "
            "(H + 2 * padding - kh) // stride + 1",
        ): _cut(right, [(n - 1 + 1) // stride for n in dense.shape]),
        Cause("too_long", "the result is too long by one row and one column"): [
            functional.pad(right, (0, 1, 0, 1)),
            functional.pad(right, (0, 1, 0, 1), value=call.bias),
        ],
        Cause(
            "strided_buffer",
            "the result has the size for stride 1, and the windows of `stride` fill only its top "
            "left: divide the number of rows and columns by the stride",
        ): [functional.pad(right, (0, dense.shape[1] - columns, 0, dense.shape[0] - rows))],
        Cause(
            "spread_out",
            "the results stand `stride` places apart, with zeros between them: count the windows, "
            "not the pixels, in the result",
        ): _spread(dense, stride),
    }


def _cut(right: torch.Tensor, sides: list[int]) -> list[Form]:
    return [right[: sides[0], : sides[1]]]


def _spread(dense: torch.Tensor, stride: int) -> torch.Tensor:
    apart = torch.zeros_like(dense)
    apart[::stride, ::stride] = dense[::stride, ::stride]
    return apart


def _rounded_up(call: Call) -> list[Form]:
    """Results with ceil instead of floor: clipped last windows, or last entries never filled."""
    right = call.result
    missing = [
        math.ceil((side + 2 * call.padding - taps) / call.stride) + 1 - whole
        for side, taps, whole in zip(call.image.shape, call.kernel.shape, right.shape, strict=True)
    ]
    bordered = functional.pad(call.image, (call.padding,) * 4)
    roomy = functional.pad(bordered, (0, call.stride * missing[1], 0, call.stride * missing[0]))
    more = (0, missing[1], 0, missing[0])
    kh, kw = call.kernel.shape

    def cut(i: int, j: int) -> torch.Tensor:
        top, left = i * call.stride, j * call.stride
        return bordered[top : top + kh, left : left + kw]

    rows, columns = (whole + extra for whole, extra in zip(right.shape, missing, strict=True))
    looped = by_loops(call.kernel, rows, columns, cut)
    return [
        replace(call, image=roomy, padding=0).result,
        functional.pad(right, more),
        functional.pad(right, more, value=call.bias),
        looped + call.bias if isinstance(looped, torch.Tensor) else looped,
    ]


def _sum_mistakes(call: Call) -> Mistakes:
    bordered = functional.pad(call.image, (call.padding,) * 4)
    products = windows(bordered, call.kernel.shape, (call.stride,) * 2) * call.kernel
    dense = call.changed(bias=0.0, stride=1, padding=0)
    return {
        Cause("all_ignored", "bias, stride and padding are all ignored: this is q1"): dense,
        Cause("mean_of_products", "you take the mean of the products; their sum is asked"): (
            products.mean((-1, -2)) + call.bias
        ),
        Cause("largest_product", "you take the largest product; the sum of all is asked"): (
            products.amax((-1, -2)) + call.bias
        ),
        Cause("clipped", "negative results are set to 0: ReLU is not asked here"): (
            call.result.clamp(min=0)
        ),
    }


def strided_cases(
    random: torch.Generator, sizes: Sequence[tuple[int, int, int, int, float, int, int]]
) -> list[Case]:
    """A case of random numbers for each (height, width, rows, columns, bias, stride, padding)."""
    return [
        Case(
            f"{with_article(height)}×{width} image and {with_article(rows)}×{columns} kernel"
            f" with stride={stride}, padding={padding}" + (" and a bias" if bias else ""),
            (
                torch.randn(height, width, generator=random),
                torch.randn(rows, columns, generator=random),
            ),
            {"bias": bias, "stride": stride, "padding": padding},
        )
        for height, width, rows, columns, bias, stride, padding in sizes
    ]


__all__ = ["conv2d_expected", "conv2d_mistakes", "strided_cases"]

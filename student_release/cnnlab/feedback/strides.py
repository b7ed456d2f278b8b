"""What well-known mistakes in q5 (bias, stride and padding) return on given inputs."""

import math
from collections.abc import Sequence

import torch
from torch.nn import functional

from cnnlab.checks import RAISES, Case, Form, Mistakes
from cnnlab.diagnosis import Cause
from cnnlab.feedback.convolution import cross_correlation


def conv2d_expected(
    image: torch.Tensor,
    kernel: torch.Tensor,
    bias: float = 0.0,
    stride: int = 1,
    padding: int = 0,
) -> torch.Tensor:
    """The oracle of q5, in float64."""
    return cross_correlation(image, kernel, stride, padding) + bias


def conv2d_mistakes(
    image: torch.Tensor,
    kernel: torch.Tensor,
    bias: float = 0.0,
    stride: int = 1,
    padding: int = 0,
) -> Mistakes:
    """Mistakes of q5 for an image [H, W] and a kernel [kh, kw]."""
    image, kernel = image.double(), kernel.double()
    return {
        **_bias_mistakes(image, kernel, bias, stride, padding),
        **_stride_mistakes(image, kernel, bias, stride, padding),
        **_padding_mistakes(image, kernel, bias, stride, padding),
        Cause(
            "kernel_flipped", "the kernel is flipped: here, too, cross-correlation is asked"
        ): conv2d_expected(image, kernel.flip(0, 1), bias, stride, padding),
        Cause("all_ignored", "bias, stride and padding are all ignored: this is q1"): _if_it_fits(
            image, kernel, 0.0, 1, 0
        ),
    }


def _if_it_fits(
    image: torch.Tensor, kernel: torch.Tensor, bias: float, stride: int, padding: int
) -> list[torch.Tensor]:
    """The result as the only form of a mistake; no form if the kernel is larger than the image."""
    if any(side + 2 * padding < taps for side, taps in zip(image.shape, kernel.shape, strict=True)):
        return []
    return [conv2d_expected(image, kernel, bias, stride, padding)]


def _bias_mistakes(
    image: torch.Tensor, kernel: torch.Tensor, bias: float, stride: int, padding: int
) -> Mistakes:
    plain = cross_correlation(image, kernel, stride, padding)
    return {
        Cause("bias_left_out", "the bias is left out"): plain,
        Cause(
            "bias_per_tap",
            "the bias is added per tap, once for every entry of the kernel; add it once to each "
            "sum",
        ): plain + bias * kernel.numel(),
        Cause("bias_subtracted", "the bias is subtracted; add it"): plain - bias,
        Cause(
            "bias_on_pixels",
            "the bias is added to the pixels, so the kernel multiplies it; add it to the finished "
            "sum",
        ): [
            cross_correlation(image + bias, kernel, stride, padding),
            plain + bias * kernel.sum(),
        ],
        Cause("bias_multiplied", "the bias multiplies the sum; add it"): plain * bias,
    }


def _stride_mistakes(
    image: torch.Tensor, kernel: torch.Tensor, bias: float, stride: int, padding: int
) -> Mistakes:
    dense = conv2d_expected(image, kernel, bias, 1, padding)
    rows, columns = conv2d_expected(image, kernel, bias, stride, padding).shape
    by_kernel = dense[:: kernel.shape[0], :: kernel.shape[1]]
    swapped = _if_it_fits(image, kernel, bias, padding, stride) if padding else []
    ceil = "the number of windows is rounded up: a window that does not fit any more is not used"
    return {
        Cause("stride_padding_swapped", "stride and padding are swapped"): swapped,
        Cause(
            "start_at_i",
            "the window starts at i instead of i * stride: the size is right, but the windows "
            "overlap as with stride 1",
        ): dense[:rows, :columns],
        Cause("stride_ignored", "the stride is ignored"): dense,
        Cause("stride_rows_only", "the stride acts on the rows only"): [
            dense[::stride],
            dense[::stride, :columns],
        ],
        Cause("stride_columns_only", "the stride acts on the columns only"): [
            dense[:, ::stride],
            dense[:rows, ::stride],
        ],
        Cause(
            "stride_by_kernel", "the window moves by its own size; it must move by `stride`"
        ): by_kernel,
        Cause("rounded_up", ceil): _rounded_up(image, kernel, bias, stride, padding),
    }


def _rounded_up(
    image: torch.Tensor, kernel: torch.Tensor, bias: float, stride: int, padding: int
) -> list[Form]:
    """Results with ceil instead of floor: clipped last windows, or last entries never filled."""
    right = conv2d_expected(image, kernel, bias, stride, padding)
    missing = [
        math.ceil((side + 2 * padding - taps) / stride) + 1 - whole
        for side, taps, whole in zip(image.shape, kernel.shape, right.shape, strict=True)
    ]
    padded = functional.pad(image, (padding,) * 4)
    roomy = functional.pad(padded, (0, stride * missing[1], 0, stride * missing[0]))
    rows, columns = (whole + more for whole, more in zip(right.shape, missing, strict=True))
    return [
        conv2d_expected(roomy, kernel, bias, stride, 0),
        functional.pad(right, (0, missing[1], 0, missing[0])),
        functional.pad(right, (0, missing[1], 0, missing[0]), value=bias),
        _clipped(padded, kernel, bias, stride, rows, columns),
    ]


def _clipped(
    padded: torch.Tensor, kernel: torch.Tensor, bias: float, stride: int, rows: int, columns: int
) -> Form:
    """What loops give that cut windows beyond the border: slices that are too small."""
    output = torch.zeros(rows, columns, dtype=torch.float64)
    try:
        for place in range(rows * columns):
            first, start = (stride * at for at in divmod(place, columns))
            part = padded[first:, start:][: kernel.shape[0], : kernel.shape[1]]
            output.view(-1)[place] = (part * kernel).sum() + bias
    except RuntimeError:
        return RAISES
    return output


def _padding_mistakes(
    image: torch.Tensor, kernel: torch.Tensor, bias: float, stride: int, padding: int
) -> Mistakes:
    if padding == 0:
        return {}

    def after(
        left: int, right: int, top: int, bottom: int, mode: str = "constant", value: float = 0.0
    ) -> list[torch.Tensor]:
        """The result of padding by hand; nothing where torch refuses it."""
        try:
            padded = functional.pad(
                image[None, None],
                (left, right, top, bottom),
                mode,
                value if mode == "constant" else None,
            )[0, 0]
        except RuntimeError:  # reflect and circular refuse more padding than there are pixels
            return []
        return _if_it_fits(padded, kernel, bias, stride, 0)

    p = padding
    plain = after(0, 0, 0, 0)
    return {
        Cause("padding_ignored", "the padding is ignored"): plain,
        Cause(
            "one_side_padded",
            "only one side is padded: `padding` rows above and below, `padding` columns left and "
            "right",
        ): [
            *after(p, 0, p, 0),
            *after(0, p, 0, p),
            *after(2 * p, 0, 2 * p, 0),
            *after(0, 2 * p, 0, 2 * p),
        ],
        Cause("rows_padded_only", "only the rows are padded: columns need padding, too"): after(
            0, 0, p, p
        ),
        Cause("columns_padded_only", "only the columns are padded: rows need padding, too"): after(
            p, p, 0, 0
        ),
        Cause(
            "padded_afterwards", "the padding is done after the convolution; pad the image first"
        ): [functional.pad(result, (p, p, p, p)) for result in plain]
        + [functional.pad(result, (p, p, p, p), value=bias) for result in plain]
        + [functional.pad(result - bias, (p, p, p, p)) for result in plain],
        Cause("padded_with_ones", "the image is padded with ones; pad with zeros"): after(
            p, p, p, p, value=1.0
        ),
        Cause("padded_with_bias", "the image is padded with the bias; pad with zeros"): after(
            p, p, p, p, value=bias
        ),
        Cause(
            "padded_with_pixels",
            "the padding repeats or mirrors pixels of the image; pad with zeros",
        ): [
            *after(p, p, p, p, "reflect"),
            *after(p, p, p, p, "replicate"),
            *after(p, p, p, p, "circular"),
        ],
        Cause("padding_negative", "the padding is negative: the image is cut, not padded"): after(
            -p, -p, -p, -p
        ),
        Cause("padded_twice", "the image is padded twice"): after(2 * p, 2 * p, 2 * p, 2 * p),
        Cause(
            "padding_split",
            "the padding is split over the two sides; every side gets the whole `padding`",
        ): after(p // 2, p - p // 2, p // 2, p - p // 2),
    }


def strided_cases(
    random: torch.Generator, sizes: Sequence[tuple[int, int, int, int, float, int, int]]
) -> list[Case]:
    """A case of random numbers for each (height, width, rows, columns, bias, stride, padding)."""
    return [
        Case(
            f"a {height}×{width} image and a {rows}×{columns} kernel with stride={stride},"
            f" padding={padding}" + (" and a bias" if bias else ""),
            (
                torch.randn(height, width, generator=random),
                torch.randn(rows, columns, generator=random),
            ),
            {"bias": bias, "stride": stride, "padding": padding},
        )
        for height, width, rows, columns, bias, stride, padding in sizes
    ]

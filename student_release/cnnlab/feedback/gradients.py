"""What well-known mistakes in q17 (the gradient with respect to the kernel) return."""

import math
from collections.abc import Sequence

import torch
from torch.nn import functional

from cnnlab.checks import Case, Mistakes
from cnnlab.feedback.compare import agrees
from cnnlab.feedback.sliding import cross_correlation, windows
from cnnlab.feedback.values import as_float64, shape_of
from labkit.diagnosis import Cause
from labkit.words import with_article

TOLERANCE = 1e-5
"""An exact sum in float32 stays within it; differences taken in float32 do not."""

STEPS = tuple(digit * 10.0**-power for power in range(1, 9) for digit in (1, 2, 5))
"""Step sizes that students choose for finite differences."""


def kernel_gradient_expected(
    image: torch.Tensor, kernel: torch.Tensor, upstream: torch.Tensor
) -> torch.Tensor:
    """The oracle of q17, in float64: every window weighed with its entry of upstream."""
    views = windows(image, kernel.shape)
    return (views * upstream.double()[..., None, None]).sum((0, 1))


def kernel_gradient_mistakes(
    image: torch.Tensor, kernel: torch.Tensor, upstream: torch.Tensor
) -> Mistakes:
    """Mistakes of q17 for image [H, W], kernel [kh, kw] and upstream [H', W']."""
    image, kernel, upstream = image.double(), kernel.double(), upstream.double()
    views = windows(image, kernel.shape)
    by_position = views * upstream[..., None, None]
    right = by_position.sum((0, 1))

    def rounded(value: object) -> bool:
        """Is it right but for rounding? A wrong formula is not wrong in the third digit only."""
        near = agrees(value, right, 0.05) and not _is_cut(value)
        return near or float32_differences(value, image, kernel, upstream)

    plain, total = views.sum((0, 1)), upstream.sum()
    forward = cross_correlation(image, kernel)
    return {
        Cause(
            "rounding",
            "these are finite differences that drown in rounding: the step is too small for the"
            " precision. The loss is linear in the kernel, so take float64 and a large step, or add"
            " up the exact sum",
        ): rounded,
        Cause(
            "upstream_ignored",
            "upstream is ignored: every position counts as 1; weigh each window with its own entry "
            "of upstream",
        ): [plain, views.mean((0, 1))],
        Cause("upstream_summed", "upstream is summed up first; each window has its own entry"): [
            plain * each for each in (total, upstream.mean(), upstream.max(), upstream[0, 0])
        ],
        Cause(
            "mean_over_positions",
            "you take the mean over the positions; shared weights add up what every position "
            "contributes",
        ): by_position.mean((0, 1)),
        Cause(
            "one_position",
            "only one position counts: the kernel is used at every position, so sum over all",
        ): [by_position[0, 0], by_position[-1, -1]],
        Cause("one_axis_of_positions", "the sum runs over rows or columns of positions only"): [
            *by_position.sum(0),
            *by_position.sum(1),
            by_position.sum(0),
            by_position.sum(1),
        ],
        Cause(
            "sum_too_short",
            "the sum leaves out the last row or column of positions: a loop stops too early",
        ): [
            by_position[:-1].sum((0, 1)),
            by_position[:, :-1].sum((0, 1)),
            by_position[:-1, :-1].sum((0, 1)),
        ],
        Cause(
            "sum_starts_late",
            "the sum leaves out the first row or column of positions: a loop starts too late",
        ): [
            by_position[1:].sum((0, 1)),
            by_position[:, 1:].sum((0, 1)),
            by_position[1:, 1:].sum((0, 1)),
        ],
        Cause(
            "wrong_axes",
            "the sum runs over the wrong axes: sum over positions, keep the axes of the kernel",
        ): [by_position.sum((2, 3)), views.sum((2, 3))],
        Cause("not_summed", "what the positions contribute is not added up"): by_position,
        Cause("flipped", "the gradient is flipped: that belongs to true convolution"): [
            right.flip(0, 1),
            right.flip(0),
            right.flip(1),
        ],
        Cause("upstream_flipped", "upstream is flipped: cross-correlate with it as it stands"): [
            cross_correlation(image, upstream.flip(*axes)) for axes in ((0, 1), (0,), (1,))
        ],
        Cause(
            "kernel_multiplied",
            "the kernel is multiplied in: the output is linear in the kernel, so its own values "
            "drop out",
        ): [right * kernel, plain * kernel],
        Cause("kernel_added", "the kernel is added to the gradient"): right + kernel,
        Cause("descent_step", "that is the kernel after a step against the gradient"): [
            kernel - rate * right for rate in (1.0, 0.5, 0.1, 0.01, 0.001)
        ],
        Cause("convolution_itself", "that is the convolution itself, not its gradient"): [
            forward,
            forward * upstream,
        ],
        Cause("loss", "that is the loss itself, not its gradient"): (forward * upstream).sum(),
        Cause("difference_undivided", "the change of the loss is not divided by the step h"): [
            sides * step * right for step in STEPS if step <= 0.1 for sides in (1, 2)
        ],
        Cause("squared_loss", "the loss is squared, or upstream is: L is linear in the output"): [
            2 * (forward * upstream).sum() * right,
            (views * upstream.square()[..., None, None]).sum((0, 1)),
            (views * (2 * forward * upstream)[..., None, None]).sum((0, 1)),
            (views * (forward * upstream)[..., None, None]).sum((0, 1)),
        ],
        Cause(
            "image_gradient",
            "that is the gradient with respect to the image; the kernel's is asked",
        ): functional.conv_transpose2d(upstream[None, None], kernel[None, None])[0, 0],
        Cause("bias_gradient", "that is the gradient with respect to a bias"): [
            total.expand_as(right),
            total,
            torch.ones_like(right),
            upstream.max().expand_as(right),
        ],
        Cause("image_padded", "the image is padded first; the cross-correlation has no padding"): (
            cross_correlation(image, upstream, padding=1)
        ),
        Cause("strided", "only every second position counts; the stride is 1"): (
            by_position[::2, ::2].sum((0, 1))
        ),
        Cause("same_pixels", "every weight gets the gradient of K(0, 0): its rectangle moves"): (
            right[:1, :1].expand_as(right)
        ),
        Cause("upstream_returned", "upstream itself comes back: the image is not used"): upstream,
        Cause("halved", "every entry is half of what it should be: divide by h, not by 2h"): (
            right / 2
        ),
        Cause("twice", "every entry is twice what it should be: divide by 2h, not by h"): 2 * right,
        Cause(
            "normalised",
            "the gradient is divided by a size (the number of pixels, of weights, or its own"
            " length): it is asked as it is",
        ): [right / image.numel(), right / kernel.numel(), right / right.norm()],
    }


def _is_cut(value: object) -> bool:
    """Is every number rounded to a few decimals? Those of finite differences are not."""
    numbers = as_float64(value)
    if numbers is None:
        return False
    return any(torch.allclose(numbers, numbers.round(decimals=n), 0, 1e-9) for n in range(5))


def float32_differences(
    value: object, image: torch.Tensor, kernel: torch.Tensor, upstream: torch.Tensor
) -> bool:
    """Does `value` look like (L(k + h) - L(k)) / h, or (L(k + h) - L(k - h)) / 2h, in float32?

    Two float32 numbers near L differ by a multiple of their spacing, 2^-23 times a power of two
    near |L|. So for the step h that was used, every entry times h is a multiple of the spacing:
    chance does not do that to a whole kernel of numbers.
    """
    numbers = as_float64(value)
    if numbers is None or shape_of(value) != tuple(kernel.shape) or numbers.numel() < 4:
        return False
    if len(numbers.unique()) < 3 or torch.equal(numbers, numbers.round()):
        return False  # too few different digits to tell noise from a formula
    loss = float((cross_correlation(image, kernel) * upstream.double()).sum().abs())
    power = math.floor(math.log2(max(loss, 1e-6)))
    for step in STEPS:
        for exponent in range(power - 3, power + 2):
            spacing = 2.0 ** (exponent - 23)
            counts = (numbers * step / spacing).abs()
            whole = counts.round()
            # A float32 quotient has seven digits; beyond some 20,000 they cannot tell any more.
            exact = (counts - whole).abs() <= 1e-4 + 1e-6 * whole
            if bool(exact.all()) and 1 <= float(whole.max()) < 2e4:
                return True
    return False


Inputs = tuple[torch.Tensor, torch.Tensor, torch.Tensor]


def random_inputs(
    random: torch.Generator, height: int, width: int, rows: int, columns: int
) -> Inputs:
    """A random image [height, width], kernel [rows, columns] and upstream, in float64."""
    shapes = (height, width), (rows, columns), (height - rows + 1, width - columns + 1)
    image, kernel, upstream = (
        torch.randn(shape, generator=random, dtype=torch.float64) for shape in shapes
    )
    return image, kernel, upstream


def gradient_cases(
    random: torch.Generator, sizes: Sequence[tuple[int, int, int, int]]
) -> list[Case]:
    """A case of random numbers for each (height, width, rows, columns)."""
    return [
        Case(
            f"{with_article(height)}×{width} image and {with_article(rows)}×{columns} kernel",
            random_inputs(random, height, width, rows, columns),
        )
        for height, width, rows, columns in sizes
    ]


def with_differences(
    random: torch.Generator, height: int, width: int, rows: int, columns: int
) -> tuple[Inputs, torch.Tensor]:
    """Random inputs, and the gradient by finite differences with a step of 1: L is linear."""
    image, kernel, upstream = random_inputs(random, height, width, rows, columns)
    expected = torch.zeros_like(kernel)
    for m in range(rows):
        for n in range(columns):
            step = torch.zeros_like(kernel)
            step[m, n] = 1
            expected[m, n] = (cross_correlation(image, step) * upstream).sum()
    return (image, kernel, upstream), expected

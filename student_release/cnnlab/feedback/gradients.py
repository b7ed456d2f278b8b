"""What well-known mistakes in q17 (the gradient with respect to the kernel) return."""

import math

import torch
from torch.nn import functional

from cnnlab.feedback.compare import Mistakes, agrees, diagnose
from cnnlab.feedback.convolution import cross_correlation, windows
from cnnlab.feedback.on_demand import on_demand
from cnnlab.feedback.values import as_float64, shape_of

TOLERANCE = 1e-5
"""An exact sum in float32 stays within it; differences taken in float32 do not."""

STEPS = tuple(digit * 10.0**-power for power in range(1, 9) for digit in (1, 2, 5))
"""Step sizes that students choose for finite differences."""


def gradient_problem(
    seen: object,
    expected: torch.Tensor,
    inputs: tuple[torch.Tensor, torch.Tensor, torch.Tensor],
    case: str,
) -> str | None:
    """What is wrong with one observed `kernel_gradient(image, kernel, upstream)`; None if right."""
    value = seen.get("value") if isinstance(seen, dict) else None
    mistakes = kernel_gradient_mistakes(*inputs)
    # Larger steps are nearly right: a wrong formula is not wrong in the third digit only.
    if agrees(value, expected, 0.02) or float32_differences(value, *inputs):
        noise = (
            "these are finite differences in float32: the change of the loss drowns in rounding. "
            "Take them in float64, or add up the exact sum"
        )
        mistakes |= {noise: torch.as_tensor(as_float64(value))}
    return diagnose(
        seen,
        expected,
        mistakes,
        question="q17",
        name="kernel_gradient",
        case=case,
        tolerance=TOLERANCE,
    )


@on_demand
def kernel_gradient_mistakes(
    image: torch.Tensor, kernel: torch.Tensor, upstream: torch.Tensor
) -> Mistakes:
    """Mistakes of q17 for image [H, W], kernel [kh, kw] and upstream [H', W']."""
    image, kernel, upstream = image.double(), kernel.double(), upstream.double()
    views = windows(image, kernel.shape)
    by_position = views * upstream[..., None, None]
    right = by_position.sum((0, 1))
    return {
        "upstream is ignored: every position counts as 1; weigh each window with its own entry "
        "of upstream": [views.sum((0, 1)), views.mean((0, 1))],
        "upstream is summed up first; each window has its own entry": [
            views.sum((0, 1)) * upstream.sum(),
            views.sum((0, 1)) * upstream.mean(),
            views.sum((0, 1)) * upstream.max(),
        ],
        "you take the mean over the positions; shared weights add up what every position "
        "contributes": by_position.mean((0, 1)),
        "only one position counts: the kernel is used at every position, so sum over all of them": [
            by_position[0, 0],
            by_position[-1, -1],
        ],
        "the sum runs over rows or columns of positions only": [
            *by_position.sum(0),
            *by_position.sum(1),
            by_position.sum(0),
            by_position.sum(1),
        ],
        "the sum runs over the wrong axes: sum over positions, keep the axes of the kernel": [
            by_position.sum((2, 3)),
            upstream * views.sum((2, 3)),
        ],
        "the gradient is flipped: that belongs to true convolution": right.flip(0, 1),
        "the kernel is multiplied in: the output is linear in the kernel, so its own values "
        "drop out": right * kernel,
        "that is the convolution itself, not its gradient": cross_correlation(image, kernel),
        "that is the gradient with respect to the image; the kernel's is "
        "asked": functional.conv_transpose2d(upstream[None, None], kernel[None, None])[0, 0],
        "that is the gradient with respect to a bias": [
            upstream.sum().expand_as(right),
            upstream.sum(),
            torch.ones_like(right),
            upstream.max().expand_as(right),
        ],
    }


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

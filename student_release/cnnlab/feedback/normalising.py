"""What well-known mistakes in q21's `batch_norm` return; each is computed."""

from collections.abc import Sequence

import torch
from torch import Tensor

from cnnlab.checks import RAISES, Case, Mistakes
from cnnlab.diagnosis import Cause

TOLERANCE = 1e-4


def norm_cases(
    random: torch.Generator, sizes: Sequence[tuple[int, int, int, int, float]]
) -> list[Case]:
    """One case for each (images, channels, rows, columns, eps), of values that are not centred."""
    cases: list[Case] = []
    for count, channels, rows, columns, eps in sizes:
        spread = 0.3 + torch.rand(channels, 1, 1, generator=random)
        centre = torch.randn(channels, 1, 1, generator=random)
        x = centre + spread * torch.randn(count, channels, rows, columns, generator=random)
        gamma = 0.5 + torch.rand(channels, generator=random)
        beta = torch.randn(channels, generator=random)
        words = f"x of shape [{count}, {channels}, {rows}, {columns}], eps={eps:g}"
        cases.append(Case(words, (x, gamma, beta, eps)))
    return cases


def _along(vector: Tensor) -> Tensor:
    return vector.double()[:, None, None]


def _normed(x: Tensor, axes: tuple[int, ...], eps: float, unbiased: bool = False) -> Tensor:
    mean = x.mean(axes, keepdim=True)
    divisor = x.var(axes, correction=1 if unbiased else 0, keepdim=True) + eps
    return (x - mean) / divisor.sqrt()


def expected_norm(x: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> Tensor:
    """The oracle of q21, in float64: batch normalisation in training mode."""
    return _normed(x.double(), (0, 2, 3), eps) * _along(gamma) + _along(beta)


def norm_mistakes(x: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> Mistakes:
    """Mistakes of q21 for x [N,C,H,W], gamma [C], beta [C] and eps."""
    x, g, b = x.double(), _along(gamma), _along(beta)
    axes = (0, 2, 3)
    mean, variance = x.mean(axes, keepdim=True), x.var(axes, correction=0, keepdim=True)
    deviation = variance.sqrt()
    plain = (x - mean) / (variance + eps).sqrt()
    last = x.shape[-1] == len(gamma)
    wide_g, wide_b = gamma.double(), beta.double()
    return {
        _EPS_OUTSIDE: [(x - mean) / (deviation + eps) * g + b],
        _NO_EPS: [(x - mean) / (variance + other).sqrt() * g + b for other in (0.0, 1e-5, 1e-3)],
        _UNBIASED: [_normed(x, axes, eps, unbiased=True) * g + b],
        _NO_ROOT: [(x - mean) / (variance + eps) * g + b],
        _MULTIPLIED: [(x - mean) * (variance + eps).sqrt() * g + b],
        _NO_MEAN: [x / (variance + eps).sqrt() * g + b],
        _NOT_DIVIDED: [(x - mean) * g + b],
        _NO_GAMMA: [plain + b],
        _NO_BETA: [plain * g],
        _NEITHER: [plain],
        _SWAPPED: [plain * b + g],
        _BETA_FIRST: [(plain + b) * g],
        _BETA_TAKEN: [plain * g - b],
        _PER_IMAGE: [_normed(x, (2, 3), eps) * g + b],
        _ALL_CHANNELS: [_normed(x, (0, 1, 2, 3), eps) * g + b],
        _LAYER_NORM: [_normed(x, (1, 2, 3), eps) * g + b],
        _PER_PIXEL: [_normed(x, (0,), eps) * g + b],
        _OVER_CHANNELS: [_normed(x, (1,), eps) * g + b],
        _EVALUATION: [x / (1 + eps) ** 0.5 * g + b],
        _LAST_AXIS: [plain * wide_g + wide_b] if last else RAISES,
    }


_EPS_OUTSIDE = Cause("eps_outside_root", "eps is added to the root: it belongs to the variance")
_NO_EPS = Cause(
    "eps_ignored",
    "the argument `eps` is not used, nothing or a fixed number stands in its place: add it to the"
    " variance",
)
_UNBIASED = Cause(
    "unbiased_variance",
    "the variance is divided by one less than the number of values, as `var` does by default:"
    " divide by their number (`correction=0`)",
)
_NO_ROOT = Cause("root_missing", "it is divided by the variance: take its square root first")
_MULTIPLIED = Cause("multiplied", "it is multiplied by the standard deviation, not divided by it")
_NO_MEAN = Cause("mean_not_subtracted", "the mean is not subtracted")
_NOT_DIVIDED = Cause("not_divided", "only the mean is subtracted: divide by the deviation, too")
_NO_GAMMA = Cause("gamma_missing", "gamma is not used")
_NO_BETA = Cause("beta_missing", "beta is not used")
_NEITHER = Cause("gamma_and_beta_missing", "gamma and beta are not used")
_SWAPPED = Cause("gamma_beta_swapped", "gamma and beta are swapped: gamma is the factor")
_BETA_FIRST = Cause("beta_before_gamma", "beta is added before multiplying: gamma comes first")
_BETA_TAKEN = Cause("beta_subtracted", "beta is subtracted: it must be added")
_PER_IMAGE = Cause(
    "per_image",
    "every image is normalised by itself (instance norm): mean and variance go over the batch, too",
)
_ALL_CHANNELS = Cause(
    "over_everything",
    "one mean and one variance are taken over everything: each channel has its own",
)
_LAYER_NORM = Cause(
    "layer_norm", "every image is normalised over its channels (layer norm), not over the batch"
)
_PER_PIXEL = Cause(
    "over_batch_only", "mean and variance go over the batch only: rows and columns count, too"
)
_OVER_CHANNELS = Cause(
    "over_channels", "mean and variance go over the channels, the one axis that they must not"
)
_EVALUATION = Cause(
    "evaluation_mode",
    "x is not normalised by its own mean and variance, as in evaluation mode with running averages"
    " that nobody has filled",
)
_LAST_AXIS = Cause(
    "last_axis",
    "gamma and beta are laid along the columns: give them the shape [C, 1, 1], so that they go with"
    " the channels",
)

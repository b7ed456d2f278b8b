"""What well-known mistakes in q6 (ReLU and max pooling) return on given inputs."""

import torch
from torch.nn import functional

from cnnlab.feedback.compare import Mistakes, agrees, call_problem, tensor_problem
from cnnlab.feedback.convolution import windows
from cnnlab.feedback.on_demand import on_demand
from cnnlab.feedback.values import as_float64

ODD_SIDES_HINT = (
    "A window must lie inside the image: (H - k) // stride + 1 rows, rounded down, so that the "
    "pixels left over at the border are dropped"
)


@on_demand
def relu_mistakes(x: torch.Tensor) -> Mistakes:
    """Mistakes of `relu`, for any shape."""
    x = x.double()
    return {
        "relu returns absolute values; negative numbers become 0": x.abs(),
        "relu leaks: negative numbers become 0, not a small negative number": [
            functional.leaky_relu(x, slope) for slope in (0.01, 0.1, 0.2)
        ],
        "relu returns a sigmoid or tanh curve; max(0, x) is asked": [x.sigmoid(), x.tanh()],
        "relu keeps the negative numbers and drops the positive ones": [
            x.clamp(max=0),
            (-x).relu(),
        ],
        "relu says whether a number is positive; it must keep the number itself": (x > 0).double(),
        "relu changes nothing: negative numbers must become 0": x,
        "relu cuts large numbers off, too": [x.clamp(0, 1), x.clamp(0, 6)],
        "relu returns one number for the whole tensor; max(0, x) is taken entry by "
        "entry": x.max().clamp(min=0),
        "relu returns a smooth curve; max(0, x) has a corner at 0": [
            functional.gelu(x),
            functional.softplus(x),
            functional.silu(x),
            functional.elu(x),
        ],
    }


def max_pool_expected(x: torch.Tensor, kernel_size: int, stride: int | None) -> torch.Tensor:
    """The oracle of `max_pool2d`: [H, W] → [H', W'], in float64."""
    return functional.max_pool2d(x.double()[None, None], kernel_size, stride)[0, 0]


@on_demand
def max_pool_mistakes(x: torch.Tensor, kernel_size: int, stride: int | None) -> Mistakes:
    """Mistakes of `max_pool2d` for x [H, W]."""
    x = x.double()
    step = kernel_size if stride is None else stride
    views = windows(x, (kernel_size, kernel_size), (step, step))
    flat = views.flatten(-2)
    right = flat.amax(-1)
    return {
        "the search for the maximum starts at 0, so a window of negative numbers gives 0: start "
        "with a pixel of the window": right.clamp(min=0),
        "you return the position of the maximum (argmax); its value is asked": [
            flat.argmax(-1),
            functional.max_pool2d(x[None, None], kernel_size, step, return_indices=True)[1][0, 0],
        ],
        "you return the mean of each window; its maximum is asked": flat.mean(-1),
        "you return the smallest number of each window; its largest is asked": flat.amin(-1),
        "you return the sum of each window; its maximum is asked": flat.sum(-1),
        "you return one corner of each window, without comparing its numbers": [
            views[..., row, column] for row in (0, -1) for column in (0, -1)
        ],
        "you return the largest absolute value; signs count": flat.abs().amax(-1),
        **_wrong_steps(x, kernel_size, step),
        **_wrong_borders(x, kernel_size, step),
    }


def nan_problem(seen: object, x: torch.Tensor, kernel_size: int) -> str | None:
    """Where x [H, W] holds NaN, so must its windows' maxima; elsewhere nothing may change."""
    problem = call_problem(seen, name="max_pool2d")
    if problem is not None:
        return f"q6: {problem}."
    expected = max_pool_expected(x, kernel_size, None)
    value = seen["value"]  # pyright: ignore[reportIndexIssue]
    got = as_float64(value)
    if got is None or got.shape != expected.shape:
        problem = tensor_problem(value, tuple(expected.shape), name="max_pool2d")
        return f"q6: {problem}. (Seen on an image that contains NaN.)"
    if bool((got.isnan() != expected.isnan()).any()):
        return (
            "q6: NaN (not a number) gets lost: the maximum of a window that holds NaN is NaN, so "
            "that a broken pixel is not hidden. Every comparison with NaN is False; torch.max "
            "and Tensor.max take care of it."
        )
    if agrees(got.nan_to_num(0.0), expected.nan_to_num(0.0)):
        return None
    return "q6: max_pool2d gives wrong maxima for windows beside one that contains NaN."


def _pooled(x: torch.Tensor, rows: int, columns: int, down: int, right: int) -> torch.Tensor:
    """Maxima of windows [rows, columns]; empty where no window fits."""
    if rows > x.shape[0] or columns > x.shape[1]:
        return torch.empty(0, 0)
    return windows(x, (rows, columns), (down, right)).amax((-1, -2))


def _wrong_steps(x: torch.Tensor, k: int, step: int) -> Mistakes:
    right = _pooled(x, k, k, step, step)
    dense = _pooled(x, k, k, 1, 1)
    return {
        "the stride is ignored: the window moves by its own size": _pooled(x, k, k, k, k),
        "the window moves by one pixel; without a `stride` it moves by kernel_size, with one by "
        "`stride`": [dense, dense[: right.shape[0], : right.shape[1]]],
        "kernel_size is ignored: the window is always 2×2": [
            _pooled(x, 2, 2, 2, 2),
            _pooled(x, 2, 2, step, step),
            _pooled(x, 2, 2, step, step)[: right.shape[0], : right.shape[1]],
        ],
        "stride and kernel_size are swapped": _pooled(x, step, step, k, k),
        "only the rows are pooled: the window has columns, too": [
            _pooled(x, k, 1, step, 1),
            _pooled(x, k, 1, step, step),
        ],
        "only the columns are pooled: the window has rows, too": [
            _pooled(x, 1, k, 1, step),
            _pooled(x, 1, k, step, step),
        ],
        "the window is too large by one": [
            _pooled(x, k + 1, k + 1, step, step),
            _clipped(x, k + 1, step)[: right.shape[0], : right.shape[1]],
        ],
        "the maximum of the whole image is taken; each window has its own": [
            x.max().expand_as(right),
            # For a single window, one number without axes is a matter of shape, named elsewhere.
            *([x.max(), x.max().reshape(1, 1)] if right.numel() > 1 else []),
        ],
    }


def _wrong_borders(x: torch.Tensor, k: int, step: int) -> Mistakes:
    right = _pooled(x, k, k, step, step)
    up = functional.max_pool2d(x[None, None], k, step, ceil_mode=True)[0, 0]
    padding = (0, (-x.shape[1]) % k, 0, (-x.shape[0]) % k)
    dropped = "the number of windows is rounded up: a window that reaches over the border is "
    dropped += "dropped, not cut or padded"
    return {
        dropped: [up, _pooled(functional.pad(x, padding), k, k, step, step), _clipped(x, k, step)],
        "there is one row and one column too few": right[:-1, :-1],
    }


def _clipped(x: torch.Tensor, k: int, step: int) -> torch.Tensor:
    """Windows that start at every multiple of `step` inside the image, cut at its border."""
    room = functional.pad(x, (0, k, 0, k), value=float("-inf"))
    starts = room[: x.shape[0] + k - 1, : x.shape[1] + k - 1]
    return windows(starts, (k, k), (step, step)).amax((-1, -2))

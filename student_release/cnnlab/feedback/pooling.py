"""What well-known mistakes in the max pooling of q6 return on given inputs."""

from typing import Any

import torch
from torch.nn import functional

from cnnlab.checks import RAISES, Forms, Mistakes, require
from cnnlab.feedback.calls import call_symptom
from cnnlab.feedback.compare import agrees, tensor_symptom
from cnnlab.feedback.sliding import windows
from cnnlab.feedback.values import as_float64
from cnnlab.probes import observe, probe
from labkit.diagnosis import Cause, Diagnosis, fail, sentence


def max_pool_expected(x: torch.Tensor, kernel_size: int, stride: int | None = None) -> torch.Tensor:
    """The oracle of `max_pool2d`: [H, W] → [H', W'], in float64."""
    return functional.max_pool2d(x.double()[None, None], kernel_size, stride)[0, 0]


def max_pool_mistakes(x: torch.Tensor, kernel_size: int, stride: int | None = None) -> Mistakes:
    """Mistakes of `max_pool2d` for x [H, W]."""
    x = x.double()
    step = kernel_size if stride is None else stride
    views = windows(x, (kernel_size, kernel_size), (step, step))
    flat = views.flatten(-2)
    right = flat.amax(-1)
    return {
        Cause(
            "starts_at_0",
            "the search for the maximum starts at 0, so a window of negative numbers gives 0: "
            "start with a pixel of the window",
        ): right.clamp(min=0),
        Cause(
            "position",
            "you return the position of the maximum (argmax); its value is asked",
        ): [
            flat.argmax(-1),
            functional.max_pool2d(x[None, None], kernel_size, step, return_indices=True)[1][0, 0],
        ],
        Cause("mean", "you return the mean of each window; its maximum is asked"): flat.mean(-1),
        Cause(
            "minimum", "you return the smallest number of each window; its largest is asked"
        ): flat.amin(-1),
        Cause("sum", "you return the sum of each window; its maximum is asked"): flat.sum(-1),
        Cause("median", "you return the median of each window; its maximum is asked"): [
            flat.median(-1).values,
            flat.quantile(0.5, -1),
        ],
        Cause("corner", "you return one corner of each window, without comparing its numbers"): [
            views[..., row, column] for row in (0, -1) for column in (0, -1)
        ],
        Cause("absolute_largest", "you return the largest absolute value; signs count"): [
            flat.abs().amax(-1),
            flat.gather(-1, flat.abs().argmax(-1, keepdim=True))[..., 0],
        ],
        Cause(
            "part_of_window",
            "only a part of each window is looked at: its last row or column is left out",
        ): _parts(views, right),
        Cause(
            "row_of_window", "you look at one row or column of each window; its largest is asked"
        ): [views[..., 0, :].amax(-1), views[..., :, 0].amax(-1)],
        Cause("last_not_written", "the last row or column of the result is never written"): [
            _zeroed(right, rows, columns) for rows, columns in ((1, 0), (0, 1), (1, 1))
        ],
        Cause("squeezed", "sides of length 1 are dropped: keep all dimensions"): right.squeeze(),
        Cause(
            "batch_axes", "the result has more axes than [H', W']: take the first ones off again"
        ): [right[None], right[None, None]],
        **_wrong_steps(x, kernel_size, step),
        **_wrong_borders(x, kernel_size, step),
        **_wrong_arguments(x, kernel_size, stride),
    }


def _zeroed(right: torch.Tensor, rows: int, columns: int) -> torch.Tensor:
    """`right` with some of its last rows and columns left at 0."""
    kept = right[: right.shape[0] - rows, : right.shape[1] - columns]
    return functional.pad(kept, (0, columns, 0, rows))


def _parts(views: torch.Tensor, right: torch.Tensor) -> Forms:
    if views.shape[-1] < 2:
        return right
    return [
        views[..., :-1, :-1].amax((-1, -2)),
        views[..., :-1, :].amax((-1, -2)),
        views[..., :, :-1].amax((-1, -2)),
    ]


def check_nan(question: str, name: str, function: Any, x: torch.Tensor, kernel_size: int) -> None:
    """Raise `CheckFailed` unless windows of x [H, W] that hold NaN, and no others, give NaN."""
    require(question, name, function)
    fail(nan_problem(question, name, probe(observe, function, x, kernel_size), x, kernel_size))


def nan_problem(
    question: str, name: str, seen: Any, x: torch.Tensor, kernel_size: int
) -> Diagnosis | None:
    """What is wrong with an observed call on x [H, W], which holds NaN; None if nothing."""
    words = "an image that contains NaN"
    symptom = call_symptom(seen, name)
    expected = max_pool_expected(x, kernel_size)
    value = None if symptom else seen["value"]
    got = as_float64(value)
    if symptom is None and (got is None or got.shape != expected.shape):
        symptom = tensor_symptom(value, tuple(expected.shape), name=name)
    if symptom is not None or got is None:
        text = symptom.text if symptom else f"{name} could not be read"
        place, told = (symptom.place, symptom.symptom) if symptom else (None, "kind")
        causes = symptom.causes if symptom else ()
        return Diagnosis(sentence(question, text, words), causes, told, place)
    if bool((got.isnan() & ~expected.isnan()).any()):
        text = "windows without NaN give NaN, too: only the windows that hold it do"
        return Diagnosis(sentence(question, text, words), symptom="nan_spread")
    if not agrees(got.nan_to_num(0.0)[~expected.isnan()], expected[~expected.isnan()]):
        text = f"{name} gives wrong maxima for windows beside one that contains NaN"
        return Diagnosis(sentence(question, text, words), symptom="values")
    if bool((got.isnan() != expected.isnan()).any()):
        return Diagnosis(sentence(question, NAN_LOST, words), symptom="nan_lost")
    return None


NAN_LOST = (
    "NaN (not a number) gets lost: the maximum of a window that holds NaN is NaN, so that a broken "
    "pixel is not hidden. Every comparison with NaN is False; torch.max and Tensor.max take care "
    "of it"
)
"""No cause: whoever starts the search at 0 loses NaN, too."""


def _pooled(x: torch.Tensor, rows: int, columns: int, down: int, right: int) -> torch.Tensor:
    """Maxima of windows [rows, columns]; empty where no window fits."""
    if rows > x.shape[0] or columns > x.shape[1]:
        return torch.empty(0, 0)
    return windows(x, (rows, columns), (down, right)).amax((-1, -2))


def _wrong_arguments(x: torch.Tensor, k: int, stride: int | None) -> Mistakes:
    """Mistakes in how kernel_size and stride are read."""
    right = max_pool_expected(x, k, stride)
    default = Cause(
        "default_stride_2", "without a `stride` the window moves by two pixels, not by kernel_size"
    )
    swapped = Cause("stride_and_kernel_swapped", "stride and kernel_size are swapped")
    width = Cause("window_is_stride", "the window is as wide as the stride; it is kernel_size wide")
    if stride is None:
        return {default: _pooled(x, k, k, 2, 2), swapped: right, width: right}
    return {
        default: right,
        swapped: _pooled(x, stride, stride, k, k),
        width: _clipped(x, stride, stride)[: right.shape[0], : right.shape[1]],
    }


def _wrong_steps(x: torch.Tensor, k: int, step: int) -> Mistakes:
    right = _pooled(x, k, k, step, step)
    dense = _pooled(x, k, k, 1, 1)
    return {
        Cause("stride_ignored", "the stride is ignored: the window moves by its own size"): _pooled(
            x, k, k, k, k
        ),
        Cause(
            "moves_by_one",
            "the window moves by one pixel; without a `stride` it moves by kernel_size, with one "
            "by `stride`",
        ): [dense, dense[: right.shape[0], : right.shape[1]]],
        Cause(
            "stride_always_2", "the window always moves by two pixels, whatever `stride` says"
        ): _pooled(x, k, k, 2, 2),
        Cause("kernel_always_2", "kernel_size is ignored: the window is always 2×2"): [
            _pooled(x, 2, 2, 2, 2),
            _pooled(x, 2, 2, step, step),
            _pooled(x, 2, 2, step, step)[: right.shape[0], : right.shape[1]],
        ],
        Cause("rows_only", "only the rows are pooled: the window has columns, too"): [
            _pooled(x, k, 1, step, 1),
            _pooled(x, k, 1, step, step),
        ],
        Cause("columns_only", "only the columns are pooled: the window has rows, too"): [
            _pooled(x, 1, k, 1, step),
            _pooled(x, 1, k, step, step),
        ],
        Cause("window_too_large", "the window is too large by one"): [
            _pooled(x, k + 1, k + 1, step, step),
            _clipped(x, k + 1, step)[: right.shape[0], : right.shape[1]],
        ],
        Cause("whole_image", "the maximum of the whole image is taken; each window has its own"): [
            x.max().expand_as(right),
            # For a single window, one number without axes is a matter of shape, named elsewhere.
            *([x.max(), x.max().reshape(1, 1)] if right.numel() > 1 else []),
        ],
        Cause("repeated", "each maximum is written over its whole window: write it once"): [
            right.repeat_interleave(k, 0).repeat_interleave(k, 1)
        ],
        Cause("one_direction", "the window moves by one pixel in one direction"): [
            _pooled(x, k, k, step, 1),
            _pooled(x, k, k, 1, step),
            _pooled(x, k, k, step, 1)[:, : right.shape[1]],
            _pooled(x, k, k, 1, step)[: right.shape[0]],
        ]
        if step > 1
        else right,
    }


def _wrong_borders(x: torch.Tensor, k: int, step: int) -> Mistakes:
    right = _pooled(x, k, k, step, step)
    up = functional.max_pool2d(x[None, None], k, step, ceil_mode=True)[0, 0]
    padding = (0, (-x.shape[1]) % k, 0, (-x.shape[0]) % k)
    padded = functional.max_pool2d(x[None, None], k, step, padding=k // 2)[0, 0]
    rest = (x.shape[0] - k) % step or (x.shape[1] - k) % step
    dropped = "a window that reaches over the border is dropped, not cut or padded"
    table: dict[Cause, Forms] = {
        Cause("rounded_up", f"the number of windows is rounded up: {dropped}"): [
            up,
            _pooled(functional.pad(x, padding), k, k, step, step),
            _clipped(x, k, step),
        ],
        Cause("padded", f"the image is padded: {dropped}"): [
            padded,
            _pooled(functional.pad(x, (k // 2,) * 4), k, k, step, step),
        ],
        Cause("too_few_windows", "there is one row and one column too few"): right[:-1, :-1],
        Cause("one_row_too_few", "there is one row or one column too few"): [
            right[:-1],
            right[:, :-1],
        ],
        Cause(
            "sides_divided",
            "there are H // stride rows; a window must fit completely: (H - k) // stride + 1",
        ): _clipped(x, k, step)[: x.shape[0] // step, : x.shape[1] // step],
    }
    stops = Cause(
        "stops_at_rest",
        "it stops where the sides leave a rest: the number of windows is (H - k) // stride + 1, "
        "rounded down, and the pixels left over at the border are dropped",
    )
    if step == k:
        table[stops] = RAISES if rest else right
    return table


def _clipped(x: torch.Tensor, k: int, step: int) -> torch.Tensor:
    """Windows that start at every multiple of `step` inside the image, cut at its border."""
    room = functional.pad(x, (0, k, 0, k), value=float("-inf"))
    starts = room[: x.shape[0] + k - 1, : x.shape[1] + k - 1]
    return windows(starts, (k, k), (step, step)).amax((-1, -2))

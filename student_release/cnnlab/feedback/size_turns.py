"""Wrong turns on the way to the side of a convolution's output (q3).

Each turn changes parts of the formula round((n + around - taken) / step) + more.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

Part = Callable[[int, int, int, int], float]
"""A part of the formula, as a function of n, kernel_size, stride and padding."""


@dataclass(frozen=True)
class Turn:
    id: str
    text: str
    changes: dict[str, Callable[..., float]]


_EDGE = "a window that hangs over the edge does not count"
TURNS = (
    Turn(
        "plus_one_missing",
        "the + 1 is missing: a kernel as wide as the image still fits once",
        {"more": lambda n, k, s, p: 0},
    ),
    Turn("plus_two", "it adds 2 where 1 belongs", {"more": lambda n, k, s, p: 2}),
    Turn("one_subtracted", "it subtracts 1 where 1 is added", {"more": lambda n, k, s, p: -1}),
    Turn("rounds_up", f"it rounds up: {_EDGE}", {"rounded": math.ceil}),
    Turn("rounds_nearest", f"it rounds to the nearest number: {_EDGE}", {"rounded": round}),
    Turn("padding_missing", "the padding is missing", {"around": lambda n, k, s, p: 0}),
    Turn(
        "padding_once",
        "the padding is added once; it goes on both sides",
        {"around": lambda n, k, s, p: p},
    ),
    Turn(
        "padding_subtracted",
        "the padding is subtracted; it makes the side longer",
        {"around": lambda n, k, s, p: -2 * p},
    ),
    Turn(
        "padding_subtracted_once",
        "the padding is subtracted; it makes the side longer, on both ends",
        {"around": lambda n, k, s, p: -p},
    ),
    Turn(
        "padding_four_times",
        "the padding is added twice on each side",
        {"around": lambda n, k, s, p: 4 * p},
    ),
    Turn(
        "padding_squared",
        "the padding is squared; it is added on each of two ends",
        {"around": lambda n, k, s, p: p * p},
    ),
    Turn(
        "padding_default",
        "the padding is 1 where none is given: it must be 0",
        {"around": lambda n, k, s, p: 2 * p or 2},
    ),
    Turn(
        "padding_half_kernel",
        "the padding is always half of the kernel, as if the side had to stay: pad what is asked",
        {"around": lambda n, k, s, p: k // 2 * 2},
    ),
    Turn(
        "padding_halved",
        "the padding is halved; it goes on both sides, whole",
        {"around": lambda n, k, s, p: p // 2},
    ),
    Turn(
        "padding_always_one",
        "the padding is always 1, whatever is asked",
        {"around": lambda n, k, s, p: 2},
    ),
    Turn("stride_ignored", "the stride is ignored", {"step": lambda n, k, s, p: 1}),
    Turn(
        "stride_always_kernel",
        "the stride is always the kernel's size",
        {"step": lambda n, k, s, p: k},
    ),
    Turn(
        "stride_default",
        "the stride is 2 where none is given: it must be 1",
        {"step": lambda n, k, s, p: s if s > 1 or p else 2},
    ),
    Turn("stride_always_two", "the stride is always 2", {"step": lambda n, k, s, p: 2}),
    Turn(
        "stride_plus_one",
        "it divides by stride + 1: the steps are `stride` pixels long",
        {"step": lambda n, k, s, p: s + 1},
    ),
    Turn(
        "stride_squared",
        "the stride counts twice: along one side it divides once",
        {"step": lambda n, k, s, p: s * s},
    ),
    Turn(
        "padding_in_divisor",
        "the padding is in the divisor; it widens the image",
        {"step": lambda n, k, s, p: s + 2 * p, "around": lambda n, k, s, p: 0},
    ),
    Turn("kernel_ignored", "the kernel's size is ignored", {"taken": lambda n, k, s, p: 0}),
    Turn(
        "kernel_half",
        "only half of the kernel is taken off: a window must lie inside on both ends",
        {"taken": lambda n, k, s, p: k // 2},
    ),
    Turn(
        "kernel_odd",
        "it holds for odd kernels only: kernel_size // 2 is taken off on both ends, which is not "
        "what an even kernel takes",
        {"taken": lambda n, k, s, p: k // 2 * 2 + 1},
    ),
    Turn(
        "kernel_halves",
        "kernel_size // 2 is taken off on both ends, which together is not the whole kernel",
        {"taken": lambda n, k, s, p: k // 2 * 2},
    ),
    Turn(
        "kernel_twice",
        "the kernel is taken off on both ends: it is taken off once",
        {"taken": lambda n, k, s, p: 2 * k},
    ),
    Turn(
        "kernel_added",
        "the kernel's size is added; it takes places away",
        {"taken": lambda n, k, s, p: -k},
    ),
    Turn(
        "kernel_squared",
        "the kernel counts twice: along one side it takes its side",
        {"taken": lambda n, k, s, p: k * k},
    ),
    Turn(
        "kernel_always_three",
        "the kernel is always 3 pixels wide, whatever is asked",
        {"taken": lambda n, k, s, p: 3},
    ),
    Turn(
        "kernel_less_one",
        "it takes kernel_size - 1 away and adds 1 again: that counts a place too many",
        {"taken": lambda n, k, s, p: k - 1},
    ),
    Turn(
        "kernel_plus_one",
        "the last place of the kernel is lost, as with a `range` that stops one short, with "
        "kernel_size + 1, or with rounding up instead of the + 1",
        {"taken": lambda n, k, s, p: k + 1},
    ),
    Turn(
        "dilation_assumed",
        "a dilation of 2 is assumed: the kernel's taps are neighbours",
        {"taken": lambda n, k, s, p: 2 * (k - 1) + 1},
    ),
    Turn(
        "plus_one_inside",
        "the + 1 belongs outside the division",
        {"taken": lambda n, k, s, p: k - 1, "more": lambda n, k, s, p: 0},
    ),
    Turn(
        "stride_and_kernel_swapped",
        "stride and kernel_size are swapped",
        {"taken": lambda n, k, s, p: s, "step": lambda n, k, s, p: k},
    ),
    Turn(
        "stride_and_padding_swapped",
        "stride and padding are swapped",
        {"around": lambda n, k, s, p: 2 * s, "step": lambda n, k, s, p: max(p, 1)},
    ),
    Turn(
        "stride_and_padding_swapped",
        "stride and padding are swapped",
        {"around": lambda n, k, s, p: 2 * s, "step": lambda n, k, s, p: p},
    ),
    Turn(
        "kernel_and_padding_swapped",
        "kernel_size and padding are swapped",
        {"around": lambda n, k, s, p: 2 * k, "taken": lambda n, k, s, p: p},
    ),
)

_RARE = "plus_two one_subtracted padding_four_times padding_squared padding_default padding_halved "
_RARE += "padding_half_kernel padding_always_one stride_default stride_always_two stride_plus_one "
_RARE += "stride_squared padding_in_divisor kernel_halves kernel_odd kernel_twice kernel_added "
_RARE += "kernel_squared kernel_always_three dilation_assumed kernel_and_padding_swapped"
ALONE = frozenset(_RARE.split())
"""Turns that are rare: two of them together explain a number only by chance."""


def _by_place_swapped(n: int, k: int, s: int, p: int) -> float | None:
    """What comes out if stride and padding, where they are given by place, are swapped."""
    by_place = n % 2 and (s > 1 or p)
    step, pad = (max(p, 1), s) if by_place else (s, p)
    room = n + 2 * pad - k
    return None if room < 0 else room // step + 1


UNCHANGED = ("unchanged", "kernel_ignored", "pool_formula", "every_start", "same_size")
"""What leaves the side as it is where the stride is 1 and nothing is padded."""

_IGNORED = "the kernel's size is ignored"
_FIRST = (
    "the division comes first: `//` binds stronger than + and -, so that parentheses are missing"
)
_DIVIDED_FIRST: tuple[Part, ...] = (
    lambda n, k, s, p: n + 2 * p - k // s + 1,
    lambda n, k, s, p: n + 2 * p - (k - 1) // s,
    lambda n, k, s, p: n + 2 * p - (k // s + 1),
    lambda n, k, s, p: n + (2 * p - k) // s + 1,
)
OTHERS: tuple[tuple[str, str, Callable[[int, int, int, int], float | None]], ...] = (
    ("unchanged", "it returns the image's side unchanged", lambda n, k, s, p: n),
    ("kernel_ignored", _IGNORED, lambda n, k, s, p: (n + 2 * p) // s),
    (
        "pool_formula",
        f"{_IGNORED} (n // stride holds for a 2×2 pool only)",
        lambda n, k, s, p: n // s,
    ),
    (
        "halved",
        "it halves the side, which holds for a 2×2 pool only",
        lambda n, k, s, p: n // 2,
    ),
    (
        "two_taken",
        "it takes 2 pixels away, which holds for a 3×3 kernel without stride and padding only",
        lambda n, k, s, p: n - 2,
    ),
    *(("divided_first", _FIRST, rule) for rule in _DIVIDED_FIRST),
    (
        "kernel_not_divided",
        "only the side is divided by the stride: the kernel is taken off first",
        lambda n, k, s, p: (n + 2 * p) // s - k + 1,
    ),
    (
        "padding_outside",
        "the padding is added after the division: it widens the image, not the output",
        lambda n, k, s, p: (n - k) // s + 1 + 2 * p,
    ),
    (
        "plus_one_missing_with_stride",
        "the + 1 is missing where the stride is larger than 1",
        lambda n, k, s, p: (n + 2 * p - k) // s + (s == 1),
    ),
    (
        "every_start",
        "every window that starts inside counts, also one that hangs over the edge",
        lambda n, k, s, p: math.ceil((n + 2 * p) / s),
    ),
    (
        "kernel_halves_rounded",
        "kernel_size // 2 is taken off on both ends and the + 1 is missing: that holds for odd "
        "kernels and stride 1 only",
        lambda n, k, s, p: (n + 2 * p - k // 2 * 2) // s,
    ),
    (
        "same_size",
        "it rounds n / stride up, which is the size with padding='same': pad what is asked",
        lambda n, k, s, p: math.ceil(n / s),
    ),
    (
        "transposed",
        "that is the size that a transposed convolution gives: it makes the side larger",
        lambda n, k, s, p: (n - 1) * s - 2 * p + k,
    ),
    (
        "parameter_order",
        "stride and padding stand in another order: the parameters are n, kernel_size, stride, "
        "padding",
        lambda n, k, s, p: _by_place_swapped(n, k, s, p),
    ),
    (
        "area",
        "that counts the places in both directions: the side is asked",
        lambda n, k, s, p: ((n + 2 * p - k) // s + 1) ** 2,
    ),
)

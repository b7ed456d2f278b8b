"""Guess how `conv_output_size` went wrong (q3): the formula with one or two wrong turns."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import combinations

from cnnlab.checks import Case
from cnnlab.diagnosis import Cause
from cnnlab.feedback.guards import GUARDS
from cnnlab.feedback.wrong_numbers import Guess, Number

Size = tuple[int, int, int, int]
"""n, kernel_size, stride, padding."""
ADVICE = "count the places where the kernel fits completely into the padded side, one every "
ADVICE += "`stride` pixels"
Part = Callable[[int, int, int, int], float]


@dataclass(frozen=True)
class Formula:
    """round((n + around - taken) / step) + more, each part a function of n, k, s and p."""

    side: Part = lambda n, k, s, p: n
    around: Part = lambda n, k, s, p: 2 * p
    taken: Part = lambda n, k, s, p: k
    step: Part = lambda n, k, s, p: s
    rounded: Callable[[float], float] = math.floor
    more: Part = lambda n, k, s, p: 1


@dataclass(frozen=True)
class _Turn:
    id: str
    text: str
    changes: dict[str, Callable[..., float]]


_EDGE = "a window that hangs over the edge does not count"
TURNS = (
    _Turn(
        "plus_one_missing",
        "the + 1 is missing: a kernel as wide as the image still fits once",
        {"more": lambda n, k, s, p: 0},
    ),
    _Turn("plus_two", "it adds 2 where 1 belongs", {"more": lambda n, k, s, p: 2}),
    _Turn("one_subtracted", "it subtracts 1 where 1 is added", {"more": lambda n, k, s, p: -1}),
    _Turn("rounds_up", f"it rounds up: {_EDGE}", {"rounded": math.ceil}),
    _Turn("rounds_nearest", f"it rounds to the nearest number: {_EDGE}", {"rounded": round}),
    _Turn("padding_missing", "the padding is missing", {"around": lambda n, k, s, p: 0}),
    _Turn(
        "padding_once",
        "the padding is added once; it goes on both sides",
        {"around": lambda n, k, s, p: p},
    ),
    _Turn(
        "padding_subtracted",
        "the padding is subtracted; it makes the side longer",
        {"around": lambda n, k, s, p: -2 * p},
    ),
    _Turn(
        "padding_subtracted_once",
        "the padding is subtracted; it makes the side longer, on both ends",
        {"around": lambda n, k, s, p: -p},
    ),
    _Turn(
        "padding_four_times",
        "the padding is added twice on each side",
        {"around": lambda n, k, s, p: 4 * p},
    ),
    _Turn(
        "padding_squared",
        "the padding is squared; it is added on each of two ends",
        {"around": lambda n, k, s, p: p * p},
    ),
    _Turn(
        "padding_always_one",
        "the padding is always 1, whatever is asked",
        {"around": lambda n, k, s, p: 2},
    ),
    _Turn("stride_ignored", "the stride is ignored", {"step": lambda n, k, s, p: 1}),
    _Turn(
        "stride_always_kernel",
        "the stride is always the kernel's size",
        {"step": lambda n, k, s, p: k},
    ),
    _Turn("stride_always_two", "the stride is always 2", {"step": lambda n, k, s, p: 2}),
    _Turn(
        "stride_plus_one",
        "it divides by stride + 1: the steps are `stride` pixels long",
        {"step": lambda n, k, s, p: s + 1},
    ),
    _Turn(
        "stride_squared",
        "the stride counts twice: along one side it divides once",
        {"step": lambda n, k, s, p: s * s},
    ),
    _Turn(
        "padding_in_divisor",
        "the padding is in the divisor; it widens the image",
        {"step": lambda n, k, s, p: s + 2 * p, "around": lambda n, k, s, p: 0},
    ),
    _Turn("kernel_ignored", "the kernel's size is ignored", {"taken": lambda n, k, s, p: 0}),
    _Turn(
        "kernel_half",
        "only half of the kernel is taken off: a window must lie inside on both ends",
        {"taken": lambda n, k, s, p: k // 2},
    ),
    _Turn(
        "kernel_twice",
        "the kernel is taken off on both ends: it is taken off once",
        {"taken": lambda n, k, s, p: 2 * k},
    ),
    _Turn(
        "kernel_added",
        "the kernel's size is added; it takes places away",
        {"taken": lambda n, k, s, p: -k},
    ),
    _Turn(
        "kernel_squared",
        "the kernel counts twice: along one side it takes its side",
        {"taken": lambda n, k, s, p: k * k},
    ),
    _Turn(
        "kernel_always_three",
        "the kernel is always 3 pixels wide, whatever is asked",
        {"taken": lambda n, k, s, p: 3},
    ),
    _Turn(
        "kernel_less_one",
        "it takes kernel_size - 1 away and adds 1 again: that counts a place too many",
        {"taken": lambda n, k, s, p: k - 1},
    ),
    _Turn(
        "kernel_plus_one",
        "it takes kernel_size + 1 away: the last place is lost",
        {"taken": lambda n, k, s, p: k + 1},
    ),
    _Turn(
        "dilation_assumed",
        "a dilation of 2 is assumed: the kernel's taps are neighbours",
        {"taken": lambda n, k, s, p: 2 * (k - 1) + 1},
    ),
    _Turn(
        "plus_one_inside",
        "the + 1 belongs outside the division",
        {"taken": lambda n, k, s, p: k - 1, "more": lambda n, k, s, p: 0},
    ),
    _Turn(
        "stride_and_kernel_swapped",
        "stride and kernel_size are swapped",
        {"taken": lambda n, k, s, p: s, "step": lambda n, k, s, p: k},
    ),
    _Turn(
        "stride_and_padding_swapped",
        "stride and padding are swapped",
        {"around": lambda n, k, s, p: 2 * s, "step": lambda n, k, s, p: max(p, 1)},
    ),
    _Turn(
        "stride_and_padding_swapped",
        "stride and padding are swapped",
        {"around": lambda n, k, s, p: 2 * s, "step": lambda n, k, s, p: p},
    ),
    _Turn(
        "kernel_and_padding_swapped",
        "kernel_size and padding are swapped",
        {"around": lambda n, k, s, p: 2 * k, "taken": lambda n, k, s, p: p},
    ),
)

_IGNORED = "the kernel's size is ignored"
OTHERS: tuple[tuple[str, str, Part], ...] = (
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
    (
        "divided_first",
        "the division comes first: the kernel is taken off the side before it is divided",
        lambda n, k, s, p: n + 2 * p - k // s + 1,
    ),
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
        "area",
        "that counts the places in both directions: the side is asked",
        lambda n, k, s, p: ((n + 2 * p - k) // s + 1) ** 2,
    ),
)


@cache
def _formulas() -> tuple[tuple[Cause, Formula, int], ...]:
    found: list[tuple[Cause, Formula, int]] = []
    for count in (1, 2):
        for some in combinations(TURNS, count):
            names = [name for turn in some for name in turn.changes]
            if len(set(names)) == len(names):
                changes = {name: part for turn in some for name, part in turn.changes.items()}
                cause = Cause(
                    "+".join(turn.id for turn in some), ", and ".join(turn.text for turn in some)
                )
                found.append((cause, replace(Formula(), **changes), count))
    return tuple(found)


def size_guesses(sizes: Sequence[Size]) -> Iterator[Guess]:
    """Ways to miss the side of a convolution's output, as computed for each of `sizes`."""
    for cause, formula, cost in _formulas():
        yield Guess(cause, tuple(_value(formula, size) for size in sizes), cost)
    for name, text, rule in OTHERS:
        yield Guess(Cause(name, text), tuple(rule(*size) for size in sizes), 1.0)
    for name, text, refuses in GUARDS:
        numbers = tuple(None if refuses(*size) else _value(Formula(), size) for size in sizes)
        if None in numbers:
            yield Guess(Cause(name, text), numbers, 1.0)


def _value(formula: Formula, size: Size) -> Number:
    step = formula.step(*size)
    if step == 0:
        return math.nan  # a division by zero is no refusal: it equals nothing
    room = formula.side(*size) + formula.around(*size) - formula.taken(*size)
    return formula.rounded(room / step) + int(formula.more(*size))


def size_cases(sizes: Sequence[Size], words: str = "") -> list[Case]:
    """Calls of `conv_output_size`: arguments by place and by name, left out where they may be.

    `words` stand for the numbers, which only a public check may tell.
    """
    cases: list[Case] = []
    for n, k, s, p in sizes:
        told = words or f"n={n}, kernel_size={k}, stride={s}, padding={p}"
        options = {"stride": s} if s > 1 or p else {}
        options |= {"padding": p} if p else {}
        by_place = (n, k, s) if not p else (n, k, s, p)
        if n % 2 and (s > 1 or p):
            cases.append(Case(told, by_place))
        else:
            cases.append(Case(told, (n, k), options))
    return cases

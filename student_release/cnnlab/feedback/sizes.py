"""Guess how `conv_output_size` went wrong (q3): the formula with one or two wrong turns."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import combinations

from cnnlab.checks import Case
from cnnlab.feedback.guards import GUARDS
from cnnlab.feedback.size_turns import ALONE, OTHERS, TURNS, UNCHANGED, Part
from cnnlab.feedback.wrong_numbers import Guess, Number
from labkit.diagnosis import Cause

Size = tuple[int, int, int, int]
"""n, kernel_size, stride, padding."""
ADVICE = "count the places where the kernel fits completely into the padded side, one every "
ADVICE += "`stride` pixels"


@dataclass(frozen=True)
class Formula:
    """round((n + around - taken) / step) + more, each part a function of n, k, s and p."""

    side: Part = lambda n, k, s, p: n
    around: Part = lambda n, k, s, p: 2 * p
    taken: Part = lambda n, k, s, p: k
    step: Part = lambda n, k, s, p: s
    rounded: Callable[[float], float] = math.floor
    more: Part = lambda n, k, s, p: 1


@cache
def _formulas() -> tuple[tuple[Cause, Formula, int], ...]:
    found: list[tuple[Cause, Formula, int]] = []
    for count in (1, 2):
        for some in combinations(TURNS, count):
            names = [name for turn in some for name in turn.changes]
            rare = sum(turn.id in ALONE for turn in some)
            if len(set(names)) == len(names) and rare < 2:
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
    if all((s, p) == (1, 0) for _, _, s, p in sizes):
        text = "it returns the image's side unchanged: the kernel's size is ignored"
        yield from (
            Guess(Cause(name, text), tuple(n for n, *_ in sizes), 0.9) for name in UNCHANGED
        )
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

    `words` stand for the numbers, which only a public check may tell. What is given by place
    here is so in `size_turns`, too.
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

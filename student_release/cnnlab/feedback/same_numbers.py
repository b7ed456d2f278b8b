"""Results that are the same number everywhere, for all inputs, or as in an earlier call."""

from collections.abc import Sequence
from typing import Any, Protocol

import torch

from cnnlab.feedback.compare import TOLERANCE, agrees
from cnnlab.feedback.values import as_float64
from labkit.diagnosis import Cause


class Judged(Protocol):
    """One call: what came, what is right, and how far apart they may be."""

    @property
    def case(self) -> Any: ...
    @property
    def wrong(self) -> Any: ...
    @property
    def value(self) -> Any: ...
    @property
    def right(self) -> torch.Tensor: ...
    @property
    def tolerance(self) -> float: ...


CONSTANT = Cause(
    "constant", "the same result comes for different inputs: does it depend on them at all?"
)


def is_constant(judged: Sequence[Judged]) -> bool:
    """Is every result the same, though the right ones differ?

    Where the first is right, the others may repeat it.
    """
    first = as_float64(judged[0].value)
    return (
        first is not None
        and judged[0].wrong is not None
        and bool((first.abs() > TOLERANCE).any())
        and all(agrees(each.value, first, each.tolerance) for each in judged)
        and any(not agrees(each.right, judged[0].right, each.tolerance) for each in judged)
    )


def degenerate(failing: Sequence[Judged]) -> bool:
    """Is every wrong result one and the same number everywhere, or 0 wherever one looks?

    Such results fit many mistakes by chance. Other numbers for other inputs are computed.
    """
    results = [as_float64(each.value) for each in failing]
    numbers = [each for each in results if each is not None and each.numel()]
    same = all(bool((each == each.reshape(-1)[0]).all()) for each in numbers)
    larger = any(each.numel() > 1 for each in numbers)
    found = [float(each.reshape(-1)[0]) for each in numbers]
    zeros = all(abs(each) <= TOLERANCE for each in found)
    different = len(set(found)) > 1 and not zeros
    return same and bool(numbers) and (larger or zeros) and not different


KEEPS_STATE = Cause(
    "keeps_state",
    "the same inputs give another result in a later call: does something survive from one call to "
    "the next, or is a tensor used that nothing was written into (`torch.empty`)?",
)
REPEATS = Cause(
    "keeps_state",
    "the result of an earlier call comes again, though the inputs are others: does something "
    "survive from one call to the next?",
)


def kept_state(judged: Sequence[Judged]) -> Cause | None:
    """Does a call give the same inputs another result, or repeat an earlier right result?"""
    pairs = ((later, earlier) for k, later in enumerate(judged) for earlier in judged[:k])
    for later, earlier in pairs:
        before, now = as_float64(earlier.value), as_float64(later.value)
        if before is None or now is None or tuple(now.shape) != tuple(earlier.right.shape):
            continue
        # NaN is not equal to itself, but no sign of another result.
        same = agrees(now.nan_to_num(), before.nan_to_num(), later.tolerance)
        if earlier.case is later.case and not same:
            return KEEPS_STATE
        fits = earlier.right.shape == later.right.shape and earlier.wrong is None
        if fits and same and later.wrong is not None and _is_telling(now):
            return REPEATS
    return None


def _is_telling(numbers: torch.Tensor) -> bool:
    """May `numbers` come twice only if they were kept? A whole number alone often comes again."""
    if numbers.numel() == 1:
        return bool(numbers.isfinite()) and bool(numbers % 1)
    return bool(numbers.isfinite().all()) and bool((numbers != numbers.reshape(-1)[0]).any())

"""Results that are the same number everywhere, or for all inputs."""

from collections.abc import Sequence
from typing import Any, Protocol

import torch

from cnnlab.diagnosis import Cause
from cnnlab.feedback.compare import TOLERANCE, agrees
from cnnlab.feedback.values import as_float64


class Judged(Protocol):
    """One call: what came, what is right, and how far apart they may be."""

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
    """Is every result the same, though the right ones differ?"""
    first = as_float64(judged[0].value)
    return (
        first is not None
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

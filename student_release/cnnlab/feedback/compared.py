"""What a failing call got, should have given and gave, as an instructor looks at it."""

from typing import Any, Protocol

import torch
from torch import Tensor

from cnnlab.feedback.calls import is_observation
from cnnlab.feedback.values import as_float64

SHOWN_CALLS = 3
_SIDE = 16
"""Rows and columns that are shown of a table."""


class Judged(Protocol):
    """One call: its inputs, what came, what is right."""

    @property
    def case(self) -> Any: ...
    @property
    def seen(self) -> Any: ...
    @property
    def value(self) -> Any: ...
    @property
    def right(self) -> Tensor: ...


def compared(judged: Judged) -> dict[str, Any]:
    """Return the call in words, its inputs, and the expected and the returned value."""
    case, seen = judged.case, judged.seen
    inputs = {f"input {place}": _shown(each) for place, each in enumerate(case.inputs, 1)}
    options = {name: _shown(value) for name, value in case.options.items()}
    return {
        "words": case.words,
        "inputs": inputs | options,
        "expected": _shown(judged.right),
        "returned": _shown(judged.value),
        "raised": seen["raised"] if is_observation(seen) else "",
    }


def _shown(value: Any) -> dict[str, Any]:
    """A table of numbers with its whole shape, or a text."""
    numbers = as_float64(value)
    if numbers is None or numbers.dim() == 0 or numbers.numel() == 0:
        return {"text": repr(value)[:2000] if numbers is None else f"{numbers.tolist()}"}
    shape = list(numbers.shape)
    while numbers.dim() > 2:  # of images and channels, the first is shown
        numbers = numbers[0]
    table = torch.atleast_2d(numbers)[:_SIDE, :_SIDE]
    return {"shape": shape, "table": table.tolist()}

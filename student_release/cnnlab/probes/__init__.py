"""The lesson's probes: what its checks want to see happen beside the student's objects.

What they have in common is in `labkit.probes`; each module of this package adds what one part of
the lesson needs.
"""

from typing import Any

import torch

import labkit.for_torch  # noqa: F401 observations copy and watch tensors
from labkit.probes import (
    NOTHING_TO_CALL,
    Call,
    Count,
    Observation,
    each,
    observe,
    probe,
    probe_each,
    probe_once,
)

__all__ = [
    "NOTHING_TO_CALL",
    "Call",
    "Count",
    "Observation",
    "each",
    "observe",
    "observe_strided",
    "probe",
    "probe_each",
    "probe_once",
]


def observe_strided(function: Any, *args: Any, **kwargs: Any) -> Observation:
    """`observe`, with a first tensor that is not contiguous in memory: every second pixel of one.

    The view is made here because a tensor loses its strides on its way to the sandbox.
    """
    return observe(function, *(_strided(argument) for argument in args[:1]), *args[1:], **kwargs)


def _strided(value: Any) -> Any:
    if not isinstance(value, torch.Tensor) or value.dim() == 0:
        return value
    roomy = value.new_zeros([2 * side for side in value.shape])
    view = roomy[tuple(slice(None, None, 2) for _ in value.shape)]
    return view.copy_(value)

"""What an observed call showed, with what PyTorch says of common mistakes: see `labkit.calls`."""

from typing import Any

import torch

from cnnlab.feedback.values import as_float64, kind
from labkit import calls
from labkit.calls import exception_name, is_observation, place_of, with_print
from labkit.diagnosis import Cause, Diagnosis, sentence

__all__ = [
    "call_symptom",
    "exception_name",
    "failed_call",
    "is_observation",
    "number_symptom",
    "place_of",
    "with_print",
]

KNOWN_ERRORS = {
    "step must be greater than zero": Cause(
        "negative_step", "slices of a tensor cannot run backwards ([::-1]); torch.flip can"
    )
}
"""What a library says of a mistake that has no other cause."""


def call_symptom(seen: Any, name: str, public: bool = False) -> Diagnosis | None:
    """Did the call fail, or print its result instead of returning it? Without the question."""
    return calls.call_symptom(seen, name, public, KNOWN_ERRORS)


def failed_call(question: str, name: str, seen: Any, public: bool) -> Diagnosis | None:
    """`call_symptom` as a whole diagnosis, for functions that need not return anything."""
    return calls.failed_call(question, name, seen, public, KNOWN_ERRORS)


def number_symptom(
    seen: Any, question: str, name: str, what: str, public: bool = False
) -> Diagnosis | None:
    """Is the value that an observed call returned a finite number? None if it is."""
    value = seen["value"]
    if value is None and seen["printed"]:
        text = f"{name} prints its result and returns None, not {what}: end it with `return`"
        told = Diagnosis(sentence(question, text), ("prints_instead_of_returning",), "none")
    elif value is None:
        text = f"{name} returned None, not {what}: is the `return` missing?"
        told = Diagnosis(sentence(question, text), symptom="none")
    elif issubclass(type(value), torch.Tensor):
        text = (
            f"{name} returned {kind(value)}. Return {what} as a Python number: `.item()` makes one"
            " of a tensor that holds a single number"
        )
        told = Diagnosis(sentence(question, text), ("tensor_returned",), "kind")
    else:
        number = as_float64(value)
        if number is None or number.dim() or issubclass(type(value), bool):
            text = f"{name} returned {kind(value)}, not {what} as a number"
            told = Diagnosis(sentence(question, text), symptom="kind")
        elif not bool(torch.isfinite(number)):
            text = f"{name} returned {float(number)}, which isn't a finite number"
            told = Diagnosis(sentence(question, text), symptom="numbers")
        else:
            return None
    return with_print(told, seen) if public else told

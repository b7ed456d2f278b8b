"""Read the observation of a call: was it made, did it fail, did it give a number?"""

from collections.abc import Mapping
from typing import Any

import torch

from cnnlab.feedback.values import as_float64, kind
from cnnlab.probes import NOTHING_TO_CALL

Seen = Mapping[str, Any]
Fields = Mapping[str, Any]
"""Name of a field → its type, or [type] for a list of that type, or Any."""

CALL: Fields = {"raised": str, "printed": str, "value": Any}


def sound(seen: Any, fields: Fields) -> bool:
    """Has an observation every field, each of its type? A list's items are of the type in it.

    It comes from the process of the submission, which may send anything.
    """
    if type(seen) is not dict:
        return False
    for name, wanted in fields.items():
        if name not in seen:
            return False
        found = seen[name]
        if wanted is Any:
            continue
        if isinstance(wanted, list):
            if type(found) is not list or any(type(item) is not wanted[0] for item in found):
                return False
        elif type(found) is not wanted:
            return False
    return True


def call_failure(seen: Any, question: str, name: str, fields: Fields) -> str | None:
    """Did the call of the student's function fail, or its record get lost?"""
    if not sound(seen, fields):
        return f"{question}: {name} could not be observed."
    raised = seen["raised"]
    if raised.startswith(NOTHING_TO_CALL):
        return f"{question}: {name} is not there yet. Write it in the answer cell and run it."
    if raised.startswith(("NameError", "UnboundLocalError")):
        return (
            f"{question}: {name} stopped with {raised}: use what the function is given (model,"
            " loader, …), not names from outside."
        )
    if raised:
        return f"{question}: {name} stopped with an error: {raised}"
    return None


def number_problem(seen: Seen, question: str, name: str, what: str) -> str | None:
    """Is the value that was returned a finite number?"""
    value = seen["value"]
    if value is None:
        cause = "it prints instead of returning" if seen["printed"] else "is the `return` missing?"
        return f"{question}: {name} returned None, not {what}: {cause}"
    if issubclass(type(value), torch.Tensor):
        return (
            f"{question}: {name} returned {kind(value)}. Return {what} as a Python number:"
            " `.item()` makes one of a tensor that holds a single number."
        )
    number = as_float64(value)
    if number is None or number.dim() or issubclass(type(value), bool):
        return f"{question}: {name} returned {kind(value)}, not {what} as a number."
    if not bool(torch.isfinite(number)):
        return f"{question}: {name} returned {float(number)}, which is no finite number."
    return None


def moves_problem(places: Any, question: str) -> str | None:
    """Was every batch brought to the `device` that the function was given?"""
    name = "train_one_epoch" if question == "q10" else "evaluate"
    moved = ("images", "labels") if question == "q10" else ("images",)
    if not sound(places, {each: [str] for each in moved}):
        return f"{question}: {name} could not be observed."
    if not places["images"]:
        return f"{question}: {name} never used the model that it was given."
    for what in moved:
        devices = places[what]
        if devices != ["meta"] * len(devices):
            return (
                f"{question}: the {what} were not moved to `device`: on a computer with an"
                f" accelerator, {name} would stop. Move each batch to the device it is given."
            )
    return None

"""Read the observation of a call: was it made, did it fail, did it give a number?"""

from collections.abc import Mapping
from typing import Any

from labkit.diagnosis import Cause, Diagnosis, caused, sentence

Seen = Mapping[str, Any]
Fields = Mapping[str, Any]
"""Name of a field → its type, or [type] for a list of that type, or Any."""


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


def moves_problem(places: Any, question: str) -> Diagnosis | None:
    """Was every batch brought to the `device` that the function was given?"""
    name = "train_one_epoch" if question == "q10" else "evaluate"
    moved = ("images", "labels") if question == "q10" else ("images",)
    if not sound(places, {each: [str] for each in moved}):
        text = sentence(question, f"{name} could not be observed")
        return Diagnosis(text, symptom="unreadable")
    if not places["images"]:
        text = f"{name} never used the model that it was given"
        return Diagnosis(sentence(question, text), symptom="model_unused")
    for what in moved:
        devices = places[what]
        if devices != ["meta"] * len(devices):
            text = (
                f"the {what} were not moved to `device`: on a computer with an accelerator, {name}"
                " would stop. Move each batch to the device it is given"
            )
            return caused(question, Cause(f"{what}_not_moved", text))
    return None

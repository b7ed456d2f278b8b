"""Read whole numbers from whatever a student's answer holds, and say what is wrong with the rest.

Used by the questions about shapes and counts (q3, q4, q9, q16). Every function is total.
"""

from typing import Any

from cnnlab.feedback.values import as_float64, is_whole_type, kind, shape_of
from labkit.diagnosis import Diagnosis

LARGEST = 10**12
"""No count in this lesson comes near it; longer numbers could not even be printed."""


def whole_number(value: Any) -> int | None:
    """`value` as an int, if it is a single whole number of any type (3, 3.0, a 0-d tensor).

    None for everything else, and for numbers beyond `LARGEST`.
    """
    if type(value) is bool or shape_of(value) not in (None, ()):
        return None
    if type(value) is int:
        return value if abs(value) <= LARGEST else None
    number = as_float64(value)
    if number is None or not bool(number.abs() <= LARGEST) or float(number) % 1:
        return None
    return int(float(number))


def is_integer(value: Any) -> bool:
    """True for int, a NumPy integer or a 0-d integer tensor; False for 3.0 and True."""
    return whole_number(value) is not None and (
        type(value) is int or (shape_of(value) == () and is_whole_type(value))
    )


def number_symptom(value: Any, name: str, function: bool = False) -> Diagnosis | None:
    """Why `value` isn't a whole number, without a question; None if it is one (3.0 included).

    `function` says that a function returned it, which may lack its `return`.
    """
    if whole_number(value) is not None:
        return None
    if value is None:
        what = "is the answer still to be written, or its `return` missing?"
        text = f"{name} is None: {what if function else 'it is still to be written'}"
        return Diagnosis(text, symptom="none")
    if value is Ellipsis:
        return Diagnosis(f"{name} is still `...`: put your answer in its place", symptom="none")
    if issubclass(type(value), tuple) and tuple.__len__(value) == 1:
        text = f"{name} is a tuple with one entry: is there a comma too many?"
        return Diagnosis(text, symptom="kind")
    if issubclass(type(value), str):
        text = f"{name} is text: write the number without quotation marks"
        return Diagnosis(text, symptom="kind")
    if type(value) is int:
        return Diagnosis(f"{name} is far too large", symptom="kind")
    number = as_float64(value)
    if number is not None and number.numel() == 1 and not shape_of(value):
        if bool(number.abs() > LARGEST):
            return Diagnosis(f"{name} is far too large, or infinite", symptom="kind")
        if bool(number.isfinite()):
            text = f"{name} is no whole number: sizes and counts are whole (`//` rounds down)"
            return Diagnosis(text, symptom="float")
        return Diagnosis(f"{name} is NaN, which is not a number", symptom="kind")
    text = f"{name} is {kind(value)}, where one whole number is expected"
    return Diagnosis(text, symptom="kind")


def number_problem(value: Any, name: str) -> str | None:
    """The text of `number_symptom`."""
    symptom = number_symptom(value, name)
    return symptom.text if symptom else None


def whole_numbers(value: Any) -> list[int] | str:
    """The numbers of a list, tuple, 1-D array or tensor; or what is wrong with it, in words."""
    entries: Any = value
    numbers = as_float64(value) if len(shape_of(value) or ()) == 1 else None
    if numbers is not None:
        entries = numbers.tolist()
    if value is None or value is Ellipsis:
        return "is still to be written"
    if not issubclass(type(entries), (list, tuple)):
        return f"is {kind(value)}, where a list of numbers is expected"
    for entry in entries:
        problem = number_problem(entry, "one of its entries")
        if problem is not None:
            return f"cannot be read: {problem}"
    return [number for number in map(whole_number, entries) if number is not None]

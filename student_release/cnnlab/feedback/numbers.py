"""Read whole numbers from whatever a student's answer holds, and say what is wrong with the rest.

Used by the questions about shapes and counts (q3, q4, q9, q16). Every function is total.
"""

from collections.abc import Sequence
from typing import Any

from cnnlab.feedback.compare import call_problem
from cnnlab.feedback.values import as_float64, is_whole_type, kind, shape_of
from cnnlab.probes import NOTHING_TO_CALL

OVERWRITTEN = f"{NOTHING_TO_CALL}: a value"
"""Start of what `observe` reports when it was given a number, a list … instead of a function."""

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


def number_problem(value: Any, name: str) -> str | None:
    """Why `value` is no whole number, in words; None if it is one (3.0 included)."""
    if whole_number(value) is not None:
        return None
    if value is None:
        return f"{name} is None: is the answer still to be written, or its `return` missing?"
    if value is Ellipsis:
        return f"{name} is still `...`: put your answer in its place"
    if issubclass(type(value), tuple) and tuple.__len__(value) == 1:
        return f"{name} is a tuple with one entry: is there a comma too many?"
    if type(value) is str:
        return f"{name} is text: write the number without quotation marks"
    if type(value) is int:
        return f"{name} is far too large"
    number = as_float64(value)
    if number is not None and number.numel() == 1 and not shape_of(value):
        if bool(number.abs() > LARGEST):
            return f"{name} is far too large, or infinite"
        if bool(number.isfinite()):
            return f"{name} is no whole number: round down with `//`, there are no half pixels"
        return f"{name} is NaN, which is not a number"
    return f"{name} is {kind(value)}, where one whole number is expected"


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


def observed_problem(seen: Any, expected: Sequence[int], name: str) -> str | None:
    """Why observed calls of `name` gave no whole numbers at all; None if each gave one."""
    if not isinstance(seen, (list, tuple)) or len(seen) != len(expected):
        return f"{name} could not be observed."
    for one in seen:
        problem = call_problem(one, name=name)
        if problem is None:
            problem = number_problem(one["value"], f"what {name} returns")
        elif raised(one).startswith(OVERWRITTEN):
            problem = f"{name} is no function any more: was its name used for a value?"
        if problem is not None:
            return sentence(problem)
    return None


def raised(seen: Any) -> str:
    """What an observation says was raised; '' for nothing, and for what is no observation."""
    words = seen.get("raised") if isinstance(seen, dict) else None
    return words if type(words) is str else ""


def sentence(text: str) -> str:
    """`text` with a full stop, unless it ends a sentence already."""
    return text if text.endswith((".", "?", "!")) else f"{text}."


def float_problem(value: Any, name: str) -> str | None:
    """Is `value` a whole number in a float's clothes, such as 3.0? None if it is an integer."""
    if whole_number(value) is None or is_integer(value):
        return None
    return f"{name} is a float: a count is an int. Divide with `//` instead of `/`."

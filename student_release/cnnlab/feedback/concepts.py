"""Read multiple-choice answers as students write them: q14, and the letter of q4.

The sentences for wrong letters stand in the hidden checks, not here: a table of the wrong letters
would give the right ones away.
"""

import re
from collections.abc import Mapping
from typing import Any

from cnnlab.feedback.values import kind

_LETTER = re.compile(r"\s*\(?\s*([A-Za-z])\s*[).:]?\s*")


def letter(value: Any, options: str = "ABCD") -> str | None:
    """'B' for 'B', 'b', ' b ', '(b)' or 'B.'; None for all that is no letter of `options`."""
    if not issubclass(type(value), str):
        return None
    match = _LETTER.fullmatch(str(value))
    found = match.group(1).upper() if match else ""
    return found if found and found in options else None


def entries(answers: Any, count: int) -> list[Any] | str:
    """The `count` single answers, still unread; or what is wrong with the whole, in words.

    Accepted: a list or tuple, a string of letters ('ABBA', 'a, b, b, a'), and a dictionary whose
    keys end in 1 … `count` (1, '1', 'a1', 'q1'); a missing key gives None.
    """
    if answers is None or answers is Ellipsis:
        return "is still to be written"
    if issubclass(type(answers), str):
        found: list[Any] = re.findall(r"[A-Za-z]", answers)
    elif issubclass(type(answers), dict):
        return _by_number(answers, count)
    elif issubclass(type(answers), (list, tuple)):
        found = list(answers)
    else:
        return f"is {kind(answers)}, where a list of {count} letters is expected"
    if len(found) != count:
        return f"has {len(found)} entries where {count} are expected: write '' for an open one"
    return found


def _by_number(answers: Mapping[Any, Any], count: int) -> list[Any] | str:
    numbered: dict[int, Any] = {}
    for key, value in answers.items():
        digits = re.fullmatch(r"[A-Za-z ]*(\d{1,3})", str(key)) if type(key) in (int, str) else None
        if digits is None or not 1 <= int(digits.group(1)) <= count:
            return f"is a dictionary, whose keys should be 1 to {count}"
        numbered[int(digits.group(1))] = value
    return [numbered.get(number) for number in range(1, count + 1)]


def answers_problem(answers: Any, count: int = 8, options: str = "ABCD") -> str | None:
    """Why `answers` cannot be read as `count` letters; None if it can."""
    found = entries(answers, count)
    if isinstance(found, str):
        return f"q14: answers {found}."
    for number, value in enumerate(found, start=1):
        if letter(value, options) is None:
            return f"q14: item {number} is no letter from {options[0]} to {options[-1]} yet."
    return None


def choice_problem(
    answers: Any, item: int, right: str, because: Mapping[str, str], count: int = 8
) -> str | None:
    """What is wrong with one item of q14; None if its letter is right.

    Args:
        item: number of the item, from 1.
        right: its letter.
        because: for every other letter, why it is wrong.
    """
    found = entries(answers, count)
    if isinstance(found, str):
        return f"q14: answers {found}."
    options = "".join(sorted({right, *because}))
    chosen = letter(found[item - 1], options)
    if chosen is None:
        return f"q14: item {item} is no letter from {options[0]} to {options[-1]} yet."
    return None if chosen == right else f"q14: item {item}, {chosen}: {because[chosen]}"


def single_choice_problem(
    value: Any, name: str, right: str, because: Mapping[str, str]
) -> str | None:
    """What is wrong with one letter on its own, as in q4; None if it is right."""
    options = "".join(sorted({right, *because}))
    chosen = letter(value, options)
    if value is None or value is Ellipsis:
        return f"{name} is still to be written: one letter."
    if chosen is None:
        given = kind(value) if type(value) is not str else "this text"
        return f"{name} takes one letter from {options[0]} to {options[-1]}, not {given}."
    return None if chosen == right else f"{name}, {chosen}: {because[chosen]}"

"""Read multiple-choice answers as students write them (q14, and the letter of q4), and judge them.

The sentences for wrong letters stand in the hidden checks, not here: a table of the wrong letters
would give the right ones away. A wrong letter is a symptom: it says itself what the mistake is.
"""

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from cnnlab.feedback.values import kind
from labkit.diagnosis import Diagnosis, fail, sentence

_LETTER = re.compile(r"[\s\"'(\[*]*([A-Za-z])[\s\"')\].:,;*]*")
_LETTERS = re.compile(r"(?<![A-Za-z])[A-Za-z](?![A-Za-z])")
_ITEM = re.compile(r"\s*(\d{1,3})[\s.):-]*([A-Za-z])[\s.)]*")
_NUMBERED = re.compile(r"[A-Za-z _.#-]*(\d{1,3})[.): ]*")


def letter(value: Any, options: str = "ABCD") -> str | None:
    """'B' for 'B', 'b', ' b ', '(b)' or 'B.'; None for all that is no letter of `options`."""
    if issubclass(type(value), bytes):
        value = bytes(value).decode("ascii", "replace")
    if not issubclass(type(value), str):
        return None
    match = _LETTER.fullmatch(str.__str__(value))
    found = match.group(1).upper() if match else ""
    return found if found and found in options else None


def entries(answers: Any, count: int) -> list[Any] | Diagnosis:
    """The `count` single answers, still unread; or what is wrong with the whole.

    Accepted: a list, tuple or array, a string of letters ('ABBA', 'a, b, b, a'), and a dictionary
    whose keys end in 1 … `count` (1, '1', 'a1', 'q1'); a missing key gives None.
    """
    answers = _plain(answers)
    if answers is None or answers is Ellipsis:
        return Diagnosis("is still to be written", symptom="missing")
    if issubclass(type(answers), str):
        found = _in_text(str.__str__(answers))
    elif issubclass(type(answers), dict):
        return _by_number(answers, count)
    elif issubclass(type(answers), (list, tuple)):
        found = list(answers)
    else:
        text = f"is {kind(answers)}, where a list of {count} letters is expected"
        return Diagnosis(text, symptom="kind")
    found = _unpacked(found, count)
    if len(found) != count:
        text = f"has {len(found)} entries where {count} are expected: write '' for an open one"
        return Diagnosis(text, symptom="length")
    return found


def _plain(answers: Any) -> Any:
    if issubclass(type(answers), bytes):
        return bytes(answers).decode("ascii", "replace")
    if issubclass(type(answers), np.ndarray) and answers.dtype.kind in "USO":
        return np.asarray(answers).reshape(-1).tolist()
    return answers


def _in_text(text: str) -> list[Any]:
    """'CADB', 'c, a, d, b' and '1. C  2. A' as letters; other words are none."""
    return _LETTERS.findall(text) or re.findall(r"[A-Za-z]", text)


def _unpacked(found: list[Any], count: int) -> list[Any]:
    """The letters of a list in a list, of one text in a list, of lists of one and of pairs.

    A pair is (number, letter) or a text such as '1. C', in the order of the numbers.
    """
    if len(found) == 1 and count > 1:
        inner = found[0]
        if issubclass(type(inner), str):
            return _in_text(str.__str__(inner))
        return list(inner) if issubclass(type(inner), (list, tuple)) else found
    pairs = [tuple(each) for each in found if issubclass(type(each), (list, tuple))]
    if len(pairs) == len(found) == count and all(
        len(pair) == 2 and type(pair[0]) is int and pair[0] == number
        for number, pair in enumerate(pairs, start=1)
    ):
        return [pair[1] for pair in pairs]
    if len(pairs) == len(found) == count and all(len(pair) == 1 for pair in pairs):
        return [pair[0] for pair in pairs]
    texts = [_ITEM.fullmatch(str.__str__(each)) for each in found if issubclass(type(each), str)]
    matches = [text for text in texts if text]
    if len(matches) == len(found) == count and all(
        int(match.group(1)) == number for number, match in enumerate(matches, start=1)
    ):
        return [match.group(2) for match in matches]
    return found


def _by_number(answers: Mapping[Any, Any], count: int) -> list[Any] | Diagnosis:
    numbered: dict[int, Any] = {}
    for key, value in answers.items():
        digits = _NUMBERED.fullmatch(str(key)) if type(key) in (int, str) else None
        if digits is None or not 1 <= int(digits.group(1)) <= count:
            text = f"is a dictionary, whose keys should be 1 to {count}"
            return Diagnosis(text, symptom="keys")
        numbered[int(digits.group(1))] = value
    return [numbered.get(number) for number in range(1, count + 1)]


def check_form(question: str, name: str, answers: Any, count: int, options: str = "ABCD") -> None:
    """Raise `CheckFailed` unless `answers` can be read as `count` letters."""
    for item, value in enumerate(_read(question, name, answers, count), start=1):
        if letter(value, options) is None:
            fail(_open_item(question, item, options))


def check_choice(
    question: str,
    name: str,
    answers: Any,
    item: int,
    right: str,
    because: Mapping[str, str],
    count: int,
) -> None:
    """Raise `CheckFailed` unless item number `item` of `answers` is the letter `right`.

    `because` tells, for every other letter, why it is wrong.
    """
    options = "".join(sorted({right, *because}))
    chosen = letter(_read(question, name, answers, count)[item - 1], options)
    if chosen is None:
        fail(_open_item(question, item, options))
    elif chosen != right:
        text = f"{question}: item {item}, {chosen}: {because[chosen]}"
        fail(Diagnosis(text, symptom=f"item_{item}_{chosen}"))


def _read(question: str, name: str, answers: Any, count: int) -> list[Any]:
    found = entries(answers, count)
    if isinstance(found, Diagnosis):
        fail(Diagnosis(sentence(question, f"{name} {found.text}"), symptom=found.symptom))
        return []
    return found


def _open_item(question: str, item: int, options: str) -> Diagnosis:
    text = f"item {item} is no letter from {options[0]} to {options[-1]} yet"
    return Diagnosis(sentence(question, text), symptom="open_item")


def unread_letter(question: str, name: str, value: Any, options: str) -> Diagnosis:
    """Why `value` isn't one letter of `options`."""
    if value is None or value is Ellipsis:
        text = f"{name} is still to be written: one letter"
        return Diagnosis(sentence(question, text), symptom="missing")
    given = kind(value) if type(value) is not str else "this text"
    text = f"{name} takes one letter from {options[0]} to {options[-1]}, not {given}"
    return Diagnosis(sentence(question, text), symptom="kind")


def check_single_choice(
    question: str, name: str, value: Any, right: str, because: Mapping[str, str]
) -> None:
    """Raise `CheckFailed` unless one letter on its own, as in q4, is `right`."""
    options = "".join(sorted({right, *because}))
    value = _single(value)
    chosen = letter(value, options)
    if chosen is None:
        fail(unread_letter(question, name, value, options))
    elif chosen != right:
        text = f"{question}: {name}, {chosen}: {because[chosen]}"
        fail(Diagnosis(text, symptom=f"{name}_{chosen}"))


def check_letter(question: str, name: str, value: Any, options: str) -> None:
    """Raise `CheckFailed` unless `value` is one letter of `options`."""
    value = _single(value)
    if letter(value, options) is None:
        fail(unread_letter(question, name, value, options))


def _single(value: Any) -> Any:
    """The letter in a list, tuple or array of one."""
    value = _plain(value)
    if issubclass(type(value), (list, tuple)) and len(value) == 1:
        return value[0]
    return value

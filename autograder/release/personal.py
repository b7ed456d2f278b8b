"""Finds in a notebook's outputs what tells about the machine or the person that ran it."""

import os
import re
import socket
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from autograder.release.leaks import strings
from autograder.release.release_gate import Problem

_PATTERNS = {
    "a network card's address": re.compile(r"\b(?:[0-9a-fA-F]{2}[:-]){5}[0-9a-fA-F]{2}\b"),
    "an IP address": re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])"),
    "a home folder": re.compile(r"(?:/home|/Users|[A-Z]:\\Users)[/\\]\w+|(?<!\w)/root(?![\w-])"),
}

_ENCODED = re.compile(r"[A-Za-z0-9+/]{200,}={0,2}")
"""Bytes as base64 text, such as a widget's picture: any short name stands in them by chance."""


def this_machine() -> tuple[str, ...]:
    """What names this machine: its host name, and where home, Python and the project lie."""
    folders = (Path.home(), Path(sys.prefix), Path(os.getcwd()))
    return (socket.gethostname(), *(str(folder) for folder in folders if folder.parent != folder))


def personal_problems(
    name: str, cells: Sequence[Mapping[str, Any]], machine: Sequence[str]
) -> Iterator[Problem]:
    """One problem for each cell and kind of thing that the outputs tell; `machine` names it."""
    words = re.compile("|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in machine if word))
    patterns = _PATTERNS | ({"this machine's names": words} if words.pattern else {})
    for number, cell in enumerate(cells, 1):
        text = _ENCODED.sub("", "\n".join(_texts(cell.get("outputs", []))))
        for what, pattern in patterns.items():
            found = pattern.search(text)
            if found:
                sentence = f"its output shows {what}: {found[0]}"
                yield Problem(name, number, sentence)


def _texts(outputs: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """All text in outputs; pictures are left out."""
    for output in outputs:
        for key, value in output.items():
            if key == "data":
                shown = {kind: item for kind, item in value.items() if "image/p" not in kind}
                yield from strings(shown)
            else:
                yield from strings(value)

"""Magics, commands and questions that make no sense while grading: skipped, and noted.

They show, load, install or ask something. What else a magic does stays as it is.
"""

import builtins
import getpass
import pdb
import re
from typing import Any

from autograder.inside import notes

SKIPPED_MAGICS = {
    "aimport",
    "autoreload",
    "autosave",
    "conda",
    "config",
    "gui",
    "load_ext",
    "mamba",
    "matplotlib",
    "micromamba",
    "pip",
    "reload_ext",
    "tensorboard",
    "tensorflow_version",
    "unload_ext",
    "uv",
}
"""Line magics that show, load or install."""
NOT_NOTED = {"matplotlib inline", "autosave", "config"}
"""Magics that lose nothing: pictures stand in the executed notebook without them."""
PLAIN_BODIES = {"time", "capture", "prun"}
"""Cell magics whose cell is run as if they did not stand there."""
_FETCHES = re.compile(
    r"\s*(sudo\s+|yes\s*\|\s*)*"
    r"(pip3?|python3?\s+-m\s+pip|conda|mamba|uv|apt|apt-get|brew|npm|wget|curl|gdown|kaggle|git)\b"
)
_CELL_MAGIC = re.compile(r"\s*%%(\w+)(.*)")


def skips_magic(name: str, line: str) -> bool:
    """Tell whether a line magic is skipped, and note it."""
    if name not in SKIPPED_MAGICS:
        return False
    if name not in NOT_NOTED and f"{name} {line.strip()}" not in NOT_NOTED:
        notes.add("magic")
    return True


def skips_command(command: str) -> bool:
    """Tell whether a command would install or fetch something: there is no network. Note it."""
    if not _FETCHES.match(command):
        return False
    notes.add("fetch")
    return True


def cell_magic(source: str) -> tuple[str, str]:
    """Return the cell magic at the beginning of `source` and what follows it on its line."""
    found = _CELL_MAGIC.match(source)
    return (found[1], found[2].strip()) if found else ("", "")


def body(source: str) -> str:
    """Return the cell without its magic, each line under its number."""
    skipped = source[: len(source) - len(source.lstrip())]
    rest = source.lstrip().partition("\n")[2]
    return skipped + "\n" + rest


def ask_nobody() -> None:
    """Let `input` and `getpass` return an empty text, and debuggers go on: nobody is there."""

    def answer(*_arguments: Any, **_keywords: Any) -> str:
        notes.add("asks")
        return ""

    def go_on(self: pdb.Pdb, frame: Any, traceback: Any) -> None:
        notes.add("asks")
        self.set_continue()

    builtins.input = answer
    getpass.getpass = answer
    pdb.Pdb.interaction = go_on  # for a debugger, an empty line is no end

"""What concerns the computer and not the student, noted by cell and line."""

import inspect
import traceback
from typing import Any

from autograder.wire.frames import clean

CELL = "<ipython-input-"
"""How IPython begins the file name of a cell's code; the number that it was run under follows."""
LIMIT = 100
"""Notes that one reply may carry."""

_noted: dict[tuple[str, int, int, str], None] = {}


def add(kind: str, what: str = "", at: tuple[int, int] | None = None) -> None:
    """Note `kind` (see `judge.computer`) and a detail of it, at the student's line that runs."""
    cell, line = at or place()
    if len(_noted) < LIMIT:
        _noted[kind, cell, line, clean(what, 100)] = None


def take() -> list[list[Any]]:
    """Return the notes as kind, cell, line and detail, and clear them."""
    taken = [list(note) for note in _noted]
    _noted.clear()
    return taken


def place() -> tuple[int, int]:
    """Return the number and line of the student's cell that runs now; (0, 0) outside of any."""
    for frame, line in traceback.walk_stack(inspect.currentframe()):
        if number := cell_number(frame.f_code.co_filename):
            return number, line
    return 0, 0


def cell_number(file: str) -> int:
    """Return the number under which the cell was run whose code has this file name; 0 for none."""
    number = file.removeprefix(CELL).partition("-")[0]
    return int(number) if file.startswith(CELL) and number.isdecimal() else 0

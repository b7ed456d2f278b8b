"""What a cell of a notebook needs from cells before it, and which of these was not run."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from labkit.notebook import notebook_file
from labkit.notebook.notebook_file import Saved
from labkit.notebook.runs import all_runs, bound_names
from labkit.notebook.say import say
from labkit.notebook.screen import grading


def ready(*names: str) -> bool:
    """Are `names` defined where this is called? Else say which cell to run.

    Never while grading: what a cell shows of answers, or trains to show it, nobody looks at then.
    """
    if grading():
        say("Skipped while a submission is graded.")
        return False
    there = sys._getframe(1).f_globals
    absent = [name for name in names if there.get(name) is None]
    if absent:
        say(missing_words(absent, there))
    return not absent


def missing_words(absent: list[str], there: Mapping[str, Any]) -> str:
    """Which cells to run, by their first line and by their question."""
    saved = notebook_file.find(Path(), all_runs())
    told = dict[str, list[str]]()
    for name in absent:
        told.setdefault(_cell_words(name, saved, name in there), []).append(f"`{name}`")
    return "\n".join(
        f"This cell needs {' and '.join(names)}, not there yet: {words}, then run this cell again."
        for words, names in told.items()
    )


def _cell_words(name: str, saved: Saved | None, made: bool) -> str:
    if saved is not None:
        for question, cells in saved.answers.items():
            if any(name in bound_names(cell.source) for cell in cells) or question == _asks(name):
                verb = "answer" if made else "run"
                return f"{verb} the answer cell of {question}"
        for cell in saved.cells:
            if name in bound_names(cell.source):
                first = next(line for line in cell.source.splitlines() if line.strip())
                return f"run the cell that begins with `{first}`"
    return "run the cells above from the top"


def _asks(name: str) -> str:
    """The question whose public tests take `name`; '' if none does."""
    from labkit.notebook.public_tests import asked_names

    files = Path("tests").glob("[!_]*.py")
    for file in sorted(files, key=lambda file: (len(file.stem), file.stem)):
        if name in asked_names(file):
            return file.stem
    return ""

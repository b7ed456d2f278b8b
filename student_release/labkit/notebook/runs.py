"""Which cells were run since the kernel started, with what text, and how they ended.

A kernel doesn't know what stands in a cell now; it knows what it was given to run. `watch` has
IPython report every cell, so that checks and the export can tell one from the other.
"""

import symtable
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Run:
    """One run of one cell."""

    source: str
    cell: str
    """The cell's id, where the front end tells it; else ''."""
    error: str = ""
    """Class of the exception that ended it; '' if it ran to its end."""
    when: float = 0.0

    def binds(self, names: Sequence[str]) -> bool:
        """Does its text define all of `names`?"""
        return bool(names) and set(names) <= bound_names(self.source)


_runs: list[Run] = []
_watched: list[Any] = []


def watch() -> None:
    """Have IPython report each cell from now on; the ones before are taken from its history."""
    try:
        from IPython import get_ipython
    except ImportError:
        return
    shell: Any = get_ipython()
    if shell is None or any(shell is each for each in _watched):
        return
    _watched.append(shell)
    earlier = shell.user_ns.get("In", [])[1:-1]  # the last one is the cell that is running
    _runs[:0] = [Run(tidy(source), "") for source in earlier]
    shell.events.register("post_run_cell", _note)


def _note(result: Any) -> None:
    info = result.info
    if info is None or info.raw_cell is None or not info.raw_cell.strip():
        return
    problem = result.error_before_exec or result.error_in_exec
    name = type(problem).__name__ if problem is not None else ""
    _runs.append(Run(tidy(info.raw_cell), getattr(info, "cell_id", None) or "", name, time.time()))


def all_runs() -> tuple[Run, ...]:
    """Every run so far, the oldest first."""
    return tuple(_runs)


def tidy(source: str) -> str:
    """The text without what differs between a cell and its file: line ends, blanks at the end."""
    return "\n".join(line.rstrip() for line in source.splitlines()).strip()


def bound_names(source: str) -> frozenset[str]:
    """The names that a cell defines for the cells after it."""
    try:
        table = symtable.symtable(without_magics(source), "cell", "exec")
    except (SyntaxError, ValueError):
        return frozenset()
    return frozenset(
        symbol.get_name()
        for symbol in table.get_symbols()
        if symbol.is_assigned() or symbol.is_imported()
    )


def without_magics(source: str) -> str:
    """Python without IPython's own lines; `%%time` and the like leave the cell's other lines."""
    lines = source.splitlines()
    while lines and (lines[0].startswith("%%") or not lines[0].strip()):
        del lines[0]
    return "\n".join("" if line.startswith(("%", "!")) else line for line in lines)

"""Computes once what takes long, so that the many planted notebooks need not: answers as values.

`frozen` in course.toml names, by question, the variables to keep. Numbers, texts and arrays are
written into the answers as they are. For other values the assignment's package has a module
`freezing`: `GATHER`, a cell that leaves what is needed of each in the dictionary `_frozen`, and
`thawed(name, value)`, the source that binds the variable again.
"""

import base64
import importlib
from collections.abc import Callable, Mapping
from typing import Any, cast

import numpy as np

from autograder.course.assignment import Assignment
from autograder.errors import KitError
from autograder.judge.session import Session
from autograder.records import Cell, Notebook

_GATHER = "_frozen = {name: globals()[name] for name in NAMES}"


class Untrained(KitError):
    """The solved notebook does not leave the variables that are to be frozen."""


def freeze(
    session: Session, notebook: Notebook, assignment: Assignment, solutions: Mapping[str, str]
) -> dict[str, str]:
    """Run the solved notebook; gives answers that compute nothing, by question.

    Raises `Untrained` when a cell fails or a variable is not there.
    """
    wanted = {name: kept for name, kept in assignment.course.frozen.items() if name in solutions}
    if not wanted:
        return {}
    gather, thawed = _ways(assignment)
    names = sorted({name for kept in wanted.values() for name in kept})
    source = gather.replace("NAMES", repr(names))
    for cell in (*notebook.cells, Cell(len(notebook.cells), source)):
        ran = session.run_cell(cell, session.limits.cell_seconds)
        if ran.message:
            raise Untrained(f"the solved notebook stops in cell {cell.index + 1}: {ran.message}")
    found = cast("Mapping[str, Any]", session.fetch("_frozen"))
    return {
        question: "\n".join(thawed(name, found[name]) for name in kept)
        for question, kept in wanted.items()
    }


def _ways(assignment: Assignment) -> tuple[str, Callable[[str, Any], str]]:
    """Return the cell that gathers the values, and what writes one of them as source."""
    name = f"{assignment.course.package}.freezing"
    if name not in assignment.modules():
        return _GATHER, plain
    module: Any = importlib.import_module(name)
    return (
        module.GATHER,
        lambda variable, value: module.thawed(variable, value) or plain(variable, value),
    )


def plain(name: str, value: Any) -> str:
    """Return the source that binds a number, a text or an array. Raises `Untrained` for others."""
    if isinstance(value, np.ndarray):
        numbers = base64.b64encode(value.tobytes()).decode()
        return (
            f"import base64, numpy\n{name} = numpy.frombuffer(base64.b64decode({numbers!r}), "
            f"{value.dtype.str!r}).reshape({value.shape!r}).copy()"
        )
    if value is None or isinstance(value, str | int | float | bool | list | tuple | dict):
        return f"{name} = {value!r}"
    raise Untrained(
        f"course.toml: frozen: {name} is neither a number, a text nor an array. Write a module "
        "`freezing` in the assignment's package (docs/new-assignment.md)."
    )

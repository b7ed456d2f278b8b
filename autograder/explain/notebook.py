"""A notebook of a student's cells with the hidden checks of one question, to step through.

Who opens it runs the student's code with their own rights: it says so, and stops before the first
cell of the student's until somebody has looked.
"""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from autograder.course.assignment import Assignment
from autograder.explain.asked import Asked
from autograder.paths import PROJECT
from autograder.records import Cell
from autograder.reports.markdown import escaped
from autograder.similarity.answers import cells_in
from autograder.store.writing import StoreError

Json = dict[str, Any]

_WARNING = """\
# {student}, {question}: the answer and all its checks

**For instructors only, and not inside the sandbox.** The cells below are the student's. Here they
run on this machine with your rights: they can read your files and use the network. Read them before
you run them, or take `PROMPT=1` instead of `NOTEBOOK=1`, which runs them in the sandbox. The hidden
checks stand at the end."""
_SETUP = """\
looked_at = False  # set it to True when you have read the student's cells below

if not looked_at:
    raise RuntimeError("Read the student's cells first: they run with your rights.")

import os
import sys

os.environ.update({grading!r})
sys.path[:0] = [{assignment!r}, {project!r}]
from autograder.inside import otter_stand_in

otter_stand_in.install()  # grader.check does nothing here: the checks stand below"""
_CHECKS = """\
## The checks of {question}

With the inputs of the class. A check that fails raises its message; `%debug` in a cell of its own
then looks at the variables where it did. `breakpoint()` inside a check stops there. Change the
answer above, run it, and check again."""
_CALL = """
import labkit.run

labkit.run.begin(seed={seed})  # as when the class was graded
{name}({arguments})"""
_PREPARED = ("OK_FORMAT", "name", "points")


def stepping_notebook(asked: Asked, tests: Path, seed: int, assignment: Assignment) -> Json:
    """Return the notebook; `tests` is the file with the question's checks.

    They find their package in the folder of `assignment`.

    Raises `StoreError` where the student's notebook cannot be read.
    """
    about = {"student": escaped(asked.student), "question": escaped(asked.question)}
    place = str(assignment.folder.resolve())
    setup = _SETUP.format(grading=dict(assignment.grading), assignment=place, project=str(PROJECT))
    cells = [
        _cell("about", _WARNING.format(**about), kind="markdown"),
        _cell("begin", setup),
        *(_cell(f"student-{cell.index + 1}", cell.source, go_on=True) for cell in _cells(asked)),
        _cell("checks", _CHECKS.format(**about), kind="markdown"),
        *_checks(tests.read_text("utf-8"), seed),
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"kernelspec": kernel},
        "cells": cells,
    }


def _cells(asked: Asked) -> list[Cell]:
    """Return the student's cells of code, up to the one after which the question is scored."""
    cells = cells_in(asked.notebook)
    if cells is None:
        raise StoreError(f"{asked.notebook} cannot be read as a notebook: grade the student again.")
    last = max((cell.index for cell in cells if asked.question in cell.checks), default=None)
    return [cell for cell in cells if last is None or cell.index <= last]


def _checks(source: str, seed: int) -> Iterator[Json]:
    """Yield a cell for each check in a test file of otter's, and one for what they share."""
    shared: list[str] = []
    checks: list[Json] = []
    for node in ast.parse(source).body:
        text = ast.get_source_segment(source, node) or ""
        if isinstance(node, ast.FunctionDef) and node.decorator_list:
            arguments = ", ".join(argument.arg for argument in node.args.args)
            call = _CALL.format(seed=seed, name=node.name, arguments=arguments)
            kinds = ", ".join(map(ast.unparse, node.decorator_list)).removeprefix("test_case")
            checks.append(_cell(node.name, f"# {kinds}\n{text}\n{call}", go_on=True))
        elif not _is_otters(node):
            shared.append(text)
    if shared:
        yield _cell("shared", "\n".join(shared))
    yield from checks


def _is_otters(node: ast.stmt) -> bool:
    """Whether a statement is there for otter alone."""
    if isinstance(node, ast.ImportFrom):
        return (node.module or "").startswith("otter")
    names = node.targets if isinstance(node, ast.Assign) else []
    return any(isinstance(name, ast.Name) and name.id in _PREPARED for name in names)


def _cell(name: str, source: str, *, kind: str = "code", go_on: bool = False) -> Json:
    """Return a cell; with `go_on`, running all cells doesn't end where it raises."""
    metadata = {"tags": ["raises-exception"]} if go_on else {}
    cell: Json = {"cell_type": kind, "id": name[:64], "metadata": metadata, "source": source}
    return cell | ({"execution_count": None, "outputs": []} if kind == "code" else {})

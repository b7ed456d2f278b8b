"""The master notebook as its author wrote it: questions, answer cells, test cells.

`otter assign` does the splitting. This reading comes first, because it can say in a sentence, with
question and cell, what otter would answer with a traceback or not notice at all (two test functions
of one name: otter keeps the last; points that do not add up: otter takes the smaller sum). The
release gate also reads its secrets from here. Cells are counted from 1, as in otter's messages.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from autograder.course.build.manual import read_rubric
from autograder.course.build.master_cells import (
    BuildError,
    MasterCell,
    MasterTest,
    check_solution_marks,
    read_test,
    settings,
)
from autograder.course.rubric import Rubric

__all__ = [
    "BuildError",
    "Master",
    "MasterCell",
    "MasterQuestion",
    "MasterTest",
    "read_master",
]

_BOUNDARY = re.compile(r"#\s+(BEGIN|END)\s+(QUESTION|PROMPT|SOLUTION|TESTS)\s*$", re.IGNORECASE)
_ASSIGNMENT = re.compile(r"#\s+ASSIGNMENT\s+CONFIG\s*$", re.IGNORECASE)


@dataclass(frozen=True)
class MasterQuestion:
    """One question, with its answer cells (as solved) and its tests, public and hidden."""

    name: str
    points: float
    number: int
    answers: tuple[MasterCell, ...]
    tests: tuple[MasterTest, ...]
    rubric: Rubric | None = None
    """What a person marks of it; its points are among `points`."""


@dataclass(frozen=True)
class Master:
    """A master notebook whose structure holds."""

    cells: tuple[MasterCell, ...]
    questions: tuple[MasterQuestion, ...]


def read_master(path: Path) -> Master:
    """Read and check the master notebook at `path`; a `BuildError` names question and cell."""
    try:
        document = cast("dict[str, Any]", json.loads(path.read_text(encoding="utf-8")))
        listed = cast("list[dict[str, Any]]", document["cells"])
        language = document["metadata"]["kernelspec"]["language"]
        version = (document["nbformat"], document["nbformat_minor"])
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise BuildError(
            f"{path.name} cannot be read as a notebook of Jupyter's present format:"
            f" {type(problem).__name__} {problem}."
        ) from problem
    if version < (4, 5) or language != "python":
        raise BuildError(
            f"{path.name} must be a Python notebook of format 4.5 or later (cells with ids); open"
            " and save it with a current Jupyter."
        )
    cells = tuple(
        MasterCell(number, str(cell["cell_type"]), "".join(cell["source"]))
        for number, cell in enumerate(listed, 1)
    )
    if not any(cell.kind == "raw" and _ASSIGNMENT.match(_first_line(cell)) for cell in cells):
        raise BuildError(f"{path.name} has no raw cell '# ASSIGNMENT CONFIG'; put one first.")
    questions = tuple(_questions(cells))
    names = [question.name for question in questions]
    for question in questions:
        if names.count(question.name) > 1:
            raise BuildError(
                f"{question.name} (cell {question.number}): two questions have this name."
            )
    return Master(cells, questions)


def _first_line(cell: MasterCell) -> str:
    return cell.source.split("\n", 1)[0].strip()


def _questions(cells: Sequence[MasterCell]) -> Iterator[MasterQuestion]:
    """Walk the block boundaries; blocks stand inside a question and are not nested further."""
    begin: MasterCell | None = None
    block, blocks = "", dict[str, list[MasterCell]]()
    for cell in cells:
        found = _BOUNDARY.match(_first_line(cell)) if cell.kind == "raw" else None
        if found is None:
            if block:
                blocks.setdefault(block, []).append(cell)
            continue
        edge, kind = found[1].upper(), found[2].upper()
        if edge == "BEGIN" and (begin is None) == (kind == "QUESTION") and not block:
            if kind == "QUESTION":
                begin, blocks = cell, {}
            else:
                block = kind
        elif edge == "END" and begin is not None and kind == (block or "QUESTION"):
            if not block:
                yield _question(begin, blocks)
                begin = None
            block = ""
        else:
            raise BuildError(
                f"Cell {cell.number}: '{_first_line(cell)}' does not fit here"
                + (f" (question begun in cell {begin.number}" if begin else " (no question is open")
                + (f", block {block} still open)." if block else ").")
            )
    if begin is not None:
        raise BuildError(f"Cell {begin.number}: this question has no '# END QUESTION' cell.")


def _question(begin: MasterCell, blocks: dict[str, list[MasterCell]]) -> MasterQuestion:
    config = settings(begin.source, f"cell {begin.number}")
    name, points = config.get("name"), config.get("points")
    if not isinstance(name, str) or not isinstance(points, int | float):
        raise BuildError(
            f"Cell {begin.number}: a question needs 'name: q1' and 'points: <number>' below its"
            " '# BEGIN QUESTION' line."
        )
    answers, tests = blocks.get("SOLUTION", []), blocks.get("TESTS", [])
    if len(answers) != 1 or answers[0].kind != "code":
        raise BuildError(
            f"{name} (cell {begin.number}): needs exactly one answer cell, a code cell between the"
            f" raw cells '# BEGIN SOLUTION' and '# END SOLUTION'; {len(answers)} cells stand there."
        )
    check_solution_marks(name, answers[0])
    read = tuple(read_test(name, cell) for cell in tests)
    if not any(not test.hidden for test in read):
        raise BuildError(
            f"{name} (cell {begin.number}): has no public test, so its check in the notebook would"
            " call every answer right."
        )
    functions = [test.name for test in read]
    for test in read:
        if functions.count(test.name) > 1:
            raise BuildError(
                f"{name} (cell {test.cell.number}): two tests are called {test.name}, of which"
                " otter would run the last alone; rename one."
            )
    rubric = read_rubric(name, begin, config)
    total = sum(test.points for test in read) + (rubric.points if rubric else 0)
    if abs(total - points) > 1e-9:
        what = "the tests' and the rubric's points add" if rubric else "the tests' points add"
        raise BuildError(
            f"{name} (cell {begin.number}): {what} up to {total:g}, the question says {points:g}."
        )
    return MasterQuestion(name, float(points), begin.number, tuple(answers), read, rubric)

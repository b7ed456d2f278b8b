"""Answers that stand where they do not count: found, and taken where only one can be meant.

A question is scored after its last check, with what stands under its names then. Code in a text
cell or a comment, code that a blank copy of the question replaces, and code below the last check
count for nothing, although the student wrote it.
"""

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from autograder.intake.idle_code import code_in
from autograder.intake.released import Asked, Released, bindings
from autograder.records import Cell


@dataclass(frozen=True)
class Placed:
    """The cells to run, and what a person should know of their places."""

    cells: tuple[Cell, ...]
    reviews: Mapping[str, str]
    """By question: which cell holds an answer that did not count, and why."""


@dataclass(frozen=True)
class _Candidate:
    """A cell that holds an answer to a question."""

    cell: Cell
    reason: str
    """Why it does not count; '' if it does."""


def well_placed(
    document: Mapping[str, Any], cells: tuple[Cell, ...], assignment: Released
) -> Placed:
    """`cells`, with each answer in effect that is the only one and would not count."""
    read = _read(document, cells, assignment)
    reviews: dict[str, str] = {}
    for question, asked in assignment.questions.items():
        if not asked.names:
            continue
        found, blank = _candidates(question, asked, cells, read)
        useless = [one for one in found if one.reason]
        if not useless or (len(useless) < len(found) and not _late(useless)):
            continue
        if len(found) == 1:
            [only] = found
            cells = _with_answer(question, only.cell, blank, cells)
            reviews[question] = (
                f"cell {only.cell.index + 1} holds an answer to {question} that would not count, "
                f"because {only.reason}. It is the only one, so it was taken."
            )
        else:
            told = "; ".join(
                f"cell {one.cell.index + 1} holds an answer to {question} that did not count, "
                f"because {one.reason}"
                for one in useless
            )
            reviews[question] = f"{told}."
    return Placed(cells, reviews)


def _read(
    document: Mapping[str, Any], cells: Sequence[Cell], assignment: Released
) -> list[tuple[Cell, str, dict[str, str]]]:
    """Each cell that could hold an answer, why it is not run, and what it binds."""
    by_index = {cell.index: cell for cell in cells}
    found: list[tuple[Cell, str, dict[str, str]]] = []
    for index, raw in enumerate(document["cells"]):
        source = str(raw["source"])
        if source.strip() in assignment.sources:
            continue
        text, idle = code_in(source, str(raw["cell_type"]))
        bound = {name: form for name, form in (bindings(text) or {}).items() if form != _NOTHING}
        if bound:
            found.append(
                (replace(by_index.get(index) or Cell(index, text), source=text), idle, bound)
            )
    return found


_NOTHING = ast.dump(ast.Constant(None))
"""The form of `model = None`, which is nobody's answer."""


def _candidates(
    question: str,
    asked: Asked,
    cells: Sequence[Cell],
    read: Sequence[tuple[Cell, str, dict[str, str]]],
) -> tuple[list[_Candidate], set[int]]:
    """The cells that answer `question`, and the places of its blank copies."""
    last = max((cell.index for cell in cells if question in cell.checks), default=None)
    blank: set[int] = set()
    answers: list[tuple[Cell, str]] = []
    counting: dict[str, str] = {}
    effective: int | None = None  # the cell whose definitions stand when the question is scored
    for cell, idle, bound in read:
        own = {name: form for name, form in bound.items() if name in asked.names}
        if not own:
            continue
        runs_in_time = not idle and (last is None or cell.index <= last)
        if all(asked.stub.get(name) == form for name, form in own.items()):
            if not idle:
                blank.add(cell.index)
                effective = cell.index if runs_in_time else effective
        elif runs_in_time:
            answers.append((cell, idle))
            effective = cell.index
            counting |= own
        elif own.keys() == asked.names and own != counting:  # a copy of what counts is no answer
            answers.append((cell, idle))
    return [
        _Candidate(cell, _reason(cell, idle, last, effective, blank)) for cell, idle in answers
    ], blank


def _reason(cell: Cell, idle: str, last: int | None, effective: int | None, blank: set[int]) -> str:
    if idle:
        return idle
    if last is not None and cell.index > last:
        return f"it stands below the question's last check, in cell {last + 1}"
    if effective in blank and effective != cell.index:
        return f"a blank copy of the question in cell {effective + 1} replaces it"
    return ""


def _late(useless: Sequence[_Candidate]) -> bool:
    """Whether one of the answers came after the last check: it may be the better one."""
    return any("below the question's last check" in one.reason for one in useless)


def _with_answer(
    question: str, answer: Cell, blank: set[int], cells: Sequence[Cell]
) -> tuple[Cell, ...]:
    """The cells with `answer` in effect: blank copies are left out, and it is checked after it."""
    last = max((cell.index for cell in cells if question in cell.checks), default=-1)
    checks = answer.checks if answer.index <= last else (*answer.checks, question)
    taken = replace(answer, answers=question, checks=checks)
    kept = [
        replace(cell, answers="") if cell.answers == question else cell
        for cell in cells
        if cell.index != answer.index
    ]
    emptied = [replace(cell, source="") if cell.index in blank else cell for cell in kept]
    return tuple(sorted([*emptied, taken], key=lambda cell: cell.index))

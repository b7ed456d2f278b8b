"""Several notebooks in one hand-in: copies are one, and of different ones the newest counts."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from autograder.intake.released import Released, bindings
from autograder.intake.unreadable import Unreadable
from autograder.plain_text import one_line
from autograder.records import Notebook

_COPY = re.compile(r"[ _-]*(?:\((?P<a>\d+)\)|-?copy ?(?P<b>\d*)|-(?P<c>\d{1,3}))$", re.IGNORECASE)


@dataclass(frozen=True)
class Found:
    """A file that may be the notebook to grade."""

    name: str
    """Its name inside of what was handed in."""
    content: bytes
    when: float = 0.0
    """When it was changed last, as far as the archive or the disk tells: greater is later."""


@dataclass(frozen=True)
class Chosen:
    """The notebook that is graded, and what to tell of the others."""

    notebook: Notebook
    name: str
    """The name of its file."""
    notes: tuple[str, ...] = ()
    review: str = ""


def choose(
    files: Sequence[Found],
    read: Callable[[bytes], Notebook],
    assignment: Released | None,
) -> Chosen:
    """The notebook among `files` that counts. Raises `Unreadable` where none can be read."""
    distinct = {one.content: one for one in reversed(files)}
    if len(distinct) == 1:
        return Chosen(read(files[0].content), files[0].name, _same(files[0].name, files))
    readable: list[tuple[Found, Notebook]] = []
    problems: list[Unreadable] = []
    for file in sorted(distinct.values(), key=lambda one: one.name):
        try:
            readable.append((file, read(file.content)))
        except Unreadable as problem:
            problems.append(problem)
    if not readable:
        raise problems[0]
    blank = [_is_blank(notebook, assignment) for _, notebook in readable]
    filled = [one for one, empty in zip(readable, blank, strict=True) if not empty] or readable
    answers = {_answers(notebook) for _, notebook in filled}
    file, notebook = max(filled, key=lambda one: _age(one[0]))
    if len(answers) == 1:
        return Chosen(notebook, file.name, _same(file.name, files))
    names = ", ".join(one_line(one.name, 80) for one, _ in filled[:5])
    told = (
        f"{len(filled)} different notebooks were handed in ({names}); the newest, "
        f"{one_line(file.name, 80)}, was graded."
    )
    return Chosen(notebook, file.name, (told,), told)


def copy_of(name: str) -> str:
    """The name that a file had before it was copied or downloaded again."""
    stem, dot, suffix = name.rpartition(".")
    stem, suffix = (stem, dot + suffix) if dot else (name, "")
    return (_COPY.sub("", stem) + suffix).casefold()


def _copy_number(name: str) -> int:
    match = _COPY.search(name.rpartition(".")[0] or name)
    return int(next((part for part in match.groups() if part), "1")) if match else 0


def _age(file: Found) -> tuple[float, int, list[tuple[str, int]]]:
    """Sort key: greater is newer."""
    return file.when, _copy_number(file.name), _in_order(file.name)


def _in_order(name: str) -> list[tuple[str, int]]:
    """Sort key by which "Version 10" comes after "Version 9"."""
    return [(text, int(part or 0)) for text, part in re.findall(r"(\D*)(\d*)", name)]


def _same(name: str, files: Sequence[Found]) -> tuple[str, ...]:
    others = [one_line(one.name, 80) for one in files if one.name != name]
    if not others:
        return ()
    listed = ", ".join(others[:5])
    return (f"{listed} holds nothing else to grade than {one_line(name, 80)}, which was graded.",)


def _answers(notebook: Notebook) -> str:
    """What the notebook's code says, however it is laid out."""
    return json.dumps(
        [[line.rstrip() for line in cell.source.strip().splitlines()] for cell in notebook.cells]
    )


def _is_blank(notebook: Notebook, assignment: Released | None) -> bool:
    """Whether nothing was answered in it yet."""
    questions: Mapping[str, Any] = assignment.questions if assignment else {}
    for cell in notebook.cells:
        asked = questions.get(cell.answers)
        if cell.answers and (asked is None or dict(asked.stub) != (bindings(cell.source) or {})):
            return False
    return bool(questions)

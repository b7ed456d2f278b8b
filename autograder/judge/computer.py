"""What concerns the computer and not the student: what was skipped, left out, or could not be run.

The sandbox notes it by cell and line. A note is a student's word: it can start a sentence or ask a
person to look, and change no mark.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from autograder.judge.places import CELLS_LIMIT, code_line
from autograder.wire.frames import clean, is_list

SKIPPED = {"magic", "fetch", "command", "asks", "backend"}
"""Kinds of what only shows, loads, installs or asks."""
LEFT_OUT = {"import", "display", "computer"}
"""Kinds of statements that failed, so that the rest of their cell was run without them."""
HINDRANCES = {"package", "gpu"}
"""Kinds that may have ended an answer: a person has to look."""
OTHERS = {"compile", "picture"}
NOTES_LIMIT = 100
WITHOUT_PICTURE = "draws a picture that could not be shown"
EAGER = "calls torch.compile, which computed without compiling: the results are the same"


@dataclass(frozen=True, order=True)
class Note:
    """One thing that a line of the notebook met, in the cell of this number, from 1."""

    cell: int
    line: int
    kind: str
    what: str = ""
    """The text of an error, or the name of a package."""


def read_notes(reply: Mapping[str, Any]) -> set[Note]:
    """Return the notes that a reply of a sandbox carries, and the reason why it failed."""
    found: set[Note] = set()
    listed = reply.get("notes")
    for item in listed[:NOTES_LIMIT] if is_list(listed) else []:
        if not is_list(item) or len(item) != 4:
            continue
        kind, cell, line, what = item
        known = kind in SKIPPED | LEFT_OUT | HINDRANCES | OTHERS if type(kind) is str else False
        numbers = type(cell) is int and type(line) is int and 0 <= cell <= CELLS_LIMIT
        if known and numbers and 0 <= line < 10**6 and type(what) is str:
            found.add(Note(cell, line, kind, clean(what, 100)))
    if reply.get("kind") in HINDRANCES:
        found.add(Note(0, 0, str(reply["kind"])))
    return found


def sentences(notes: Iterable[Note], sources: Mapping[int, str]) -> list[str]:
    """Return what a student reads of `notes`; `sources` are the cells' codes by number."""
    ordered = sorted(notes)
    skipped = [_where(note, sources) for note in ordered if note.kind in SKIPPED]
    told: list[str] = []
    if skipped:
        told.append(
            "Skipped while grading, because it only shows, loads, installs or asks, and costs "
            f"nothing: {'; '.join(dict.fromkeys(skipped))}."
        )
    for note in ordered:
        if note.kind in LEFT_OUT:
            place = _where(note, sources)
            told.append(f"{place} was left out, and the rest of the cell was run: {note.what}")
    for kind, words in (("compile", EAGER), ("picture", WITHOUT_PICTURE)):
        told += dict.fromkeys(
            f"Cell {note.cell} {words}." for note in ordered if note.kind == kind and note.cell
        )
    return told


def reason(notes: Iterable[Note], sources: Mapping[int, str]) -> str:
    """Return why a person should look at a question that met `notes`; '' if nothing hindered it."""
    kinds = {note.kind for note in notes}
    reasons: list[str] = []
    if "package" in kinds:
        text = "\n".join(sources.values())
        # Only a name that the notebook itself holds: another could carry a hidden check's input.
        named = {note.what for note in notes if note.kind == "package" and note.what}
        shown = [f"`{name}`" for name in sorted(named) if name.isidentifier() and name in text]
        which = f"the package {' and '.join(shown)}" if shown else "a package"
        reasons.append(f"the answer needs {which}, which isn't installed where this was graded")
    if "gpu" in kinds:
        reasons.append("the answer asks for a GPU in a way that could not be met on the CPU")
    return "; and ".join(reasons)


def _where(note: Note, sources: Mapping[int, str]) -> str:
    code = code_line(sources.get(note.cell, ""), note.line)
    if not note.cell:
        return "Code outside of the cells"
    place = f"cell {note.cell}, line {note.line}" if note.line else f"cell {note.cell}"
    return f"{place}: `{code}`" if code else place

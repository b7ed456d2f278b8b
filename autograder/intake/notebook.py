"""A submission becomes the cells to run; what had to be mended on the way is noted."""

import json
import logging
import re
from dataclasses import replace
from typing import Any, cast

from autograder.intake.belonging import refuse_foreign
from autograder.intake.choosing import choose
from autograder.intake.file_kinds import unfinished
from autograder.intake.notebook_repair import mended_document
from autograder.intake.notebook_source import notebooks_in
from autograder.intake.placing import Placed, well_placed
from autograder.intake.question_cells import code_cells
from autograder.intake.released import Released
from autograder.intake.rescue import decoded, unpacked, what_it_is
from autograder.intake.unreadable import NotThisAssignment, Unreadable
from autograder.plain_text import one_line
from autograder.records import Notebook, Submission

__all__ = ["NotThisAssignment", "Unreadable", "read_notebook"]

_log = logging.getLogger(__name__)

_MAX_VALUES = 5_000_000
"""Values and containers in the JSON: each costs up to 100 bytes once read."""
_MAX_CODE_CHARACTERS = 5_000_000


def read_notebook(submission: Submission, assignment: Released | None = None) -> Notebook:
    """Reads what a student handed in, without running any of it.

    The document keeps what is needed to run and to show the notebook: the cells' kinds, sources,
    ids, tags and pictures, and the kernel's name. Outputs, widget states and other metadata go.

    Raises Unreadable with a sentence for the student if there is nothing to grade; with an
    `assignment`, NotThisAssignment for a notebook of something else.
    """
    if submission.problem:
        raise Unreadable(submission.problem)
    files = notebooks_in(submission.source)
    for rival in submission.rivals:
        try:
            files += notebooks_in(rival)
        except Unreadable as problem:  # what can be read is graded
            _log.info("left out: %s", problem)

    def read(raw: bytes) -> Notebook:
        return _read(raw, assignment)

    try:
        chosen = choose(files, read, assignment)
    except Unreadable as problem:
        if not (kind := unfinished(submission.source.name)):
            raise
        raise Unreadable(f"{one_line(submission.source.name)} is {kind}. {problem}") from problem
    own = chosen.notebook
    notes = (*own.repairs, *chosen.notes, *_renamed(chosen.name))
    return replace(own, repairs=notes, review=chosen.review)


def _read(raw: bytes, assignment: Released | None) -> Notebook:
    raw, unpacking_notes = unpacked(raw)
    _refuse_empty_or_huge(raw)
    text, encoding_notes = decoded(raw)
    parsed, json_notes = _parsed(text)
    document, mended_notes = mended_document(parsed)
    cells = code_cells(document)
    if assignment:
        refuse_foreign({**document, "metadata": parsed.get("metadata")}, cells, assignment)
    code = sum(len(cell.source) for cell in cells)
    if code > _MAX_CODE_CHARACTERS:
        raise Unreadable(
            f"The notebook has {code:,} characters of code; at most {_MAX_CODE_CHARACTERS:,} can "
            "be graded. Load data from files instead of writing it into cells."
        )
    placed = Placed(cells, {})
    if assignment and not assignment.as_it_stands:
        placed = well_placed(document, cells, assignment)
    if not placed.cells:
        raise Unreadable("The notebook has no code cell. Is it the notebook of this assignment?")
    repairs = (*unpacking_notes, *encoding_notes, *json_notes, *mended_notes)
    return Notebook(placed.cells, document, repairs, reviews=placed.reviews)


def _renamed(name: str) -> list[str]:
    """A note if the file isn't named as a notebook."""
    if name.lower().endswith(".ipynb"):
        return []
    return [f"{one_line(name, 80)} was read as a notebook, which is what it holds."]


def _refuse_empty_or_huge(raw: bytes) -> None:
    if not raw.strip():
        raise Unreadable("The notebook file is empty. Save the notebook and hand it in again.")
    if sum(raw.count(mark) for mark in (b",", b"[", b"{")) > _MAX_VALUES:
        raise Unreadable(
            f"The notebook holds more than {_MAX_VALUES:,} values, mostly in its outputs. "
            "Clear the outputs (Edit → Clear Outputs of All Cells), save, and hand it in again."
        )


def _parsed(text: str) -> tuple[dict[str, Any], list[str]]:
    """The JSON object in `text`, and a note if JSON's own rules were broken."""
    constants: list[str] = []
    try:
        value = json.loads(text, parse_constant=constants.append)
    except RecursionError as error:
        raise Unreadable(
            "The notebook's JSON is nested too deeply. Clear the outputs and hand it in again."
        ) from error
    except ValueError as error:
        value, rest = _first(text)
        if not rest:
            raise Unreadable(_not_json(text, error)) from error
        told = f"Behind the notebook stood {rest:,} more characters, which were ignored."
        return cast(dict[str, Any], value), [told]
    if isinstance(value, str):
        inner, notes = _parsed(value)
        return inner, [*notes, "The file held the notebook as a text in JSON; it was unwrapped."]
    if isinstance(value, dict) and _is_wrapped(cast(dict[str, Any], value)):
        inner = cast(dict[str, Any], value["content"])
        return inner, ["The file held the notebook within a reply of a server; it was unwrapped."]
    if isinstance(value, dict) and (what := what_it_is(text[:5000].encode("utf-8", "replace"))):
        raise Unreadable(f"The file is {what}, not a notebook. Hand in the .ipynb file itself.")
    if not isinstance(value, dict):
        raise Unreadable("The file holds JSON, but no notebook. Hand in the .ipynb file itself.")
    if constants:
        names = ", ".join(sorted(set(constants)))
        return cast(dict[str, Any], value), [f"The file held {names}, which JSON does not know."]
    return cast(dict[str, Any], value), []


def _first(text: str) -> tuple[object, int]:
    """The whole notebook that `text` begins with, and how much follows; 0 if there is none.

    A program that saves a shorter file over a longer one may leave the old end behind.
    """
    start = len(text) - len(text.lstrip())
    try:
        value, end = json.JSONDecoder().raw_decode(text, start)
    except (ValueError, RecursionError):
        return None, 0
    return value, len(text) - end if isinstance(value, dict) and "cells" in value else 0


def _is_wrapped(value: dict[str, Any]) -> bool:
    """Whether it is how Jupyter's server sends a notebook, instead of the notebook itself."""
    content = value.get("content")
    return "cells" not in value and isinstance(content, dict) and "cells" in content


def _not_json(text: str, error: ValueError) -> str:
    if re.search(r"^<<<<<<< ", text, re.MULTILINE):
        return (
            "The notebook holds the marks of a git merge conflict (<<<<<<<). "
            "Resolve the conflict, open the notebook in Jupyter, save it, and hand it in again."
        )
    if what := what_it_is(text[:5000].encode("utf-8", "replace")):
        return f"The file is {what}, not a notebook. Hand in the notebook itself (.ipynb)."
    if text.lstrip()[:1] == "<":
        return "The file is a web page, no notebook. Download the notebook itself (.ipynb)."
    if not isinstance(error, json.JSONDecodeError):
        place = "a number in it is too long"
    elif error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated string"):
        place = "it is cut off at the end"
    else:
        place = f"see line {error.lineno:,}, column {error.colno:,}"
    return (
        f"The file is no notebook, or a damaged one: {place}. "
        "Open it in Jupyter; if that fails, download or export it again."
    )

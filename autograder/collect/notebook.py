"""A submission becomes the cells to run; what had to be mended on the way is noted."""

import json
from typing import Any, cast

from autograder.collect.notebook_repair import mended_document
from autograder.collect.notebook_source import notebook_bytes
from autograder.collect.question_cells import code_cells
from autograder.collect.unreadable import Unreadable
from autograder.records import Notebook, Submission

__all__ = ["Unreadable", "read_notebook"]

_MAX_VALUES = 5_000_000
"""Values and containers in the JSON: each costs up to 100 bytes once read."""
_MAX_CODE_CHARACTERS = 5_000_000


def read_notebook(submission: Submission) -> Notebook:
    """Reads what a student handed in, without running any of it.

    The document keeps what is needed to run and to show the notebook: the cells' kinds, sources,
    ids, tags and pictures, and the kernel's name. Outputs, widget states and other metadata go.

    Raises Unreadable with a sentence for the student if there is nothing to grade.
    """
    if submission.problem:
        raise Unreadable(submission.problem)
    raw = notebook_bytes(submission.source)
    text, encoding_notes = _decoded(raw)
    parsed, json_notes = _parsed(text)
    document, mended_notes = mended_document(parsed)
    cells = code_cells(document)
    if not cells:
        raise Unreadable("The notebook has no code cell. Is it the notebook of this assignment?")
    code = sum(len(cell.source) for cell in cells)
    if code > _MAX_CODE_CHARACTERS:
        raise Unreadable(
            f"The notebook has {code:,} characters of code; at most {_MAX_CODE_CHARACTERS:,} can "
            "be graded. Load data from files instead of writing it into cells."
        )
    return Notebook(cells, document, (*encoding_notes, *json_notes, *mended_notes))


def _decoded(raw: bytes) -> tuple[str, list[str]]:
    """The text of the file, and a note if its encoding is not the one of notebooks."""
    if not raw.strip():
        raise Unreadable("The notebook file is empty. Save the notebook and hand it in again.")
    if sum(raw.count(mark) for mark in (b",", b"[", b"{")) > _MAX_VALUES:
        raise Unreadable(
            f"The notebook holds more than {_MAX_VALUES:,} values, mostly in its outputs. "
            "Clear the outputs (Edit → Clear Outputs of All Cells), save, and hand it in again."
        )
    encoding = json.detect_encoding(raw)
    try:
        text = raw.decode(encoding, "strict")
    except UnicodeDecodeError as error:
        raise Unreadable(
            f"The notebook is no UTF-8 text: byte {error.start + 1:,} cannot be read. "
            "Open it in Jupyter, save it, and hand it in again."
        ) from error
    if encoding == "utf-8-sig":
        return text, ["The file began with a byte order mark, which was ignored."]
    if encoding != "utf-8":
        return text, [f"The file was saved as {encoding.upper()} instead of UTF-8."]
    return text, []


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
        raise Unreadable(_not_json(text, error)) from error
    if not isinstance(value, dict):
        raise Unreadable("The file holds JSON, but no notebook. Hand in the .ipynb file itself.")
    if constants:
        names = ", ".join(sorted(set(constants)))
        return cast(dict[str, Any], value), [f"The file held {names}, which JSON does not know."]
    return cast(dict[str, Any], value), []


def _not_json(text: str, error: ValueError) -> str:
    if "\n<<<<<<< " in text:
        return (
            "The notebook holds the marks of a git merge conflict (<<<<<<<). "
            "Resolve the conflict, open the notebook in Jupyter, save it, and hand it in again."
        )
    if text.lstrip()[:1] == "<":
        return "The file is a web page, no notebook. Download the notebook itself (.ipynb)."
    if not isinstance(error, json.JSONDecodeError):
        place = "a number in it is too long"
    elif error.pos >= len(text.rstrip()):
        place = "it is cut off at the end"
    else:
        place = f"see line {error.lineno:,}, column {error.colno:,}"
    return (
        f"The file is no notebook, or a damaged one: {place}. "
        "Open it in Jupyter; if that fails, download or export it again."
    )

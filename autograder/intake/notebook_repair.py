"""Parsed JSON becomes a small, valid nbformat 4 document; every mended fault is noted."""

import re
from typing import Any, cast

from autograder.intake.picture_size import jpeg_size, png_size, small_enough
from autograder.intake.unreadable import Unreadable
from autograder.plain_text import one_line

Json = dict[str, Any]

_CELL_KINDS = ("code", "markdown", "raw")
_CELL_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_PICTURES = {"image/png": png_size, "image/jpeg": jpeg_size}
_MAX_CELLS = 2_000
_LISTED_CELLS = 8


class _Notes:
    """Collects faults of cells, so that one fault in many cells makes one sentence."""

    def __init__(self) -> None:
        self._cells: dict[str, list[int]] = {}

    def add(self, fault: str, number: int) -> None:
        self._cells.setdefault(fault, []).append(number)

    def sentences(self) -> list[str]:
        return [f"{named_cells(numbers)}: {fault}." for fault, numbers in self._cells.items()]


def named_cells(numbers: list[int]) -> str:
    """The beginning of a sentence about these cells, the first few of which are listed."""
    listed = ", ".join(str(number) for number in numbers[:_LISTED_CELLS])
    more = len(numbers) - _LISTED_CELLS
    return f"Cell{'s' * (len(numbers) > 1)} {listed}" + (f" and {more} more" if more > 0 else "")


def mended_document(parsed: Json) -> tuple[Json, list[str]]:
    """Builds the document from what is sound in `parsed`, the code of its cells untouched.

    Returns the document (nbformat 4.5, no outputs) and the faults as sentences, in which cells are
    counted from 1. Raises Unreadable if `parsed` is no notebook.
    """
    raw_cells, general = _raw_cells(parsed)
    if len(raw_cells) > _MAX_CELLS:
        raise Unreadable(
            f"The notebook has {len(raw_cells):,} cells; at most {_MAX_CELLS:,} can be graded. "
            "Remove what does not belong to the assignment."
        )
    notes = _Notes()
    cells = [_mended_cell(raw, number, notes) for number, raw in enumerate(raw_cells, start=1)]
    _make_ids_distinct(cells, notes)
    if not isinstance(parsed.get("metadata"), dict):
        general.append("The notebook's metadata was missing.")
    document = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": _kernel(parsed.get("metadata")),
        "cells": cells,
    }
    return document, [*general, *notes.sentences()]


def _raw_cells(parsed: Json) -> tuple[list[Any], list[str]]:
    """The cells of any version of the format, and notes about the version."""
    if "cells" not in parsed and isinstance(parsed.get("worksheets"), list):
        return _upgraded_cells(parsed["worksheets"]), [
            "The notebook was saved in an old format (before version 4) and was converted."
        ]
    if "cells" not in parsed:
        raise Unreadable(
            "The file holds JSON, but no notebook: it has no cells. Hand in the .ipynb file itself."
        )
    if not isinstance(parsed["cells"], list):
        raise Unreadable(
            "The notebook is damaged: its cells are no list. Open it in Jupyter, save it, and "
            "hand it in again."
        )
    cells = cast(list[Any], parsed["cells"])
    if parsed.get("nbformat") == 4:
        return cells, []
    return cells, ["The notebook's format version is missing or unknown; it was read as version 4."]


def _upgraded_cells(worksheets: list[Any]) -> list[Any]:
    cells: list[Any] = []
    for worksheet in worksheets:
        found = cast(Json, worksheet).get("cells") if isinstance(worksheet, dict) else None
        if not isinstance(found, list):
            raise Unreadable("The notebook is damaged: its worksheets have no list of cells.")
        cells += [
            _upgraded_cell(cast(Json, cell)) if isinstance(cell, dict) else cell
            for cell in cast(list[Any], found)
        ]
    return cells


def _upgraded_cell(cell: Json) -> Json:
    """A cell of nbformat 3 as nbformat's converter makes it, but without its random id."""
    kind, source = cell.get("cell_type"), cell.get("source")
    if kind == "code":
        source = cell.get("input")
    elif kind == "heading":
        level = cell.get("level")
        marks = "#" * (level if isinstance(level, int) and 1 <= level <= 6 else 1)
        kind, source = "markdown", f"{marks} {one_line(_text(source) or '', 1000)}"
    elif kind == "html":
        kind = "markdown"
    return {"cell_type": kind, "source": source, "metadata": cell.get("metadata", {})}


def _mended_cell(raw: Any, number: int, notes: _Notes) -> Json:
    cell = cast(Json, raw) if isinstance(raw, dict) else {"cell_type": None}
    kind = cell.get("cell_type")
    if kind not in _CELL_KINDS:
        # It stays as a cell without effect: cells keep the numbers that the student sees.
        notes.add("unknown type, ignored", number)
        return {"cell_type": "raw", "id": None, "metadata": {}, "source": ""}
    if not isinstance(cell.get("metadata"), dict):
        notes.add("missing metadata", number)
    mended: Json = {
        "cell_type": kind,
        "id": cell.get("id"),
        "metadata": _tags(cell.get("metadata")),
        "source": _source(cell.get("source"), number, notes),
    }
    if kind == "code":
        mended |= {"execution_count": None, "outputs": []}
    elif pictures := _pictures(cell.get("attachments")):
        mended["attachments"] = pictures
    return mended


def _text(value: Any) -> str | None:
    """A source in either form of the format, a string or a list of strings; else None."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        lines = cast(list[Any], value)
        if all(isinstance(line, str) for line in lines):
            return "".join(lines)
    return None


def _source(value: Any, number: int, notes: _Notes) -> str:
    text = _text(value)
    if text is None:
        notes.add("source that is no text, taken as empty", number)
        return ""
    if "\r" in text:
        notes.add("line ends of Windows or an old Mac, replaced", number)
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    try:
        text.encode()
    except UnicodeEncodeError:
        notes.add("half a character, replaced", number)
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _make_ids_distinct(cells: list[Json], notes: _Notes) -> None:
    """Gives every cell a valid id of its own; a missing one is no fault before nbformat 4.5."""
    seen: set[str] = set()
    taken = {cell["id"] for cell in cells if isinstance(cell["id"], str)}
    for number, cell in enumerate(cells, start=1):
        identifier = cell["id"]
        valid = isinstance(identifier, str) and bool(_CELL_ID.fullmatch(identifier))
        if not valid or identifier in seen:
            if identifier is not None:
                notes.add("invalid or repeated id, replaced", number)
            identifier = f"cell-{number}"
            while identifier in taken:
                identifier += "-"
        cell["id"] = identifier
        seen.add(identifier)


def _kernel(metadata: Any) -> Json:
    """The kernel's and the language's names; widget states would bring HTML into reports."""
    kept: Json = {}
    for key, names in (
        ("kernelspec", ("name", "display_name", "language")),
        ("language_info", ("name", "version")),
    ):
        values = cast(Json, metadata).get(key) if isinstance(metadata, dict) else None
        texts = cast(Json, values) if isinstance(values, dict) else {}
        found = {name: one_line(texts[name]) for name in names if isinstance(texts.get(name), str)}
        if "name" in found and ("display_name" in found or key != "kernelspec"):
            kept[key] = found
    return kept


def _tags(metadata: Any) -> Json:
    tags = cast(Json, metadata).get("tags") if isinstance(metadata, dict) else None
    if not isinstance(tags, list):
        return {}
    texts = [
        one_line(tag).replace(",", "") for tag in cast(list[Any], tags) if isinstance(tag, str)
    ]
    return {"tags": list(dict.fromkeys(text for text in texts if text))}


def _pictures(attachments: Any) -> Json:
    """The pictures that a text cell shows, without any other kind of attachment."""
    if not isinstance(attachments, dict):
        return {}
    kept: Json = {}
    for name, bundle in cast(Json, attachments).items():
        if isinstance(bundle, dict):
            found = cast(Json, bundle)
            pictures = {kind: found[kind] for kind in _PICTURES if _can_be_shown(found, kind)}
            if pictures:
                kept[name] = pictures
    return kept


def _can_be_shown(bundle: Json, kind: str) -> bool:
    """Whether there is a picture of this kind that a browser has room for."""
    size = _PICTURES[kind](bundle[kind]) if isinstance(bundle.get(kind), str) else None
    return size is not None and small_enough(size)

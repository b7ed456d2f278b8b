"""The answers in a notebook that was graded, or in the one that students start from."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from autograder.files import NotOrdinary, read
from autograder.intake.question_cells import code_cells
from autograder.records import Cell

MAX_BYTES = 100_000_000
"""Of one executed notebook, outputs and all."""


def answers_in(notebook: Path) -> dict[str, str] | None:
    """The source of each question's answer cell; None if `notebook` cannot be read."""
    cells = cells_in(notebook)
    return None if cells is None else {each.answers: each.source for each in cells if each.answers}


def cells_in(notebook: Path) -> tuple[Cell, ...] | None:
    """The cells of code; None if `notebook` cannot be read."""
    try:
        content = read(notebook, "", MAX_BYTES)
        return code_cells(_plain(json.loads(content))) if len(content) <= MAX_BYTES else None
    except (NotOrdinary, OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None  # no notebook, or one that somebody has edited since


def _plain(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document's cells with their sources in one piece, as nbformat allows it in two."""
    cells = cast(list[dict[str, Any]], document["cells"])
    return {
        "cells": [
            {**cell, "source": "".join(cell["source"]), "metadata": cell.get("metadata", {})}
            for cell in cells
        ]
    }

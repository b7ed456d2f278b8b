"""The answers in a notebook that was graded, or in the one that students start from."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from autograder.collect.question_cells import code_cells
from autograder.files import NotOrdinary, read

MAX_BYTES = 100_000_000
"""Of one executed notebook, outputs and all."""


def answers_in(notebook: Path) -> dict[str, str] | None:
    """The source of each question's answer cell; None if `notebook` cannot be read."""
    try:
        content = read(notebook, "", MAX_BYTES)
        if len(content) > MAX_BYTES:
            return None
        document: Any = json.loads(content)
        return {cell.answers: cell.source for cell in code_cells(_plain(document)) if cell.answers}
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

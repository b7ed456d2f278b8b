"""Notebooks as tests hand them in: made from parts, read as a submission."""

import json
from pathlib import Path
from typing import Any

from autograder.intake.notebook import read_notebook
from autograder.records import Notebook, Submission


def code(source: Any, **more: Any) -> dict[str, Any]:
    cell = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    return {**cell, "source": source, **more}


def whole(*cells: Any, **more: Any) -> dict[str, Any]:
    return {"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": list(cells), **more}


def read_content(folder: Path, content: Any, encoding: str = "utf-8") -> Notebook:
    """What is read from a notebook file with this content: bytes, or what becomes JSON."""
    path = folder / "a.ipynb"
    raw = content if isinstance(content, bytes) else json.dumps(content).encode(encoding)
    path.write_bytes(raw)
    return read_notebook(Submission("a", path))

"""A little assignment as otter generates it, made by code."""

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def ok_test(name: str, *cases: tuple[str, dict[str, Any]], **settings: Any) -> str:
    """Return a file in the OK format; a case is a doctest and its other settings."""
    suite = {"cases": [{"code": code, **more} for code, more in cases]}
    return f"OK_FORMAT = True\n\ntest = { ({'name': name, **settings, 'suites': [suite]})!r}\n"


def write_zip(path: Path, files: Mapping[str, str], config: Mapping[str, Any]) -> Path:
    """Write otter's zip to `path` and return it."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("run_autograder", "setup.sh", "run_otter.py"):
            archive.writestr(name, "#!/bin/sh\n")
        for name, text in files.items():
            archive.writestr(name, text)
        archive.writestr("otter_config.json", json.dumps(config))
        archive.writestr(
            "environment.yml",
            "dependencies:\n- python=3.13\n- pip:\n  - otter-grader[grading]==6.1.3\n  - pandas\n",
        )
    return path


def notebook_of(*sources: str) -> str:
    """Return a notebook of code cells."""
    cells: list[dict[str, Any]] = [
        {
            "cell_type": "code",
            "metadata": {},
            "source": source,
            "outputs": [],
            "execution_count": None,
        }
        for source in sources
    ]
    document: dict[str, Any] = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    return json.dumps(document)

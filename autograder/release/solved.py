"""Runs the solved notebook, as the course team will read it: every cell, with its outputs."""

import itertools
import json
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from autograder.course.build.master import BuildError
from autograder.course.build.products import Built
from autograder.release.leaks import strings

CELL_SECONDS = 600
"""What one cell may take; training is the longest."""


def executed(built: Built) -> dict[str, Any]:
    """The solved notebook, run from top to bottom beside helpers, data and all tests."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(built.student, folder, dirs_exist_ok=True)
        shutil.copytree(built.hidden_tests, folder / "tests", dirs_exist_ok=True)
        shutil.copyfile(
            built.solution, folder / built.assignment.notebook
        )  # its export cell looks for it
        document = cast("nbformat.NotebookNode", nbformat.read(built.solution, as_version=4))
        client = NotebookClient(
            document,
            timeout=CELL_SECONDS,
            kernel_name="python3",
            resources={"metadata": {"path": name}},
            record_timing=False,
            store_widget_state=False,
        )
        try:
            client.execute()
        except CellExecutionError as problem:
            raise BuildError(f"The solved notebook stops: {problem}") from problem
    return cast("dict[str, Any]", json.loads(nbformat.writes(document)))


def printed(solved: Mapping[str, Any]) -> dict[str, list[str]]:
    """What each solved answer cell printed, by question: the cell before the question's check."""
    found = dict[str, list[str]]()
    cells = cast("list[dict[str, Any]]", solved["cells"])
    for answer, check in itertools.pairwise(cells):
        source = "".join(check["source"]).strip()
        if source.startswith('grader.check("'):
            lines = [
                line for text in strings(answer.get("outputs", [])) for line in text.split("\n")
            ]
            found[source.split('"')[1]] = lines
    return found

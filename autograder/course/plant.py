"""Puts answers into a copy of the student notebook."""

import copy
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from autograder.course.build.master import Master
from autograder.course.build.products import Built
from autograder.intake.question_cells import code_cells


def solutions(master: Master) -> dict[str, str]:
    """The solved answer cell of each question."""
    return {question.name: question.answers[0].source for question in master.questions}


def student_notebook(built: Built) -> dict[str, Any]:
    """The notebook as students get it."""
    text = (built.released).read_text("utf-8")
    return cast("dict[str, Any]", json.loads(text))


def with_answers(blank: dict[str, Any], answers: Mapping[str, str]) -> dict[str, Any]:
    """A copy of `blank` whose answer cells hold `answers`; the others stay as they are.

    Raises `KeyError` with the name of an answer whose question has no answer cell.
    """
    notebook = copy.deepcopy(blank)
    for cell in notebook["cells"]:
        cell["source"] = "".join(cell["source"])
        cell.setdefault("metadata", {})
    places = {cell.answers: cell.index for cell in code_cells(notebook) if cell.answers}
    for question, source in answers.items():
        notebook["cells"][places[question]]["source"] = source
    return notebook


def write_notebook(notebook: dict[str, Any], file: Path) -> None:
    """Writes `notebook` as a file that can be handed in."""
    file.write_text(json.dumps(notebook, ensure_ascii=False), "utf-8")

"""Writes a new assignment: notebook, settings, data, planted answers, and a class of three."""

import json
import re
from pathlib import Path
from typing import Any

from autograder.course.assignment import read_assignment
from autograder.course.build.master import read_master
from autograder.course.build.otter_assign import write_json
from autograder.course.build.products import ensure_built
from autograder.course.plant import solutions, student_notebook, with_answers, write_notebook
from autograder.errors import KitError

TEMPLATES = Path(__file__).parent
_CELL = re.compile(r"^# %%(?: \[(markdown|raw)\])?\n", re.MULTILINE)
_MEASURED = "14.5\n15.0\n13.5\n17.0\n19.5\n18.0\n16.5\n"
_REQUIREMENTS = "otter-grader~=7.0\njupyter~=1.1\nnumpy>=2\n"
_WRONG = {
    "q1": "def mean_of_squares(values):\n    return (values**2).sum()",
    "q2": "warmest_day = 4",
}


class NotNew(KitError):
    """The folder cannot be used for a new assignment."""


def write_assignment(folder: Path, title: str) -> list[Path]:
    """Write the assignment, and three hand-ins to grade; return the files. Raises `NotNew`."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise NotNew(f"{folder} holds something already. Name a folder that isn't there yet.")
    if not title.strip():
        raise NotNew("The title is empty. Name the assignment: --title 'Linear regression'")
    stem = re.sub(r"\W+", "-", folder.resolve().name).strip("-") or "assignment"
    notebook = f"{stem}.ipynb"
    quoted = json.dumps(title.strip(), ensure_ascii=False)
    words = {"title": title.strip(), "quoted": quoted, "stem": stem, "notebook": notebook}
    texts = {
        "course.toml": _template("course.toml.txt", words),
        "data/measured.csv": _MEASURED,
        "mistakes/mistakes.toml": _template("mistakes.toml.txt", {}),
        "student/README.md": _template("student.md.txt", words),
        "student/requirements.txt": _REQUIREMENTS,
    }
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    write_json(folder / notebook, _document(_template("template.py.txt", words)))
    hand_ins = _write_class(folder)
    return [*(folder / name for name in (notebook, *texts)), *hand_ins]


def _write_class(folder: Path) -> list[Path]:
    """Write what three students hand in: all right, two mistakes, nothing."""
    assignment = read_assignment(folder)
    blank = student_notebook(ensure_built(assignment))
    right = solutions(read_master(assignment.master))
    place = folder / "submissions"
    place.mkdir()
    found: list[Path] = []
    for student, answers in enumerate((right, right | _WRONG, {}), 1):
        found.append(place / f"student_{student:03d}.ipynb")
        write_notebook(with_answers(blank, answers), found[-1])
    return found


def _template(name: str, words: dict[str, str]) -> str:
    return _filled((TEMPLATES / name).read_text(encoding="utf-8"), words)


def _filled(text: str, words: dict[str, str]) -> str:
    """Put each word in the place of its name in braces; other braces stay as they are."""
    for name, word in words.items():
        text = text.replace(f"{{{name}}}", word)
    return text


def _document(text: str) -> dict[str, Any]:
    """Return the notebook of a text whose cells begin with `# %%`."""
    parts = _CELL.split(text)[1:]
    cells: list[dict[str, Any]] = []
    for number, (kind, source) in enumerate(zip(parts[::2], parts[1::2], strict=True)):
        cell: dict[str, Any] = {
            "cell_type": kind or "code",
            "id": f"cell-{number:02d}",
            "metadata": {},
            "source": source.rstrip("\n").splitlines(keepends=True),
        }
        cells.append(cell | ({} if kind else {"outputs": [], "execution_count": None}))
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return {
        "cells": cells,
        "metadata": {"kernelspec": kernel},
        "nbformat": 4,
        "nbformat_minor": 5,
    }

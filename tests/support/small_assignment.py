"""A little assignment of two questions, made by code: what the tests of the build work on."""

import json
from pathlib import Path
from typing import Any

from autograder.course.assignment import Assignment, read_assignment

CONFIG = """\
# ASSIGNMENT CONFIG
name: cnn
run_tests: false
export_cell:
  pdf: false
  run_tests: false
  ignore_log: true
tests:
  files: true
  ok_format: false
files: [cnnlab, data]"""

COURSE = """\
title = "A little assignment"
package = "cnnlab"

[totals]
core = 3
bonus = 2
"""

PACKAGE = '''\
"""Helpers."""

from cnnlab.data import sandbox_data
'''
DATA_MODULE = '''\
"""Stand-in for the real module: one text file is the data."""

from pathlib import Path


def sandbox_data(folder: Path) -> None:
    (folder / "digits.txt").write_text("digits without labels", encoding="utf-8")
'''


def public_test(name: str, points: float, body: str) -> str:
    return _test("", name, points, body)


def hidden_test(name: str, points: float, body: str) -> str:
    return _test("hidden: true\n", name, points, body)


def _test(hidden: str, name: str, points: float, body: str) -> str:
    return (
        f'""" # BEGIN TEST CONFIG\n{hidden}points: {points}\n""" # END TEST CONFIG\n'
        f"def test_{name}:\n{body}"
    )


def question(name: str, points: float, answer: str, *tests: str) -> list[tuple[str, str]]:
    """The cells of one question block."""
    return [
        ("raw", f"# BEGIN QUESTION\nname: {name}\npoints: {points}"),
        ("markdown", f"**{name}** Write it."),
        ("raw", "# BEGIN SOLUTION"),
        ("code", answer),
        ("raw", "# END SOLUTION"),
        ("raw", "# BEGIN TESTS"),
        *(("code", test) for test in tests),
        ("raw", "# END TESTS"),
        ("raw", "# END QUESTION"),
    ]


DOUBLE = '''\
def double(x):
    """Twice x."""
    # BEGIN SOLUTION
    twice_the_number = x + x
    return twice_the_number
    # END SOLUTION


# BEGIN SOLUTION NO PROMPT
twice_three = double(3)
# END SOLUTION
""" # BEGIN PROMPT
twice_three = ...
""" # END PROMPT'''

PUBLIC_DOUBLE = public_test(
    "public(double)",
    1,
    '    """Doubles 2"""\n    if double(2) != 4:\n        raise AssertionError("double(2) is 4")',
)
HIDDEN_DOUBLE = hidden_test(
    "hidden(double)",
    2,
    '    """Doubles other numbers"""\n'
    "    if double(2100) != 4200:\n"
    '        raise AssertionError("a larger number is not doubled")',
)
PUBLIC_ANSWER = public_test(
    "answer(the_answer)",
    2,
    '    """The answer"""\n'
    "    if not isinstance(the_answer, int) or the_answer % 7:\n"
    '        raise AssertionError("the answer is a multiple of seven")',
)


def cells() -> list[tuple[str, str]]:
    """The cells of the whole notebook, to be changed by a test before they are written."""
    return [
        ("raw", CONFIG),
        ("markdown", "# A little lesson\n\nNumbers can be doubled."),
        ("code", "import math"),
        *question("q1", 3, DOUBLE, PUBLIC_DOUBLE, HIDDEN_DOUBLE),
        ("markdown", "Between the questions."),
        *question("q15", 2, "the_answer = 42 # SOLUTION", PUBLIC_ANSWER),
        ("markdown", "The end."),
    ]


def notebook(listed: list[tuple[str, str]]) -> dict[str, Any]:
    """The cells as a document of nbformat 4.5."""
    extra: dict[str, dict[str, Any]] = {"code": {"outputs": [], "execution_count": None}}
    return {
        "cells": [
            {
                "cell_type": kind,
                "id": f"cell-{index:03d}",
                "metadata": {},
                "source": source.splitlines(keepends=True),
                **extra.get(kind, {}),
            }
            for index, (kind, source) in enumerate(listed)
        ],
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def write_assignment(folder: Path, listed: list[tuple[str, str]] | None = None) -> Path:
    """Write the assignment to `folder` and return it."""
    files = {
        "cnn.ipynb": json.dumps(notebook(listed or cells())),
        "course.toml": COURSE,
        "cnnlab/__init__.py": PACKAGE,
        "cnnlab/data.py": DATA_MODULE,
        "cnnlab/__pycache__/data.pyc": "left behind by Python",
        "data/README.md": "Where the data come from.\n",
        "student/README.md": "How to hand in.\n",
        "student/requirements.txt": "otter-grader\n",
    }
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def assignment(folder: Path, listed: list[tuple[str, str]] | None = None) -> Assignment:
    """Write the assignment to `folder` and read it as the engine does."""
    return read_assignment(write_assignment(folder, listed))

"""The field of the attacks: a small assignment, hidden tests with a canary, attacked notebooks."""

import secrets
import shutil
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.intake.question_cells import ANSWER_TAG
from autograder.interrupt import temporary_folder
from autograder.paths import PROJECT
from proofs.attacks.recipes import Attack
from proofs.recipe_files import read_recipe_file

ATTACKS = PROJECT / "tests" / "attacks"


@dataclass(frozen=True)
class Lesson:
    """The answers of the small assignment, by question."""

    set_up: str
    right: Mapping[str, str]
    wrong: Mapping[str, str]


@dataclass(frozen=True)
class Secrets:
    """Random words that nobody but the trusted side may ever see."""

    canary: str
    """Stands in the text of the hidden tests."""
    hidden_input: str
    """Is given to student code by a hidden check; it must not get any further."""
    tests: Path
    """Folder of the hidden tests that hold them."""


def read_lesson(folder: Path = ATTACKS / "assignment") -> Lesson:
    """Return the answers in `folder`. Raises `RecipeError`."""
    return read_recipe_file(folder / "answers.toml", Lesson)


@contextmanager
def hidden_tests(folder: Path = ATTACKS / "assignment") -> Generator[Secrets]:
    """Lend a copy of the hidden tests with fresh secrets, readable as any file of a user is."""
    with temporary_folder("cnn-attacks-") as top:
        tests = top / "hidden_tests"
        shutil.copytree(folder / "hidden_tests", tests)
        words = Secrets(f"canary{secrets.token_hex(12)}", f"input{secrets.token_hex(12)}", tests)
        for file in tests.glob("*.py"):
            text = file.read_text("utf-8").replace("CANARY", words.canary)
            file.write_text(text.replace("HIDDEN_INPUT", words.hidden_input), "utf-8")
        top.chmod(0o755)  # only the sandbox keeps it from being read
        yield words


def honest(lesson: Lesson, facts: Mapping[str, object]) -> dict[str, Any]:
    """Return the solved notebook."""
    return _document([set_up_cell(lesson, facts), *_questions(lesson.right)])


def attacked(lesson: Lesson, attack: Attack, facts: Mapping[str, object]) -> dict[str, Any]:
    """Return the solved notebook with the attack in it.

    `facts` are variables of its set-up cell: the attacker knows where everything is.
    """
    answers = dict(lesson.right)
    if attack.must_get_nothing:
        answers[attack.question] = lesson.wrong[attack.question]
    if attack.where == "answer":
        answers[attack.question] += "\n\n" + attack.code
    cells = [set_up_cell(lesson, facts), *_questions(answers)]
    if attack.where != "answer":
        cells.insert(1 if attack.where == "before" else len(cells), code_cell(attack.code))
    return _document(cells)


def set_up_cell(lesson: Lesson, facts: Mapping[str, object]) -> dict[str, Any]:
    """Return the first cell: what an attacker knows, then what the lesson needs."""
    lines = [f"{name} = {value!r}" for name, value in facts.items()]
    return code_cell("\n".join(lines) + "\n" + lesson.set_up)


def _questions(answers: Mapping[str, str]) -> list[dict[str, Any]]:
    cells: list[dict[str, Any]] = []
    for question, answer in answers.items():
        cells += [code_cell(answer, ANSWER_TAG), code_cell(f'grader.check("{question}")')]
    return cells


def code_cell(source: str, *tags: str) -> dict[str, Any]:
    """Return a cell of a notebook."""
    return {
        "cell_type": "code",
        "metadata": {"tags": list(tags)},
        "source": source,
        "outputs": [],
        "execution_count": None,
    }


def _document(cells: list[dict[str, Any]]) -> dict[str, Any]:
    numbered = [{"id": f"cell-{index}", **cell} for index, cell in enumerate(cells)]
    return {"cells": numbered, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}

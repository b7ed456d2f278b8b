"""What must hold before students get a release: pure checks of its files against the master.

The gate stands apart from otter on purpose: it does not ask whether the tool did its work, but
whether what lies in the folder gives anything away.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, cast

from autograder.course.build.master import Master
from autograder.course.settings import Totals
from autograder.intake.question_cells import ANSWER_TAG
from autograder.release.leaks import Secret, leaks, strings

_KINDS = {
    *(".ipynb", ".py", ".md", ".txt", ".toml", ".json", ".yaml", ".yml", ".html", ".css"),
    *(".csv", ".tsv", ".npy", ".npz", ".parquet", ".png", ".jpg", ".svg", ".pdf", ".zip"),
}
_MARKS = re.compile(
    r"#\s*(?:BEGIN|END)\s+(?:SOLUTION|TESTS?|QUESTION)\b|#\s?SOLUTION\b|#\s*HIDDEN\b"
    r"|#\s*ASSIGNMENT CONFIG|hidden=True|BEGIN TEST CONFIG"
)
_CHECK = re.compile(r"^grader\.check\(\"(\w+)\"\)$")


@dataclass(frozen=True)
class Problem:
    """One reason not to release."""

    file: str
    cell: int | None
    """Number of the cell, from 1; None for a file that has none, or for the whole file."""
    sentence: str

    def __str__(self) -> str:
        place = self.file if self.cell is None else f"{self.file}, cell {self.cell}"
        return f"{place}: {self.sentence}"


def problems(
    files: Mapping[str, bytes],
    master: Master,
    known: Sequence[Secret],
    totals: Totals,
    notebook: str,
) -> list[Problem]:
    """Every problem of a release whose `files` are given by relative name."""
    found = list[Problem]()
    for name, content in files.items():
        if PurePosixPath(name).suffix not in _KINDS or "__pycache__" in name:
            found.append(Problem(name, None, "is of a kind that a release does not hold."))
        elif name.endswith(".ipynb"):
            found += _notebook_problems(name, content, known)
        else:
            found += [Problem(name, None, leak) for leak in leaks(content, known)]
            if name.endswith((".py", ".md", ".txt")):
                found += _mark_problems(name, None, content.decode("utf-8", errors="replace"))
    if notebook in files:
        names = [question.name for question in master.questions]
        found += structure_problems(notebook, _cells(files[notebook]), names)
    else:
        found.append(Problem(notebook, None, "is missing."))
    return [*found, *total_problems(master, totals)]


def _cells(content: bytes) -> list[dict[str, Any]]:
    return cast("list[dict[str, Any]]", json.loads(content)["cells"])


def _notebook_problems(name: str, content: bytes, known: Sequence[Secret]) -> Iterator[Problem]:
    document = cast("dict[str, Any]", json.loads(content))
    rest = {key: value for key, value in document.items() if key != "cells"}
    for leak in leaks("\n".join(strings(rest)), known):
        yield Problem(name, None, f"its metadata: {leak}")
    for number, cell in enumerate(_cells(content), 1):
        source = "".join(cell["source"])
        yield from (Problem(name, number, leak) for leak in leaks(source, known))
        yield from _mark_problems(name, number, source)
        for part in ("metadata", "attachments", "outputs"):
            for text in strings(cell.get(part, {})):
                for leak in leaks(text, known):
                    yield Problem(name, number, f"its {part}: {leak}")
        if cell.get("outputs") or cell.get("execution_count") is not None:
            yield Problem(name, number, "has been run: a release carries no outputs.")


def _mark_problems(name: str, number: int | None, text: str) -> Iterator[Problem]:
    for mark in sorted(set(_MARKS.findall(text))):
        yield Problem(name, number, f"holds the author's mark '{mark}'.")


def structure_problems(
    name: str, cells: Sequence[Mapping[str, Any]], questions: Sequence[str]
) -> Iterator[Problem]:
    """Each question has one answer cell, directly followed by its check cell, in order."""
    answers = list[int]()
    checked = list[str]()
    for number, cell in enumerate(cells, 1):
        check = _CHECK.match("".join(cell["source"]).strip())
        if ANSWER_TAG in cell.get("metadata", {}).get("tags", []):
            answers.append(number)
        if check is None:
            continue
        checked.append(check[1])
        if len(answers) != 1:
            where = f" (cells {', '.join(map(str, answers))})" if answers else ""
            sentence = f"{check[1]} has {len(answers)} answer cells{where}, not one."
            yield Problem(name, number, sentence)
        elif answers[0] != number - 1:
            sentence = f"the check of {check[1]} does not directly follow its answer cell."
            yield Problem(name, number, sentence)
        answers = []
    if checked != list(questions):
        sentence = (
            f"checks {', '.join(checked) or 'nothing'}, but the questions are"
            f" {', '.join(questions)}."
        )
        yield Problem(name, None, sentence)


def total_problems(master: Master, totals: Totals) -> Iterator[Problem]:
    """The first questions add up to the core, those after them to the bonus."""
    total, reached = 0.0, [0.0]
    for question in master.questions:
        total += question.points
        reached.append(total)
    if totals.core not in reached or total != totals.core + totals.bonus:
        yield Problem(
            "course.toml",
            None,
            f"[totals] asks for {totals.core:g} points and {totals.bonus:g} bonus points after"
            f" them; the questions add up to {' → '.join(f'{value:g}' for value in reached[1:])}.",
        )

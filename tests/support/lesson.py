"""Read the questions of the master notebook, and run one question's checks in process.

Only for the kit's own tests: a submission is graded by the engine, never like this.
"""

import ast
import functools
import linecache
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import torch
import torch.nn.functional as F
import yaml
from otter.assign.solutions import replace_solutions

from labkit.diagnosis import CheckFailed

MASTER = Path(__file__).parents[2] / "assignment" / "cnn.ipynb"
SUBMISSIONS = Path(__file__).parents[1] / "submissions"

SourceCell = tuple[str, str]
"""Kind ('code', 'markdown' or 'raw') and source."""


@dataclass(frozen=True)
class Case:
    """One test cell of a question."""

    source: str
    hidden: bool
    points: float


@dataclass(frozen=True)
class Question:
    """One graded question of the master notebook."""

    name: str
    points: float
    solution: str
    """Source of the answer cell, with its solution."""
    cases: tuple[Case, ...]
    by_hand: float = 0.0
    """What of the points a person gives."""

    @property
    def tested(self) -> float:
        """The points that the checks give."""
        return self.points - self.by_hand

    @property
    def blank(self) -> str:
        """The answer cell as students get it."""
        return "\n".join(replace_solutions(self.solution.split("\n"), "python"))


@dataclass(frozen=True)
class CaseOutcome:
    """What one test made of an answer."""

    title: str
    hidden: bool
    points: float
    passed: bool
    message: str
    causes: tuple[str, ...] = ()
    symptom: str = ""


@dataclass(frozen=True)
class Recipe:
    """A planted answer: a known mistake, or a right answer that must be accepted."""

    question: str
    name: str
    answer: str
    points_below: float | None
    cause: str = ""


@functools.cache
def lesson_questions() -> dict[str, Question]:
    """Return the questions of the master notebook, by name; it is read once."""
    return questions(notebook_cells())


def notebook_cells(path: Path = MASTER) -> list[SourceCell]:
    """The cells of a notebook."""
    document = nbformat.read(path, as_version=4)
    return [(cell.cell_type, cell.source) for cell in document.cells]


def percent_cells(text: str) -> list[SourceCell]:
    """The cells of a percent-format text: `# %%`, `# %% [markdown]`, `# %% [raw]`."""
    cells: list[SourceCell] = []
    for line in text.splitlines():
        if line.startswith("# %%"):
            kind = line.removeprefix("# %%").strip(" []") or "code"
            cells.append((kind, ""))
        elif cells:
            cells[-1] = (cells[-1][0], cells[-1][1] + line + "\n")
    return [(kind, source.strip("\n")) for kind, source in cells]


def questions(cells: Iterable[SourceCell]) -> dict[str, Question]:
    """The questions between `# BEGIN QUESTION` and `# END QUESTION`, by name."""
    found: dict[str, Question] = {}
    name, points, by_hand, solution, cases, part = "", 0.0, 0.0, "", [], ""
    for kind, source in cells:
        mark = source.strip().splitlines()[0] if kind == "raw" and source.strip() else ""
        if mark == "# BEGIN QUESTION":
            config = yaml.safe_load(source)
            name, points, solution, cases = config["name"], float(config["points"]), "", []
            by_hand = sum(float(each["points"]) for each in config.get("rubric", ()))
        elif mark == "# END QUESTION":
            found[name] = Question(name, points, solution, tuple(cases), by_hand)
        elif mark:
            part = mark
        elif kind == "code" and part == "# BEGIN SOLUTION":
            solution = source
        elif kind == "code" and part == "# BEGIN TESTS":
            cases.append(_case(source))
    return found


def _case(source: str) -> Case:
    config = yaml.safe_load("\n".join(source.split('"""')[1].splitlines()[1:])) or {}
    return Case(source, bool(config.get("hidden")), float(config["points"]))


def run(
    question: Question, answer: str, setup: Mapping[str, Any] | None = None
) -> list[CaseOutcome]:
    """Run an answer cell, then the question's tests against what it defined.

    An answer that stops with an error leaves what it defined until then, as in a notebook.
    A test that raises anything but AssertionError is a fault of the test, and propagates.
    """
    environment: dict[str, Any] = {
        "torch": torch,
        "nn": torch.nn,
        "F": F,
        "np": np,
        "__name__": "__main__",
        **(setup or {}),
    }
    error = ""
    name = f"answer {question.name}"
    # TorchScript reads the source, which Jupyter keeps there, too.
    linecache.cache[name] = (len(answer), None, answer.splitlines(keepends=True), name)
    try:
        exec(compile(answer, name, "exec"), environment)
    except Exception as stop:
        error = f"{type(stop).__name__}: {stop}"
    return [_outcome(case, environment, error) for case in question.cases]


def _outcome(case: Case, environment: Mapping[str, Any], error: str) -> CaseOutcome:
    namespace: dict[str, Any] = {}
    exec(compile(case.source, "test", "exec"), namespace)
    node = next(n for n in ast.parse(case.source).body if isinstance(n, ast.FunctionDef))
    title = (ast.get_docstring(node) or "").split("\n")[0]
    wanted = [argument.arg for argument in node.args.args]
    try:
        namespace[node.name](**{name: environment.get(name) for name in wanted})
    except CheckFailed as failure:
        told = failure.diagnosis
        text = f"{told.text}{error}"
        return CaseOutcome(title, case.hidden, case.points, False, text, told.causes, told.symptom)
    except AssertionError as failure:
        return CaseOutcome(title, case.hidden, case.points, False, f"{failure}{error}")
    return CaseOutcome(title, case.hidden, case.points, True, "")


def misnamed(recipe: "Recipe", outcomes: Iterable[CaseOutcome]) -> list[tuple[str, ...]]:
    """The causes that failing tests tell instead of the recipe's; its own where none tells it."""
    failing = [outcome for outcome in outcomes if not outcome.passed]
    others = [each.causes for each in failing if each.causes and recipe.cause not in each.causes]
    told = {name for each in failing for name in (*each.causes, each.symptom)}
    return others or ([] if recipe.cause in {"", *told} else [(recipe.cause,)])


def score(outcomes: Iterable[CaseOutcome]) -> float:
    """Points of the tests that passed."""
    return sum(outcome.points for outcome in outcomes if outcome.passed)


@functools.cache
def planted(recipe: Recipe) -> tuple[CaseOutcome, ...]:
    """Return what the checks say of a planted answer, which is run once for all tests.

    For answers that use nothing of earlier cells.
    """
    return tuple(run(lesson_questions()[recipe.question], recipe.answer))


def recipes(kind: str, question: str) -> list[Recipe]:
    """Planted answers for a question: kind is 'mistake' or 'accepted'."""
    return [
        Recipe(
            question,
            table["name"],
            table["answer"],
            table.get("points_below"),
            table.get("cause", ""),
        )
        for file in _recipe_files()
        for table in file.get(kind, [])
        if table.get("question") == question
    ]


@functools.cache
def _recipe_files() -> tuple[dict[str, Any], ...]:
    """Return what stands in the files of planted answers; every module asks for them."""
    files = sorted(SUBMISSIONS.glob("*.toml"))
    return tuple(tomllib.loads(file.read_text(encoding="utf-8")) for file in files)

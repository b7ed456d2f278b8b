"""Read the questions of the master notebook, and run one question's checks in process.

Only for the kit's own tests: a submission is graded by the engine, never like this.
"""

import ast
import functools
import linecache
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from otter.assign.solutions import replace_solutions

from autograder.course.build.master import Master, read_master
from labkit.diagnosis import CheckFailed
from proofs.verify.recipes import Mistake, Recipe, read_recipes
from tests.support.assignments import LESSON


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


@functools.cache
def notebook() -> Master:
    """Return the master notebook, which is read once."""
    return read_master(LESSON.master)


@functools.cache
def lesson_questions() -> dict[str, Question]:
    """Return the questions of the master notebook, by name."""
    return {
        each.name: Question(
            each.name,
            each.points,
            each.answers[0].source,
            tuple(Case(test.cell.source, test.hidden, test.points) for test in each.tests),
            each.rubric.points if each.rubric else 0.0,
        )
        for each in notebook().questions
    }


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


def misnamed(recipe: Recipe, outcomes: Iterable[CaseOutcome]) -> list[tuple[str, ...]]:
    """The causes that failing tests tell instead of the recipe's; its own where none tells it."""
    cause = recipe.cause if isinstance(recipe, Mistake) else ""
    failing = [outcome for outcome in outcomes if not outcome.passed]
    others = [each.causes for each in failing if each.causes and cause not in each.causes]
    told = {name for each in failing for name in (*each.causes, each.symptom)}
    return others or ([] if cause in {"", *told} else [(cause,)])


def score(outcomes: Iterable[CaseOutcome]) -> float:
    """Points of the tests that passed."""
    return sum(outcome.points for outcome in outcomes if outcome.passed)


@functools.cache
def planted(recipe: Recipe) -> tuple[CaseOutcome, ...]:
    """Return what the checks say of a planted answer, which is run once for all tests.

    For answers that use nothing of earlier cells.
    """
    return tuple(run(lesson_questions()[recipe.question], recipe.answer))


@functools.cache
def recipes() -> tuple[Recipe, ...]:
    """Return the planted answers of all questions; the files are read once."""
    return read_recipes(LESSON.mistakes)

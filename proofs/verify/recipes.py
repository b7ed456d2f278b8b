"""Recipes of planted answers: data that a teacher adds in a minute (`tests/submissions/*.toml`)."""

from collections.abc import Collection
from pathlib import Path

from pydantic.dataclasses import dataclass

from proofs.recipe_files import KNOWN_KEYS_ONLY, RecipeError, Text, read_recipe_files


@dataclass(frozen=True, config=KNOWN_KEYS_ONLY)
class Mistake:
    """A wrong answer that must lose points in its own question, and in no other."""

    question: Text
    name: Text
    answer: str
    """The whole source of the question's answer cell."""
    cause: str = ""
    """Id of the cause or symptom that the student must be told; '' where none is promised.

    No check of the question may tell another cause.
    """
    points_below: float | None = None
    """The score must be below this; by default below full marks."""


@dataclass(frozen=True, config=KNOWN_KEYS_ONLY)
class Accepted:
    """A right answer, written differently: it must get full marks."""

    question: Text
    name: Text
    answer: str


@dataclass(frozen=True, config=KNOWN_KEYS_ONLY)
class Chained:
    """A right answer that builds on those of earlier questions."""

    question: Text
    answer: str
    """Source of the answer cell; for q12 and q18 it follows the frozen answer."""


Recipe = Mistake | Accepted


@dataclass(frozen=True, config=KNOWN_KEYS_ONLY)
class _File:
    mistake: tuple[Mistake, ...] = ()
    accepted: tuple[Accepted, ...] = ()
    chained: tuple[Chained, ...] = ()


def read_recipes(folder: Path) -> tuple[Recipe, ...]:
    """Return all recipes in `folder`, by file name. Raises `RecipeError` with the wrong file."""
    files = read_recipe_files(folder, _File).values()
    recipes = [recipe for file in files for recipe in (*file.mistake, *file.accepted)]
    if not recipes:
        raise RecipeError(f"{folder}: holds no recipes")
    return tuple(recipes)


def read_chained(folder: Path) -> dict[str, str]:
    """Return, by question, the answers in `folder` that build on earlier ones."""
    files = read_recipe_files(folder, _File).values()
    return {each.question: each.answer for file in files for each in file.chained}


def refuse_unknown(folder: Path, question: str, name: str, known: Collection[str]) -> None:
    """Raise `RecipeError` for a recipe whose question is not in the assignment."""
    if question not in known:
        raise RecipeError(f"{folder}: {name}: there is no question {question}")

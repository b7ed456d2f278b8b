"""Recipes of planted answers: data that a teacher adds in a minute (`tests/submissions/*.toml`)."""

import tomllib
from pathlib import Path
from typing import Annotated

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

KNOWN_KEYS_ONLY = ConfigDict(extra="forbid")
Text = Annotated[str, Field(min_length=1)]


class RecipeError(Exception):
    """A recipe cannot be used; the message names its file."""


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
    says: str = ""
    """Words that the feedback must contain."""
    points_below: float | None = None
    """The score must be below this; by default below full marks."""
    trains: bool = False
    """True when the mistake shows only if the notebook really trains."""


@dataclass(frozen=True, config=KNOWN_KEYS_ONLY)
class Accepted:
    """A right answer, written differently: it must get full marks."""

    question: Text
    name: Text
    answer: str
    trains: bool = False


Recipe = Mistake | Accepted


@dataclass(frozen=True, config=KNOWN_KEYS_ONLY)
class _File:
    mistake: tuple[Mistake, ...] = ()
    accepted: tuple[Accepted, ...] = ()


def read_recipes(folder: Path) -> tuple[Recipe, ...]:
    """All recipes in `folder`, by file name. Raises `RecipeError` with the file that is wrong."""
    recipes: list[Recipe] = []
    for file in sorted(folder.glob("*.toml")):
        try:
            content = TypeAdapter(_File).validate_python(tomllib.loads(file.read_text("utf-8")))
        except (tomllib.TOMLDecodeError, ValidationError) as error:
            raise RecipeError(f"{file}: {error}") from None
        recipes += [*content.mistake, *content.accepted]
    if not recipes:
        raise RecipeError(f"{folder}: holds no recipes")
    return tuple(recipes)

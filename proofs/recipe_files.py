"""Read files of recipes that people write, and say in sentences what is wrong with one."""

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, TypeVar, cast

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from autograder.errors import KitError
from autograder.plain_text import one_line

KNOWN_KEYS_ONLY = ConfigDict(extra="forbid")
Text = Annotated[str, Field(min_length=1)]
Content = TypeVar("Content")


class RecipeError(KitError):
    """A recipe cannot be used; the message names its file, and the recipe where it is known."""


def read_recipe_files(folder: Path, kind: type[Content]) -> dict[str, Content]:
    """Return, by name, the content of all TOML files in `folder`. Raises `RecipeError`."""
    return {file.stem: read_recipe_file(file, kind) for file in sorted(folder.glob("*.toml"))}


def refuse_none_or_twins(folder: Path, what: str, names: Sequence[str]) -> None:
    """Raise `RecipeError` where there are no recipes in `folder`, or two of one name."""
    if not names:
        raise RecipeError(f"{folder}: holds no {what}s")
    if twins := sorted({name for name in names if names.count(name) > 1}):
        raise RecipeError(f"{folder}: two {what}s have the same name: {', '.join(twins)}")


def read_recipe_file(file: Path, kind: type[Content]) -> Content:
    """Return the content of a TOML file, checked. Raises `RecipeError`."""
    try:
        content = tomllib.loads(file.read_text("utf-8"))
    except OSError as error:
        raise RecipeError(f"{file}: cannot be read ({error.strerror})") from None
    except ValueError as error:  # no TOML, or no UTF-8
        raise RecipeError(f"{file}: is not valid TOML: {error}") from None
    try:
        return TypeAdapter(kind).validate_python(content)
    except ValidationError as error:
        told = [_sentence(file, content, problem) for problem in error.errors()]
        raise RecipeError("\n".join(told)) from None


def _sentence(file: Path, content: Any, problem: Any) -> str:
    """Return one setting that is wrong, with the name of the recipe that it stands in."""
    place = list[str]()
    at = content
    for part in problem["loc"]:
        at = cast("Any", at[part] if _has(at, part) else None)
        named = isinstance(part, int) and isinstance(at, dict) and cast("Any", at).get("name")
        place.append(f"'{one_line(str(named))}'" if named else str(part))
    found = one_line(repr(problem["input"]), 60)
    return f"{file}: {' '.join(place)}: {problem['msg']} (found {found})"


def _has(value: Any, part: Any) -> bool:
    inside = isinstance(value, list | tuple) and isinstance(part, int)
    return (inside and part < len(cast("list[Any]", value))) or (
        isinstance(value, dict) and part in value
    )

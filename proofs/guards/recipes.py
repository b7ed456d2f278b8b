"""Recipes of guards: data that a teacher adds in a minute (`tests/guards/*.toml`)."""

import ast
import re
import tomllib
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Annotated

from pydantic import Field
from pydantic.dataclasses import dataclass

from autograder.paths import PROJECT
from proofs.attacks.recipes import TierName, read_attacks
from proofs.recipe_files import KNOWN_KEYS_ONLY, Text, read_recipe_files, refuse_none_or_twins

GUARDS = PROJECT / "tests" / "guards"
Id = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
_TEST = re.compile(r"(?P<file>tests/[\w/]+\.py)::(?P<name>test_\w+)(?P<case>\[.*\])?", re.DOTALL)


@dataclass(frozen=True, config=KNOWN_KEYS_ONLY)
class Guard:
    """One guard, how it is broken, and what must fail then."""

    id: Id
    protects: Text
    """What holds thanks to it, as a sentence."""
    file: Text
    """Where it stands, relative to the project."""
    replace: Text
    """Its text, which stands there exactly once."""
    by: str
    """What stands in its place while it is broken."""
    tests: tuple[Text, ...] = ()
    """Tests by pytest's ids: each of them must fail; of a test without `[…]` one case must."""
    attacks: tuple[Text, ...] = ()
    """Attacks by name: none of them may be held any more."""
    tier: TierName = "namespaces"
    """At which tier the attacks are run."""
    alone: bool = False
    """True when its tests look at the clock or the processor: nothing else is run meanwhile."""
    area: str = ""
    """Name of its file; filled in when it is read."""


@dataclass(frozen=True, config=KNOWN_KEYS_ONLY)
class _File:
    guard: tuple[Guard, ...] = ()


def read_guards(folder: Path = GUARDS) -> tuple[Guard, ...]:
    """Return all guards in `folder`, by file name. Raises `RecipeError`."""
    files = read_recipe_files(folder, _File)
    guards = [replace(it, area=name) for name, file in files.items() for it in file.guard]
    refuse_none_or_twins(folder, "guard", [guard.id for guard in guards])
    return tuple(guards)


def problems(guards: Iterable[Guard], project: Path = PROJECT) -> dict[str, str]:
    """Return, by the guard's id, why a recipe cannot be used in `project`: a sentence each."""
    attacks = {attack.name for attack in read_attacks(project / "tests" / "attacks")}
    found = {guard.id: _problem(guard, project, attacks) for guard in guards}
    return {name: sentence for name, sentence in found.items() if sentence}


def broken_text(guard: Guard, text: str) -> str:
    """Return `text`, the content of the guard's file, with the guard broken."""
    return text.replace(guard.replace, guard.by, 1)


def _problem(guard: Guard, project: Path, attacks: set[str]) -> str:
    place = f"{guard.id} ({guard.area}.toml)"
    file = project / guard.file
    if not file.is_file():
        return f"{place}: there is no {guard.file}. Name the file where the guard stands now."
    text = file.read_text("utf-8")
    if (count := text.count(guard.replace)) != 1:
        return (
            f"{place}: its text stands {count} times in {guard.file}, not once. Write `replace` "
            "anew, from what stands there now."
        )
    broken = broken_text(guard, text)
    if broken == text:
        return f"{place}: `by` is the same text as `replace`, so nothing would be broken."
    if reason := _unsound(guard.file, broken):
        return f"{place}: {guard.file} would not be sound any more ({reason}). Mend `by`."
    if not guard.tests and not guard.attacks:
        return f"{place}: names neither a test nor an attack that must fail without it."
    for test in guard.tests:
        if not _exists(test, project):
            return f"{place}: there is no test {test}."
    for name in guard.attacks:
        if name not in attacks:
            return f"{place}: there is no attack called '{name}'."
    return ""


def _unsound(name: str, text: str) -> str:
    try:
        if name.endswith(".py"):
            ast.parse(text)
        elif name.endswith(".toml"):
            tomllib.loads(text)
    except (SyntaxError, tomllib.TOMLDecodeError) as error:
        return str(error)
    return ""


def _exists(test: str, project: Path) -> bool:
    """Return whether there is such a function; what is in `[…]` only pytest knows."""
    named = _TEST.fullmatch(test)
    if named is None or not (project / named["file"]).is_file():
        return False
    text = (project / named["file"]).read_text("utf-8")
    return re.search(rf"^(?:async )?def {named['name']}\(", text, re.MULTILINE) is not None

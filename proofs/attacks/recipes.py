"""Recipes of attacks: data that a teacher adds in a minute (`tests/attacks/*.toml`)."""

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import Literal

from pydantic.dataclasses import dataclass

from autograder.records import Ending
from proofs.recipe_files import (
    KNOWN_KEYS_ONLY,
    RecipeError,
    Text,
    read_recipe_files,
    refuse_none_or_twins,
)

TierName = Literal["namespaces", "plain_user", "container"]
NUMBERS: dict[TierName, int] = {"namespaces": 1, "plain_user": 2, "container": 3}
"""The tiers' numbers, as they are printed everywhere else; tier 2: namespaces without root."""
TIERS = tuple(NUMBERS)
"""Where attacks are run."""


@dataclass(frozen=True, config=KNOWN_KEYS_ONLY)
class Attack:
    """Hostile code, where it stands in a solved notebook, and what it may cost."""

    name: Text
    """What it tries."""
    code: Text
    """Source of the cell, or what follows the answer in the answer cell of `question`.

    It prints or raises a text with `ESCAPED` when it gets what it must not.
    """
    where: Literal["before", "answer", "end"]
    """In a cell after set-up, in the answer cell of `question`, or in a cell at the end."""
    question: str = ""
    """The question that is attacked, if any."""
    answer: Literal["wrong", "right"] = "wrong"
    """What else its answer cell holds; with a wrong one the attack must not get any points."""
    may_cost: tuple[str, ...] = ()
    """Questions beside `question` that may lose points."""
    raises: bool = False
    """True when its cell ends in an ordinary error; any other that does is a broken recipe."""
    ending: tuple[Ending, ...] = ()
    """How the run must end, if that is known."""
    tiers: tuple[TierName, ...] = TIERS
    known_limit: str = ""
    """Why it is not stopped, where that is so: it is told apart from the attacks that must fail."""
    group: str = ""
    """Name of its file; filled in when it is read."""

    @property
    def must_get_nothing(self) -> bool:
        """True when all that could give points in `question` is a forgery."""
        return bool(self.question) and self.answer == "wrong"

    def spares(self, question: str) -> bool:
        """True when `question` must keep full marks."""
        return question != self.question and question not in self.may_cost


@dataclass(frozen=True, config=KNOWN_KEYS_ONLY)
class _File:
    attack: tuple[Attack, ...] = ()


def read_attacks(folder: Path, questions: Collection[str] = ()) -> tuple[Attack, ...]:
    """Return all attacks in `folder`, by file name. Raises `RecipeError` with the wrong file.

    `questions`: those that there are; none where they are not known.
    """
    files = read_recipe_files(folder, _File)
    attacks = [replace(it, group=name) for name, file in files.items() for it in file.attack]
    refuse_none_or_twins(folder, "attack", [attack.name for attack in attacks])
    for attack in attacks:
        if attack.where == "answer" and not attack.question:
            raise RecipeError(
                f"{folder}: {attack.name}: stands in an answer cell, but of no question"
            )
        for question in (attack.question, *attack.may_cost):
            if questions and question and question not in questions:
                raise RecipeError(
                    f"{folder}/{attack.group}.toml: {attack.name}: there is no question {question}"
                )
    return tuple(attacks)

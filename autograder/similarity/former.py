"""Likeness with earlier classes, of which fingerprints are kept and no code.

A report on a class leaves `fingerprints.json` beside it: the hashes of each student's own answers.
A later class is compared with those. What many have, then or now, says little, as within a class.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from autograder.similarity.fingerprints import passages
from autograder.similarity.pairs import (
    LEAST_RANK,
    Answers,
    Marks,
    common_weight,
    own_marks,
    weights_of,
)
from autograder.store.writing import StoreError

FILE = "fingerprints.json"
_MOST_BYTES = 1 << 30


@dataclass(frozen=True)
class FormerClass:
    """An earlier class: whose answers had which fingerprints."""

    name: str
    students: Mapping[str, Marks]


@dataclass(frozen=True)
class Likeness:
    """A student whose answers share a lot that is rare with those of a former one."""

    student: str
    former_class: str
    former: str
    share: float
    """Of the passages of whoever has fewer, how many the other one has as well, from 0 to 1."""
    questions: tuple[str, ...]


def marks_of(answers: Mapping[str, Answers], starter: Answers) -> dict[str, Marks]:
    """Return each student's fingerprints by question, without what the starter code has."""
    given = {question: passages(source) for question, source in starter.items()}
    return {student: own_marks(theirs, given) for student, theirs in answers.items()}


def as_json(marks: Mapping[str, Marks]) -> str:
    """Return the fingerprints of a class as its file holds them."""
    students: dict[str, dict[str, list[int]]] = {}
    for student, theirs in marks.items():
        by_question = students.setdefault(student, {})
        for question, mark in sorted(theirs):
            by_question.setdefault(question, []).append(mark)
    return json.dumps({"students": students}, indent=None)


def read_former(folder: Path) -> FormerClass:
    """Return the class whose report has left its fingerprints in `folder`.

    Raises `StoreError` where there are none, or what is there are none.
    """
    path = folder / FILE
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ValueError
        content: Any = json.loads(path.read_text("utf-8"))
        students = {
            str(student): frozenset(
                (str(q), int(mark)) for q, marks in theirs.items() for mark in marks
            )
            for student, theirs in content["students"].items()
        }
    except FileNotFoundError:
        raise StoreError(
            f"{folder} holds no {FILE} to compare with. Write the report on that class once more "
            f"with this version of the kit: make report OUTPUT={folder}"
        ) from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise StoreError(f"{path} cannot be read as fingerprints of a class ({error}).") from error
    return FormerClass(folder.resolve().name, students)


def like_former(
    marks: Mapping[str, Marks], former: Sequence[FormerClass], shown: int = 20
) -> tuple[Likeness, ...]:
    """Return the `shown` students most alike to former ones, each with the nearest of these."""
    now = [(student, theirs) for student, theirs in marks.items() if theirs]
    then = [
        (each.name, student, theirs)
        for each in former
        for student, theirs in each.students.items()
        if theirs
    ]
    if not now or not then:
        return ()
    ours, before = [theirs for _, theirs in now], [theirs for *_, theirs in then]
    both = frozenset[tuple[str, int]]().union(*ours) & frozenset().union(*before)
    weights = weights_of([*ours, *before])
    common = common_weight(ours, before, {m: w for m, w in weights.items() if m in both})
    sizes = [np.array([len(theirs) for theirs in group]) for group in (ours, before)]
    usual = median([*sizes[0].tolist(), *sizes[1].tolist()])
    ranks = common / np.maximum(np.minimum.outer(*sizes), usual)
    found: list[tuple[float, Likeness]] = []
    for row, (student, theirs) in enumerate(now):
        place = int(ranks[row].argmax())
        if ranks[row, place] >= LEAST_RANK:
            name, other, others = then[place]
            shared = theirs & others
            questions = tuple(dict.fromkeys(question for question, _ in sorted(shared)))
            share = len(shared) / min(len(theirs), len(others))
            found.append(
                (float(ranks[row, place]), Likeness(student, name, other, share, questions))
            )
    return tuple(each for _, each in sorted(found, key=lambda item: -item[0])[:shown])

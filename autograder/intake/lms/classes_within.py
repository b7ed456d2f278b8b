"""Entries of a class folder that are whole classes themselves: nobody is graded as all of them."""

from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from autograder.files import is_file
from autograder.intake.by_products import matters
from autograder.intake.choosing import copy_of
from autograder.intake.folder import CollectError
from autograder.intake.lms.class_root import class_layout
from autograder.intake.lms.unpack import members
from autograder.plain_text import one_line
from autograder.records import Submission

_SEVERAL = 3
"""Notebooks of different names that one student rarely hands in."""


def without_classes(
    folder: Path, submissions: tuple[Submission, ...], names: Sequence[str], notebook: str
) -> tuple[Submission, ...]:
    """Return the submissions; what holds a whole class has a problem.

    `names` are all files in `folder`. Raises `CollectError` where every entry is a class.
    """
    inside: dict[str, list[str]] = defaultdict(list)
    for name in names:
        top, _, rest = name.partition("/")
        inside[top] += [rest] if rest else []
    classes = {
        one.source: layout
        for one in submissions
        if (layout := _class_in(one.source, inside[one.source.name], notebook))
    }
    if classes and len(classes) == len(submissions):
        listed = ", ".join(one_line(path.name) for path in classes)
        raise CollectError(
            f"Each entry of {folder} holds a whole class ({listed}). Grade them one by one: name "
            "one of them instead of the folder around them."
        )
    return tuple(
        replace(one, problem=_A_CLASS.format(one_line(one.source.name), classes[one.source]))
        if one.source in classes
        else one
        for one in submissions
    )


_A_CLASS = (
    "{} holds a whole class ({}), not one student's work. Take it out of the folder, and grade it "
    "by itself."
)


def perhaps_classes(names: Sequence[str], submissions: int) -> list[str]:
    """Return a sentence if most entries hold notebooks of several names, as groups do."""
    held: dict[str, set[str]] = defaultdict(set)
    for name in names:
        top, _, rest = name.partition("/")
        if rest.lower().endswith(".ipynb") and all(map(matters, rest.split("/"))):
            held[top].add(copy_of(rest))
    crowded = [one_line(top) for top, found in held.items() if len(found) >= _SEVERAL]
    if 2 * len(crowded) <= submissions:
        return []
    listed = ", ".join(crowded[:8]) + (", …" if crowded[8:] else "")
    return [
        f"Several notebooks of different names lie in each of {listed}. If these are groups of the "
        "class and not students, grade each of them by itself."
    ]


def _class_in(path: Path, names: Sequence[str], notebook: str) -> str:
    """The system whose download of a whole class lies at `path`; '' if it is one student's."""
    if path.suffix.lower() == ".zip" and is_file(path):
        with suppress(CollectError):  # a broken one is a student's, who gets the sentence
            names = list(members(path))
    return class_layout(names, notebook)

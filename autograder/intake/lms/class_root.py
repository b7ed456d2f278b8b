"""Where in a folder or zip a class begins, and what is one student's: decided from names alone.

The same function decides for folders and zips, at every level.
"""

import os.path
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import ModuleType

from autograder.intake.by_products import TAR_SUFFIXES, is_course_file
from autograder.intake.choosing import copy_of
from autograder.intake.lms import (
    blackboard,
    brightspace,
    canvas,
    google_classroom,
    gradescope_export,
    moodle,
)
from autograder.intake.lms.collected import Collected

_SYSTEMS: tuple[ModuleType, ...] = (
    gradescope_export,
    blackboard,
    moodle,
    canvas,
    brightspace,
)
GITHUB, NBGRADER = "GitHub Classroom download", "nbgrader folder"
_SUBMITTED = "submitted"
_OF_GITHUB = "-submissions"
_SURELY_A_CLASS = 3
_UNKNOWN = re.compile(
    r"submission|attempt|assign|abgabe|entrega|rendu|participant|\d{4}-\d\d-\d\d|_\d{5,}|\d{5,}_"
    r"|\([a-z]*_?\d+\)$|_[^_]+_[^_]+_\d+$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Root:
    """The folder whose entries are the class's."""

    place: tuple[str, ...] = ()
    """Names of folders, from the top."""
    read: Callable[[Path], Collected] | None = None
    """What reads it; None where the entries are called as the students."""
    layout: str = ""
    """What made it, if that is known."""
    prefix: str = ""
    """What stands before each student's name."""


def class_root(names: Sequence[str], notebook: str, *, zipped: bool = False) -> Root | None:
    """Where the class begins among files called `names`; None for one student's zip.

    Names are paths with slashes; a folder ends in one. `notebook` is the name of the file that
    students got.
    """
    place: tuple[str, ...] = ()
    while True:
        inside = names_inside(names, place)
        tops = sorted({name.split("/")[0] for name in inside})
        folders = {name.split("/")[0] for name in inside if "/" in name}
        theirs = [top for top in tops if top in folders or not is_course_file(top)]
        if system := next((one for one in _SYSTEMS if one.recognises(theirs)), None):
            return Root(place, system.read, system.LAYOUT)
        if google_classroom.recognises(theirs, notebook):
            read = partial(google_classroom.read, notebook=notebook)
            return Root(place, read, google_classroom.LAYOUT)
        if _SUBMITTED in folders:
            return Root((*place, _SUBMITTED), layout=NBGRADER)
        if place and (place[-1].endswith(_OF_GITHUB)):
            prefix = place[-1].removesuffix(_OF_GITHUB) + "-"
            named = all(top.startswith(prefix) for top in tops)
            return Root(place, layout=GITHUB, prefix=prefix if named else "")
        if len(tops) != 1 or not folders:
            break
        place = (*place, tops[0])
    if zipped and not any(_is_work(name) for name in names):
        return None
    if _one_students(inside, notebook, inner=bool(place) or zipped):
        if zipped and len(place) <= 1:
            return None
        return Root(place[:-1])
    return Root(place)


def class_layout(names: Sequence[str], notebook: str) -> str:
    """The system that surely made a whole class of `names`; '' where they may be one student's.

    Students hand in again what they have downloaded, so that one or two names tell nothing, and
    call their own versions as Google Classroom calls copies ("final - cnn.ipynb").
    """
    root = class_root(names, notebook)
    if root is None or root.read is None or root.layout == google_classroom.LAYOUT:
        return ""
    tops = {name.split("/")[0] for name in names_inside(names, root.place)}
    return root.layout if len(tops) >= _SURELY_A_CLASS else ""


def common_prefix(names: Sequence[str], notebook: str) -> str:
    """The assignment's name before each student's, as repositories are called; else ''."""
    before = re.compile(rf"(?:.*-)?{re.escape(notebook.removesuffix('.ipynb'))}-(?=.)")
    found = {match[0] if (match := before.match(name)) else "" for name in names}
    return found.pop() if len(found) == 1 else ""


def looks_unknown(names: Sequence[str]) -> bool:
    """Whether most entries are called as programs call them, not as people do."""
    return 2 * sum(_UNKNOWN.search(name) is not None for name in names) > len(names) > 0


def names_inside(names: Sequence[str], place: tuple[str, ...]) -> list[str]:
    """The names below the folder `place`, told from there."""
    start = "".join(f"{part}/" for part in place)
    return [name[len(start) :] for name in names if name.startswith(start) and name != start]


def _is_work(name: str) -> bool:
    return name.lower().endswith((".ipynb", ".zip", *TAR_SUFFIXES))


def _one_students(names: Sequence[str], notebook: str, *, inner: bool) -> bool:
    """Whether the files of a folder are one student's.

    A folder that the instructor named is a class, even with files that look like copies: whose
    they are, nobody can tell from here.
    """
    if not inner:
        return False
    here = [name for name in names if "/" not in name]
    notebooks = [name for name in here if name.lower().endswith(".ipynb")]
    zips = [name for name in here if name.lower().endswith(".zip")]
    below = {name.split("/")[0] for name in names if "/" in name and _is_work(name)}
    if any(copy_of(os.path.basename(name)) == notebook for name in notebooks):
        return True
    if notebooks and len({copy_of(name) for name in notebooks}) == 1:
        return not below and not zips
    return len(zips) == 1 and not notebooks and not below

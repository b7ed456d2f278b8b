"""Google Classroom: the assignment's Drive folder, as downloaded.

Classroom makes each student a copy of the notebook and calls it `<name> - <notebook>`.
"""

import re
from collections.abc import Sequence
from pathlib import Path

from autograder.intake.choosing import copy_of
from autograder.intake.lms.attempts import Upload
from autograder.intake.lms.collected import Collected
from autograder.intake.lms.gathering import Entry, gather
from autograder.records import Person

LAYOUT = "Google Classroom download"
_NAMED = re.compile(r"(?:Copy of )?(?P<name>.+?) - (?P<original>.+)", re.DOTALL)
_COPIED = re.compile(r"(?:Copy of|Kopie von|Copie de|Copia d[ei]|C[oó]pia de|Kopia|Kopie van) ")
"""What Drive puts before the name of a copy."""


def recognises(names: Sequence[str], notebook: str) -> bool:
    """Whether at least half of a folder's entries are named as Classroom names its copies."""
    matching = sum(_parts(name, notebook) is not None for name in names)
    return matching > 0 and 2 * matching >= len(names)


def read(folder: Path, notebook: str) -> Collected:
    """The submissions in the folder; a student is known by name alone."""

    def entry(path: Path) -> Entry | None:
        parts = _parts(path.name, notebook)
        if parts is None:
            return None
        name, original = parts
        return Entry(name, Person("google", "", name), "", (Upload(path, original),))

    return gather(folder, LAYOUT, entry)


def _parts(name: str, notebook: str) -> tuple[str, str] | None:
    match, stem = _NAMED.fullmatch(name), notebook.removesuffix(".ipynb")
    if match and copy_of(_COPIED.sub("", match["original"])).partition(".")[0] == stem:
        return match["name"], match["original"]
    return None

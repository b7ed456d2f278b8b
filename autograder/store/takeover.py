"""The grades folder of versions 0.1 and 0.2, which kept each grade in a file: it is taken over.

students/<folder>/record.json    {"key": …, "grade": …}
run.json                         the last run: title, isolation, questions, folders
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from autograder.files import read
from autograder.records import Grade
from autograder.store.basis import Basis
from autograder.store.kept import Attempt, Run, read_grade, read_isolation
from autograder.store.writing import StoreError

RECORD = "record.json"
RUN = "run.json"
KEPT_IN = "previous/files-of-an-earlier-version"
_MOST = 1_000_000_000
_TAKEN, _UNKNOWN_LATENESS = "are taken.", "It is marked as late, but not by how much"


@dataclass(frozen=True)
class FormerStudent:
    """One student of a class that an earlier version has graded."""

    folder: str
    grade: Grade
    attempt: Attempt


@dataclass(frozen=True)
class Former:
    """A class that an earlier version has graded."""

    run: Run
    students: tuple[FormerStudent, ...]


def former_class(folder: Path) -> Former | None:
    """Return the class that an earlier version has left in `folder`; None if there is none.

    A student without a sound record is left out: the next run grades them.
    """
    students = tuple(_students(folder))
    return Former(_run(folder, students), students) if students else None


def _students(folder: Path) -> Iterator[FormerStudent]:
    for record in sorted(folder.glob(f"students/*/{RECORD}")):
        try:
            grade = read_grade(json.loads(read(record, "", _MOST))["grade"])
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            continue
        attempt = Attempt(grade.source, taken_before=grade.late_deduction)
        yield FormerStudent(record.parent.name, _without_lateness(grade), attempt)


def _without_lateness(grade: Grade) -> Grade:
    """Return what the engine gave: what lateness costs is reckoned anew from the times."""
    notes = (
        note
        for note in grade.notes
        if not (note.startswith("It came ") and note.endswith(_TAKEN))
        and not note.startswith(_UNKNOWN_LATENESS)
    )
    return replace(grade, late_deduction=0.0, notes=tuple(notes))


def _run(folder: Path, students: tuple[FormerStudent, ...]) -> Run:
    """Return what is known of the run that graded them."""
    isolation = students[0].grade.isolation
    started = ""
    try:
        raw = read(folder / RUN, "", _MOST)
        isolation = read_isolation(json.loads(raw)["isolation"])
        changed = (folder / RUN).stat().st_mtime
        started = datetime.fromtimestamp(changed, UTC).isoformat(timespec="seconds")
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        pass  # cut off before its end: the grades are there all the same
    return Run("grade, by an earlier version", Basis(), started=started, isolation=isolation)


def put_former_away(folder: Path) -> None:
    """Move the files that were taken over to where they disturb nobody; nothing is deleted."""
    found = [*folder.glob(f"students/*/{RECORD}"), *folder.glob(RUN)]
    try:
        for file in found:
            place = folder / KEPT_IN / file.relative_to(folder)
            place.parent.mkdir(parents=True, exist_ok=True)
            file.rename(place)
    except OSError as error:
        raise StoreError(
            f"{folder} holds files of an earlier version that cannot be put into {KEPT_IN}: "
            f"{error.strerror}. Make the folder writable and run the command again."
        ) from error

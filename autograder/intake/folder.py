"""A class folder becomes a list of submissions; none of them is opened, imported or run."""

import dataclasses
import os
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from autograder.errors import KitError
from autograder.files import is_file, is_folder, look
from autograder.intake.by_products import (
    NOTEBOOK_SUFFIXES,
    is_backup,
    is_course_file,
    is_system_file,
    is_unknown_hidden,
)
from autograder.intake.file_kinds import kind_in, stem, wrong_kind
from autograder.plain_text import one_line
from autograder.records import Submission


class CollectError(KitError):
    """There is nothing to grade; the message says why and what to do."""


def collect(folder: Path) -> list[Submission]:
    """Finds the submissions in `folder`, in the order of their names.

    Every entry is one, unless a system or the course team is known to leave such files; the student
    is its name without the suffix. What holds no notebook has a `problem`, so that nobody is
    missing from the gradebook. If several submissions have one student's name, the
    second is called "name (2)". A single notebook or zip file is a class of one.

    Raises CollectError if `folder` is missing, is no folder, cannot be listed or is empty.
    """
    if folder.is_file():
        return [_single_file(folder)]
    found = [as_submission(entry) for entry in entries(folder)]
    own = [submission for submission in found if submission]
    submissions = with_distinct_students(one for one in own if not _is_spare(one, own))
    if not submissions:
        raise CollectError(
            f"There is no submission in {folder}. Put the notebooks (.ipynb) or zip files there, "
            "one for each student, named after the student."
        )
    return submissions


def _single_file(path: Path) -> Submission:
    if not path.name.lower().endswith(NOTEBOOK_SUFFIXES) and (kind := kind_in(path)):
        unpack = " Unpack it, and name the folder." if "archive" in kind else ""
        raise CollectError(
            f"{path} is neither a folder of submissions nor a notebook (.ipynb) or zip file: it is "
            f"{kind}.{unpack}"
        )
    # Whoever names a link on the command line means what it points to.
    return Submission(_student(stem(path.name)), path.resolve())


def entries(folder: Path) -> list[Path]:
    """What lies in `folder`, in the order of the names' bytes. Raises `CollectError`."""
    try:
        return sorted(folder.iterdir(), key=lambda path: os.fsencode(path.name))
    except FileNotFoundError:
        message = f"The folder {folder} does not exist. Make it and put the submissions there."
    except NotADirectoryError:
        message = f"{folder} is neither a folder nor an ordinary file."
    except OSError as error:
        message = f"The folder {folder} cannot be listed: {error.strerror}."
    raise CollectError(message)


def as_submission(path: Path) -> Submission | None:
    """What the entry of a class folder is; None if it is no submission."""
    name = path.name.lower()
    if is_system_file(path.name):
        return None
    found = look(path)
    if found is None:
        problem = f"{one_line(path.name)} cannot be read. Hand it in again."
        return Submission(_student(stem(path.name)), path, problem)
    if found.kind == "link":
        problem = (
            f"{one_line(path.name)} is a link, and links are not followed. "
            "Put the notebook itself in its place."
        )
        return Submission(_student(stem(path.name)), path, problem)
    if _is_the_courses(path):
        return None
    if found.kind == "folder":
        return Submission(_student(path.name), path)
    if found.kind != "file":
        problem = f"{one_line(path.name)} is no ordinary file."
        return Submission(_student(stem(path.name)), path, problem)
    problem = "" if name.endswith(NOTEBOOK_SUFFIXES) else wrong_kind(path)
    return Submission(_student(stem(path.name)), path, problem)


def left_alone(folder: Path) -> list[str]:
    """Sentences on the entries of a class folder that are nobody's row, though none is sure."""
    listed = entries(folder)
    own = [submission for path in listed if (submission := as_submission(path))]
    course = [path.name for path in listed if _is_the_courses(path)]
    spare = [one.source.name for one in own if _is_spare(one, own)]
    hidden = [path.name for path in listed if is_unknown_hidden(path.name)]
    return [
        f"{what}: {_listed(names)}."
        for what, names in (
            ("Taken for the course's own files, not for somebody's work", course),
            ("Backup copies, not graded because the file itself is there", spare),
            ("Hidden, and taken for a program's own", hidden),
        )
        if names
    ]


def _listed(names: list[str]) -> str:
    return ", ".join(one_line(name) for name in names[:8]) + (", …" if names[8:] else "")


def _is_the_courses(path: Path) -> bool:
    """Whether an entry is the course team's: a class list, the kit's package, grades."""
    if is_folder(path):
        return path.name == _DATA or any(is_file(path / mark) for mark in _COURSE_MARKS)
    return is_file(path) and is_course_file(path.name)


def _is_spare(submission: Submission, others: list[Submission]) -> bool:
    """Whether it is an editor's copy beside the file itself."""
    return is_backup(submission.source.name) and any(
        other.student == submission.student and not is_backup(other.source.name) for other in others
    )


_DATA = "data"
GRADES_MARK = "class-report.html"
"""A file that every folder of grades has."""
_COURSE_MARKS = (GRADES_MARK, "__init__.py")
"""Files that a folder of grades has, and a package that was released beside the notebook."""


def _student(name: str) -> str:
    """The name as text that can be written anywhere."""
    # A name that is no UTF-8 has no text; macOS and Linux spell accents differently.
    return unicodedata.normalize("NFC", os.fsencode(name).decode("utf-8", "replace"))


def with_distinct_students(submissions: Iterable[Submission]) -> list[Submission]:
    """Gives the second submission of one student the name "student (2)", and so on."""
    submissions = list(submissions)
    # Somebody may be called "name (2)" from the start (browsers do that): those names stay.
    taken = {submission.student for submission in submissions}
    seen: set[str] = set()
    distinct: list[Submission] = []
    for submission in submissions:
        student = submission.student
        if student in seen:
            number = 2
            while f"{student} ({number})" in taken:
                number += 1
            student = f"{student} ({number})"
            taken.add(student)
        seen.add(student)
        distinct.append(dataclasses.replace(submission, student=student))
    return distinct

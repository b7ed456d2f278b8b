"""A class folder becomes a list of submissions; none of them is opened, imported or run."""

import dataclasses
import os
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from autograder.plain_text import one_line
from autograder.records import Submission

NOTEBOOK_SUFFIXES = (".ipynb", ".zip")

# Files that a student may hand in by mistake. Anything else (a class list, a README) belongs to
# the course team and is left alone. Double suffixes stand first: the first match is cut off.
WRONG_SUFFIXES = (
    ".ipynb.txt",
    ".ipynb.json",
    ".tar.gz",
    *(".py", ".pdf", ".html", ".htm", ".txt", ".md", ".rtf", ".doc", ".docx", ".odt", ".pages"),
    *(".rar", ".7z", ".tar", ".tgz", ".gz", ".jpg", ".jpeg", ".png"),
)
_COURSE_FILES = ("readme", "license", "requirements")
_SYSTEM_FILES = ("__macosx", "thumbs.db", "desktop.ini")


class CollectError(Exception):
    """There is nothing to grade; the message says why and what to do."""


def collect(folder: Path) -> list[Submission]:
    """Finds the submissions in `folder`, in the order of their names.

    A submission is a notebook (.ipynb), a zip file or a folder; the student is its name without
    the suffix. A file of a wrong kind and a link become submissions with a `problem`, so that
    nobody is missing from the gradebook. If several submissions have one student's name, the
    second is called "name (2)". A single notebook or zip file is a class of one.

    Raises CollectError if `folder` is missing, is no folder, cannot be listed or is empty.
    """
    if folder.is_file():
        return [_single_file(folder)]
    found = [as_submission(entry) for entry in entries(folder)]
    submissions = with_distinct_students(submission for submission in found if submission)
    if not submissions:
        raise CollectError(
            f"There is no submission in {folder}. Put the notebooks (.ipynb) or zip files there, "
            "one for each student, named after the student."
        )
    return submissions


def _single_file(path: Path) -> Submission:
    if not path.name.lower().endswith(NOTEBOOK_SUFFIXES):
        raise CollectError(
            f"{path} is neither a folder of submissions nor a notebook (.ipynb) or zip file."
        )
    # Whoever names a link on the command line means what it points to.
    return Submission(_student(path.name, NOTEBOOK_SUFFIXES), path.resolve())


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


def is_system_file(name: str) -> bool:
    """Whether `name` is one that operating systems leave behind."""
    return name.startswith(".") or name.lower() in _SYSTEM_FILES


def as_submission(path: Path) -> Submission | None:
    """What the entry of a class folder is; None if it is no submission."""
    name = path.name.lower()
    if is_system_file(name):
        return None
    if path.is_symlink():
        problem = (
            f"{one_line(path.name)} is a link, and links are not followed. "
            "Put the notebook itself in its place."
        )
        return Submission(_student(path.name, NOTEBOOK_SUFFIXES), path, problem)
    if path.is_dir():
        return Submission(_student(path.name, ()), path)
    if name.endswith(NOTEBOOK_SUFFIXES):
        problem = "" if path.is_file() else f"{one_line(path.name)} is no ordinary file."
        return Submission(_student(path.name, NOTEBOOK_SUFFIXES), path, problem)
    if name.endswith(WRONG_SUFFIXES) and not name.startswith(_COURSE_FILES):
        problem = (
            f"{one_line(path.name)} is no notebook. Hand in the notebook itself (.ipynb), "
            "or the zip file that its last cell makes."
        )
        return Submission(_student(path.name, WRONG_SUFFIXES), path, problem)
    return None


def _student(name: str, suffixes: Iterable[str]) -> str:
    """The file name without its suffix, as text that can be written anywhere."""
    # A name that is no UTF-8 has no text; macOS and Linux spell accents differently.
    text = unicodedata.normalize("NFC", os.fsencode(name).decode("utf-8", "replace"))
    suffix = next((suffix for suffix in suffixes if text.lower().endswith(suffix)), "")
    return text.removesuffix(text[len(text) - len(suffix) :])


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

"""The grades folder: what was graded is kept, whole or not at all.

    grades/gradebook.csv
    grades/class-report.html                 for the instructors
    grades/run.json                          whom the last run graded, and under which isolation
    grades/students/<name>/feedback.html     for the student
    grades/students/<name>/executed.ipynb    the notebook as it ran, if it could be read
    grades/students/<name>/results.json      for Gradescope
    grades/students/<name>/record.json       the whole grade, for the next run

`record.json` is written last. A folder without a sound record is graded again.
"""

import dataclasses
import errno
import hashlib
import json
import os
import re
import secrets
import threading
import unicodedata
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from autograder.course import Gradescope
from autograder.records import Grade, Submission
from autograder.reports.feedback import page
from autograder.reports.gradebook import gradebook
from autograder.reports.gradescope import ALL_VISIBLE, results

RECORD = "record.json"
EXECUTED = "executed.ipynb"
_ALWAYS_WRITTEN = ("results.json", "feedback.html")

_PLAIN_NAME = re.compile(r"(?!\.)[A-Za-z0-9._-]{1,80}(?<!\.)")
_HALF_WRITTEN = re.compile(r"\..+\.[0-9a-f]{16}")
_WINDOWS_DEVICE = re.compile(r"(?i)(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?")


class StoreError(Exception):
    """A result could not be kept; the message says which, why, and what to do."""


@dataclasses.dataclass(frozen=True)
class Record:
    """The content of `record.json`."""

    key: str
    """Stands for everything the grade depends on."""
    grade: Grade


_RECORD = TypeAdapter(Record)


class Store:
    """Keeps grades below `folder`. Several threads may use one store."""

    def __init__(self, folder: Path, title: str = "Feedback") -> None:
        """`title` heads every feedback page."""
        self.folder = folder
        self.title = title
        self.titles: Mapping[str, str] = {}
        """What the questions are called, by id, on the feedback pages."""
        self.shown: Gradescope = ALL_VISIBLE
        """What Gradescope shows to students, and when."""
        self.late_policy = False
        """Whether the gradebook tells what lateness costs."""
        self.others: Mapping[str, Sequence[str]] = {}
        """Members of groups, by the student whose hand-in is theirs: they have rows, too."""
        self._lock = threading.Lock()
        self._names: dict[str, str] = {}

    def reserve(self, submissions: Iterable[Submission]) -> None:
        """Names the students' folders, so that the names do not depend on who is graded first."""
        for student in sorted({submission.student for submission in submissions}):
            self._name_for(student)

    def clear_up(self) -> None:
        """Removes the files that a killed run was writing; they were never in anyone's place."""
        for folder in (self.folder, *self.folder.glob("students/*")):
            if folder.is_dir():
                for file in folder.iterdir():
                    if _HALF_WRITTEN.fullmatch(file.name):
                        file.unlink(missing_ok=True)

    def directory_for(self, item: Grade | Submission) -> Path:
        """The student's own folder; nothing is created."""
        return self.folder / "students" / self._name_for(item.student)

    def save(self, grade: Grade, key: str, executed_notebook: dict[str, Any] | None) -> None:
        """Writes all reports on `grade`, then its record; None if there was no notebook to run.

        Raises StoreError.
        """
        report = results(grade, shown=self.shown)
        feedback = page(grade, self.title, self.titles, executed=executed_notebook is not None)
        contents = {"results.json": _json(report), "feedback.html": feedback}
        if executed_notebook is not None:
            contents[EXECUTED] = _json(executed_notebook)
        directory = self.directory_for(grade)
        with _explained(directory):
            directory.mkdir(parents=True, exist_ok=True)
            if executed_notebook is None:
                (directory / EXECUTED).unlink(missing_ok=True)
            for name, content in contents.items():
                _write(directory / name, content)
            _write(directory / RECORD, _json(dataclasses.asdict(Record(key, grade))))

    def load(self, submission: Submission, key: str) -> Grade | None:
        """The grade kept for `submission` under `key`; None if it must be graded (again)."""
        directory = self.directory_for(submission)
        try:
            record = _RECORD.validate_python(json.loads(_read(directory / RECORD)))
            complete = all((directory / name).is_file() for name in _ALWAYS_WRITTEN)
        except (
            OSError,
            ValueError,
            RecursionError,
        ):  # absent or broken; pydantic's is a ValueError
            return None
        grade = record.grade
        same = (grade.student, grade.source) == (submission.student, submission.source.name)
        return grade if complete and same and record.key == key else None

    def write_gradebook(self, grades: Sequence[Grade], questions: Sequence[str] = ()) -> Path:
        """Writes `gradebook.csv`, whole, and returns its path. Raises StoreError."""
        path = self.folder / "gradebook.csv"
        with _explained(path):
            self.folder.mkdir(parents=True, exist_ok=True)
            written = gradebook(grades, questions, late_policy=self.late_policy, others=self.others)
            _write(path, written)
        return path

    def write_file(self, name: str, content: bytes) -> Path:
        """Writes a file of the class beside the gradebook; returns its path. Raises StoreError."""
        path = self.folder / name
        with _explained(path):
            self.folder.mkdir(parents=True, exist_ok=True)
            _write(path, content)
        return path

    def _name_for(self, student: str) -> str:
        with self._lock:
            if student not in self._names:
                # Compared without case: macOS and Windows keep one folder for "Ann" and "ann".
                taken = {name.casefold() for name in self._names.values()}
                self._names[student] = next(
                    name for name in _candidates(student) if name.casefold() not in taken
                )
            return self._names[student]


def _candidates(student: str) -> Iterator[str]:
    """Names for a student's folder: the id itself if that is harmless, else a slug and a hash."""
    if _PLAIN_NAME.fullmatch(student) and not _WINDOWS_DEVICE.fullmatch(student):
        yield student
    ascii_text = unicodedata.normalize("NFKD", student[:200]).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^A-Za-z0-9]+", "-", ascii_text).strip("-")[:40].strip("-") or "student"
    digest = hashlib.sha256(student.encode("utf-8", "surrogatepass")).hexdigest()
    for length in range(10, len(digest) + 1):
        yield f"{slug}-{digest[:length]}"


def _json(content: Any) -> str:
    """JSON in ASCII, so that no text in it can fail to be written."""
    return json.dumps(content, indent=1) + "\n"


def _read(path: Path) -> bytes:
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(descriptor, "rb") as file:
        return file.read()


def _write(path: Path, content: str | bytes) -> None:
    """Puts a whole file in place of `path`, or leaves what is there."""
    aside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        with open(os.open(aside, flags, 0o644), "wb") as file:
            file.write(content.encode("utf-8", "replace") if isinstance(content, str) else content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(aside, path)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise


@contextmanager
def _explained(path: Path) -> Generator[None]:
    """Turns a failure of the file system into a sentence."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            reason = "the disk is full. Make room and run the command again"
        else:
            reason = f"{error.strerror or error}. Mend this and run the command again"
        raise StoreError(
            f"{path} could not be written: {reason}; submissions graded so far are kept."
        ) from error

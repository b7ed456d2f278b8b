"""Who of a class gets feedback, and where it is written.

OUTPUT/feedback/moodle-feedback.zip    or canvas-feedback.zip, to upload there
OUTPUT/feedback/<student>/             for everybody else: the page, and the notebook as it was run
OUTPUT/feedback/mail-merge.csv         for the instructor: who gets which page
"""

import os
import shutil
import tempfile
import zipfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from autograder.classroom.reading import ClassGrades, Graded
from autograder.errors import KitError
from autograder.files import NotOrdinary, read
from autograder.give_back.feedback_pack.mail_merge import People, authors, merge_rows, table
from autograder.give_back.feedback_pack.places import ARCHIVES, NOTEBOOK, PAGE, Feedback, packed_for
from autograder.intake.lms.collected import Collected
from autograder.plain_text import one_line
from autograder.records import Submission
from autograder.reports.words import has_marks, reasons, was_graded
from autograder.store.writing import StoreError

FOLDER, MAIL_MERGE = "feedback", "mail-merge.csv"
_MAX_BYTES = 200_000_000


class PackError(KitError):
    """No pack can be made; the message says why and what to do."""


@dataclass(frozen=True)
class Pack:
    """What was written."""

    folder: Path
    archive: str
    """Name of the zip to upload; '' where the system takes none, or nobody is in it."""
    zipped: int
    """How many students are in the zip."""
    apart: int
    """How many have a folder instead."""
    left_out: int
    remarks: tuple[str, ...]
    """A sentence for everybody without a mark, left out, or not where the others are."""


def write_pack(
    output: Path, graded: ClassGrades, found: Collected, people: People = authors
) -> Pack:
    """Write `output`/feedback for the class `found`, whose grades are `graded`; replace an older.

    Raises `PackError` where `found` is another class, `StoreError` where something cannot be
    written.
    """
    students = {student.grade.student: student for student in graded.students}
    if not any(one.student in students for one in found.submissions):
        raise PackError(
            f"Nobody of this class ({found.layout}) has a grade in {output}. Name the class that "
            "was graded there, as `grade` took it."
        )
    target = output / FOLDER
    try:
        aside = Path(tempfile.mkdtemp(prefix=".feedback.", dir=output))
        try:
            aside.chmod(0o755)
            pack = _Writer(output, aside, graded.run.title, found.layout, people).write(
                found.submissions, students
            )
            _put_in_place(aside, target)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
    except OSError as error:
        raise StoreError(
            f"{target} could not be written: {error.strerror or error}. Mend this and run the "
            "command again."
        ) from error
    return pack


class _Writer:
    """Writes one pack into the folder `aside`."""

    def __init__(self, output: Path, aside: Path, title: str, layout: str, people: People) -> None:
        self._output, self._aside = output, aside
        self._title, self._layout, self._people = title, layout, people
        self._zipped = self._apart = self._left_out = 0
        self._remarks: list[str] = []
        self._rows: list[list[str]] = []

    def write(self, submissions: Sequence[Submission], students: dict[str, Graded]) -> Pack:
        """Write the whole pack."""
        archive = ARCHIVES.get(self._layout, "")
        with ExitStack() as opened:
            zipped = (
                opened.enter_context(
                    zipfile.ZipFile(self._aside / archive, "w", zipfile.ZIP_DEFLATED)
                )
                if archive
                else None
            )
            for submission in submissions:
                student = students.get(submission.student)
                given = _feedback(self._output, submission, student)
                if student is None or isinstance(given, str):
                    self._remarks.append(f"{one_line(submission.student)} is left out: {given}")
                    self._left_out += 1
                else:
                    self._one(submission, given, student.folder, zipped)
        if archive and not self._zipped:
            (self._aside / archive).unlink()
            archive = ""
        (self._aside / MAIL_MERGE).write_bytes(table(self._rows))
        return Pack(
            self._output / FOLDER,
            archive,
            self._zipped,
            self._apart,
            self._left_out,
            tuple(self._remarks),
        )

    def _one(
        self,
        submission: Submission,
        feedback: Feedback,
        folder: str,
        archive: zipfile.ZipFile | None,
    ) -> None:
        name = one_line(submission.student)
        if not was_graded(feedback.grade):
            self._remarks.append(f"{name} has no mark: {one_line(feedback.grade.message, 200)}")
        packed = packed_for(self._layout, submission, feedback, folder, self._title)
        if archive is None or packed.reason:
            if packed.reason:
                self._remarks.append(f"{name} has a folder, {folder}, instead: {packed.reason}.")
            (self._aside / folder).mkdir()
            for place, content in packed.files.items():
                (self._aside / place).write_bytes(content)
            self._apart += 1
            base = folder
        else:
            for place, content in packed.files.items():
                archive.writestr(place, content)
            self._zipped += 1
            base = f"../students/{folder}"
        notebook = f"{base}/{NOTEBOOK}" if feedback.notebook is not None else ""
        people = self._people(submission)
        self._rows += merge_rows(people, feedback.grade, f"{base}/{PAGE}", notebook)


def _feedback(output: Path, submission: Submission, student: Graded | None) -> Feedback | str:
    """What there is for a student, or the reason why nothing is given back."""
    if student is None:
        return "no grade is kept. Grade the class again."
    grade = student.grade
    if grade.source != submission.source.name:
        return (
            f"{one_line(grade.source, 80)} was graded, and {one_line(submission.source.name, 80)} "
            "is there now. Grade the class again."
        )
    if grade.excused:
        return "excused by an instructor."
    if not has_marks(grade):
        why = one_line(reasons(grade), 200)
        return "the marks are open until an instructor has looked" + (f" ({why})." if why else ".")
    place = output / "students"
    page = _read(place, f"{student.folder}/{PAGE}")
    if page is None:
        return f"{PAGE} is missing. Grade the class again."
    notebook = _read(place, f"{student.folder}/{NOTEBOOK}") if student.notebook else None
    return Feedback(grade, page, notebook)


def _read(top: Path, path: str) -> bytes | None:
    try:
        content = read(top, path, _MAX_BYTES)
    except (OSError, NotOrdinary):
        return None
    return content if len(content) <= _MAX_BYTES else None


def _put_in_place(aside: Path, target: Path) -> None:
    """Replace an older pack by the one in `aside`, or leave the older one."""
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise FileExistsError(None, "something that is no folder stands in its place")
    older = aside.with_name(f"{aside.name}.old")
    if target.exists():
        os.rename(target, older)
    os.rename(aside, target)
    shutil.rmtree(older, ignore_errors=True)

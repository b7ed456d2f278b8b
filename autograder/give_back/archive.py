"""Packs a class into one file at the end of a term: with names, or without anything of theirs."""

import os
import random
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from autograder import files
from autograder.classroom.report import statistics_files
from autograder.classroom.views import Views
from autograder.give_back.feedback_pack.pack import FOLDER as FEEDBACK
from autograder.records import Grade
from autograder.reports.gradebook import gradebook
from autograder.store.database import DATABASE, told
from autograder.store.holding import LOCK
from autograder.store.writing import StoreError, explained

ARCHIVE = "archive"
CONTENTS = "CONTENTS.txt"
_LEFT_OUT = {ARCHIVE, FEEDBACK, LOCK, DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm"}
"""Archives, what can be made again, and the database, of which a copy is taken."""
_MOST, _MOST_BYTES = 1_000_000, 1 << 32
_NAMED = """\
{title}: a class with names, kept on {day}.

{count} students. In here:
class.sqlite           all grades, attempts and runs
decisions.toml         what people decided, if they did
gradebook.csv, class-report.html, students/, previous/, as they stood

This is personal data: keep it where only those see it who may, and no longer than your rules say.
Unpacked into a folder it is a class again: make desk OUTPUT=that-folder
"""
_NAMELESS = """\
{title}: a class without names, kept on {day}.

{count} students. In here:
gradebook.csv          points by question; the numbers of the students follow no order
statistics.csv, .html  pass rate, discrimination and causes of each question and check

There are no names, files, answers, comments or decisions in it. Who knows a student's points in
every question can still find the row.
"""


@dataclass(frozen=True)
class Archive:
    """A written archive."""

    path: Path
    students: int
    holds: tuple[str, ...]
    """The names of its files, without those of students' folders."""


def write_archive(views: Views, *, names: bool, today: date) -> Archive:
    """Pack the class of `views`; return the archive, which lies in the class's own folder.

    Raises `StoreError` where it cannot be written, or, without `names`, where so few are in the
    class that everybody knows who is meant.
    """
    grades = views.table()
    ending = "" if names else "-without-names"
    target = views.store.folder / ARCHIVE / f"class-{today.isoformat()}{ending}.zip"
    words = (_NAMED if names else _NAMELESS).format(
        title=views.showing.title, day=today.isoformat(), count=len(grades)
    )
    found = _named(views.store.folder) if names else _nameless(views, grades)
    with explained(target):
        target.parent.mkdir(exist_ok=True)
        aside = target.with_suffix(".part")
        try:
            with zipfile.ZipFile(aside, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr(CONTENTS, words)
                for name, content in found:
                    archive.writestr(name, content)
                listed = tuple(name for name in archive.namelist() if "/" not in name)
            os.replace(aside, target)
        finally:
            aside.unlink(missing_ok=True)
    return Archive(target, len(grades), listed)


def _named(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield a copy of the database, then every other file of the class."""
    with tempfile.TemporaryDirectory(prefix="cnn-archive-") as room:
        copy = Path(room) / DATABASE
        with (
            told(folder / DATABASE),
            closing(sqlite3.connect(folder / DATABASE)) as database,
            closing(sqlite3.connect(copy)) as target,
        ):
            database.backup(target)  # whole, whoever else writes meanwhile
        yield DATABASE, copy.read_bytes()
    found = files.walk(folder, lambda name: name not in _LEFT_OUT, most=_MOST)
    if found.problem:
        raise StoreError(f"Not all of the class can be kept: {found.problem}")
    for entry in found.files:
        if entry.path.split("/")[0] not in _LEFT_OUT:
            yield entry.path, files.read(folder, entry.path, _MOST_BYTES)


def _nameless(views: Views, grades: Sequence[Grade]) -> Iterator[tuple[str, bytes]]:
    """Yield points under numbers that say nothing, and the statistics."""
    shuffled = random.SystemRandom().sample(grades, len(grades))
    width = max(3, len(str(len(grades))))
    plain = [
        replace(grade, student=f"student_{number:0{width}}", source="", decided=(), message="")
        for number, grade in enumerate(shuffled, 1)
    ]
    statistics = statistics_files(views)
    yield "gradebook.csv", gradebook(plain, views.showing.questions).encode()
    yield from ((name, content.encode()) for name, content in statistics.items())

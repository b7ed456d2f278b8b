"""Grades a class: collect, run, score, record, report."""

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from autograder.build.products import Built
from autograder.collect.notebook_source import matters
from autograder.collect.unreadable import MAX_BYTES
from autograder.files import Entry, NotOrdinary, read, walk
from autograder.isolation import Requirement
from autograder.late import with_deduction
from autograder.paths import COURSE, PROJECT
from autograder.records import Grade, Submission
from autograder.reports.executed import executed_notebook
from autograder.store import Store

if TYPE_CHECKING:
    from autograder.engine import Engine


class Watcher(Protocol):
    """Is told what happens while a class is graded."""

    def started(self, student: str) -> None: ...
    def finished(self, grade: Grade) -> None: ...


@dataclass(frozen=True)
class Plan:
    """The submissions of a class, and what an earlier run has graded of them already."""

    submissions: tuple[Submission, ...]
    keys: dict[str, str]
    """By student: changes whenever the marks could."""
    graded: dict[str, Grade]
    """By student, as tables need them."""

    @property
    def todo(self) -> list[Submission]:
        return [each for each in self.submissions if each.student not in self.graded]


def plan_class(
    submissions: Sequence[Submission],
    store: Store,
    engine_key: str,
    force: bool,
    required: Requirement,
) -> Plan:
    """What of `submissions` there is to grade: not what was graded well enough isolated before."""
    store.reserve(submissions)
    keys = {each.student: submission_key(each, engine_key) for each in submissions}
    known = (
        {}
        if force
        else {each.student: store.load(each, keys[each.student]) for each in submissions}
    )
    graded = {
        student: _for_tables(grade)
        for student, grade in known.items()
        if grade and not grade.needs_review and required.accepts(grade)
    }
    return Plan(tuple(submissions), keys, graded)


def grade_class(
    engine: "Engine", plan: Plan, store: Store, jobs: int, watcher: Watcher
) -> list[Grade]:
    """Grades what `plan` leaves open, `jobs` at once, and writes each grade as it ends.

    The gradebook is written after every grade, so that a run that is cut off leaves all it knew.
    Returns the grades without their details, which stand in the store.
    """
    store.clear_up()
    grades = dict(plan.graded)
    with ThreadPoolExecutor(jobs, thread_name_prefix="grading") as pool:
        try:
            for grade in _as_they_end(pool, engine, plan, store, watcher):
                grades[grade.student] = grade
                store.write_gradebook(in_order(plan, grades), engine.question_ids)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return in_order(plan, grades)


def _as_they_end(
    pool: ThreadPoolExecutor,
    engine: "Engine",
    plan: Plan,
    store: Store,
    watcher: Watcher,
) -> Iterator[Grade]:
    def grade_one(submission: Submission) -> Grade:
        watcher.started(submission.student)
        grade, notebook = engine.grade(submission)
        grade = with_deduction(grade, submission, engine.course.late)
        executed = executed_notebook(notebook, grade) if notebook else None
        store.save(grade, plan.keys[submission.student], executed)
        watcher.finished(grade)
        return _for_tables(grade)

    for future in as_completed([pool.submit(grade_one, each) for each in plan.todo]):
        yield future.result()


def _for_tables(grade: Grade) -> Grade:
    """What a class's tables need of `grade`: a thousand whole ones would fill the memory."""
    questions = tuple(replace(question, cases=()) for question in grade.questions)
    return replace(grade, questions=questions, cells=(), notes=())


def in_order(plan: Plan, grades: Mapping[str, Grade]) -> list[Grade]:
    """Those of `grades` that there are, in the order of the class."""
    return [grades[each.student] for each in plan.submissions if each.student in grades]


def engine_key(built: Built, seed: int, device: str) -> str:
    """Changes when anything that decides marks does: tests, settings, seed, device, this engine."""
    digest = hashlib.sha256(f"{built.digest} {seed} {device}".encode())
    digest.update(COURSE.read_bytes())
    for file in sorted((PROJECT / "autograder").rglob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def submission_key(submission: Submission, engine_key: str) -> str:
    """Changes when the submission's bytes or what grades them do."""
    times = f"{submission.submitted} {submission.due} {submission.marked_late}"
    known = f"{engine_key} {submission.student} {submission.problem} {times}"
    digest = hashlib.sha256(known.encode("utf-8", "replace"))
    room = MAX_BYTES
    for source in (submission.source, *submission.rivals):
        found = walk(source, matters)  # never raises: what is wrong is told when it is graded
        digest.update(f"\n{source.name} {found.problem}\n".encode("utf-8", "replace"))
        for entry in found.entries:
            digest.update(b"\n" + os.fsencode(entry.path) + f"\0{entry.kind}\n".encode())
            if entry.kind != "folder":
                digest.update(_content_key(source, entry, room))
                room -= entry.size if entry.size <= room else 0
    return digest.hexdigest()


def _content_key(source: Path, entry: Entry, room: int) -> bytes:
    """Stands for the file's content; for its size and date where that is too much to be read."""
    about = repr((entry.kind, entry.size, entry.modified)).encode()
    if entry.kind != "file" or entry.size > room:
        return about
    try:
        return hashlib.sha256(read(source, entry.path, room)).digest()
    except (OSError, NotOrdinary):  # what cannot be read is told when it is graded
        return about

"""Plan a class: which submissions have a mark that stands; then grade what is left."""

import hashlib
import os
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.classroom.isolation import Requirement
from autograder.classroom.slots import Grader, Watcher
from autograder.classroom.views import Views
from autograder.files import Entry, NotOrdinary, read, walk
from autograder.intake.by_products import matters
from autograder.intake.unreadable import MAX_BYTES
from autograder.records import Submission
from autograder.store.basis import Basis, what_changed
from autograder.store.kept import Attempt, Run, attempt_of
from autograder.store.store import Store
from autograder.store.writing import clear_up

MOMENT = 0.1
"""Seconds that the gradebook may take after every grade."""
SHARE = 20
"""Where it takes longer, it takes one in so many seconds."""


@dataclass(frozen=True)
class Plan:
    """The submissions that are given, and which of them have a mark that stands."""

    submissions: tuple[Submission, ...]
    contents: dict[str, str]
    """By student: stands for the bytes that were handed in."""
    settled: frozenset[str]
    """Students whose mark stands: the same bytes were graded, well enough isolated."""
    outdated: dict[str, str]
    """Of these, whose grade has another basis than one made now, and what has changed since."""
    others: Mapping[str, tuple[str, ...]]
    """Members of a group, by the student whose hand-in is theirs."""

    @property
    def todo(self) -> list[Submission]:
        return [each for each in self.submissions if each.student not in self.settled]


def plan_class(
    submissions: Sequence[Submission],
    store: Store,
    basis: Basis,
    required: Requirement,
    others: Mapping[str, tuple[str, ...]] | None = None,
    *,
    force: bool = False,
    anew: bool = False,
) -> Plan:
    """Plan what to grade of `submissions`: not what was graded well enough isolated before.

    A mark that another basis has given stands, too, unless `anew`; with `force` none does. Nothing
    is written.
    """
    store.reserve(each.student for each in submissions)
    contents = {each.student: content_key(each) for each in submissions}
    known = {} if force else {each.student: each for each in store.everybody(light=True)}
    settled = {
        each.student: kept
        for each in submissions
        if (kept := known.get(each.student))
        and _is_same(kept.attempt, each, contents[each.student])
        and not kept.grade.needs_review
        and required.accepts(kept.grade)
        and (kept.basis == basis or not anew)
    }
    outdated = {
        student: what_changed(kept.basis, basis)
        for student, kept in settled.items()
        if kept.basis != basis
    }
    return Plan(tuple(submissions), contents, frozenset(settled), outdated, others or {})


def _is_same(attempt: Attempt, submission: Submission, content: str) -> bool:
    """Whether `submission` is what was graded; an earlier version has kept its name alone."""
    return attempt.source == submission.source.name and attempt.content in (content, "")


def grade_class(grader: Grader, plan: Plan, views: Views, watcher: Watcher, run: Run) -> None:
    """Grade what `plan` leaves open, and write each grade as it ends.

    The gradebook is written after every grade, so that a run that is cut off leaves all it knew;
    that of thousands less often, because many workers would wait for it.
    """
    clear_up(views.store.folder)
    views.store.begin(run)
    due, stale = 0.0, False
    with closing(grader.each(plan.todo, watcher)) as each:
        try:
            for submission, graded in each:
                views.store.save(graded.grade, _attempt(plan, submission), graded.executed)
                watcher.finished(views.write_student(submission.student))
                begun = time.monotonic()
                stale = begun < due
                if not stale:
                    views.write_gradebook()
                    taken = time.monotonic() - begun
                    due = begun + SHARE * taken if taken > MOMENT else 0.0
        finally:
            if stale:
                views.write_gradebook()


def note_attempts(plan: Plan, store: Store) -> None:
    """Keep what the learning system tells now of hand-ins whose mark stands, such as the times."""
    for submission in plan.submissions:
        kept = store.kept(submission.student) if submission.student in plan.settled else None
        if kept:
            attempt = replace(_attempt(plan, submission), taken_before=kept.attempt.taken_before)
            if attempt != kept.attempt:
                store.note(submission.student, attempt)


def _attempt(plan: Plan, submission: Submission) -> Attempt:
    student = submission.student
    return attempt_of(submission, plan.contents[student], plan.others.get(student, ()))


def content_key(submission: Submission) -> str:
    """Return what changes when the submission's bytes do."""
    known = f"{submission.student} {submission.problem}"
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

"""Files of a download, told apart by their names, become one submission for each student."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.intake.folder import with_distinct_students
from autograder.intake.lms.attempts import Upload, newest_attempt
from autograder.intake.lms.collected import Collected, older, unmatched, visible_entries
from autograder.records import Person, Submission


@dataclass(frozen=True)
class Entry:
    """What the name of one entry tells."""

    student: str
    person: Person
    attempt: str
    """Sorts the attempts of one student by time."""
    uploads: tuple[Upload, ...]
    """None for a receipt, which shows that there was an attempt."""


def gather(folder: Path, layout: str, read: Callable[[Path], Entry | None]) -> Collected:
    """The submissions in `folder`, whose entries `read` understands, or gives None for."""
    by_student: dict[str, list[tuple[Path, Entry]]] = defaultdict(list)
    strange: list[Path] = []
    for path in visible_entries(folder):
        entry = read(path)
        if entry:
            by_student[entry.student].append((path, entry))
        else:
            strange.append(path)
    found = [_one(found) for found in by_student.values()]
    foreign, remarks = unmatched(strange, layout.removesuffix(" download"))
    remarks = [older(one) for one in found if one.earlier] + remarks
    return Collected(layout, tuple(with_distinct_students([*found, *foreign])), tuple(remarks))


def _one(entries: Iterable[tuple[Path, Entry]]) -> Submission:
    """The last attempt that holds a file; the names of those before it."""
    paths = sorted(entries, key=lambda item: item[1].attempt)
    path, entry = paths[-1]
    submission = Submission(entry.student, path, people=(entry.person,))
    by_attempt: dict[str, list[Upload]] = defaultdict(list)
    for _, each in paths:
        by_attempt[each.attempt] += each.uploads
    attempts = [uploads for _, uploads in sorted(by_attempt.items()) if uploads]
    if not attempts:
        problem = "No file was handed in: there is only a receipt of the learning system."
        return replace(submission, problem=problem)
    *before, last = attempts
    chosen = newest_attempt(submission, last)
    names = tuple(upload.path.name for uploads in before for upload in uploads)
    return replace(chosen, earlier=(*names, *chosen.earlier))

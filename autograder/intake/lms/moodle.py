"""Moodle's "Download all submissions": a folder for each student, or all files in one folder.

    <Full name>_<id>_assignsubmission_file[_]/<file>     folders
    <Full name>_<id>_assignsubmission_file_<file>        flat
    Participant_<id>_assignsubmission_file...            with blind marking
    <Group>_<group id>_assignsubmission_file...          with groups

The id belongs to this one assignment; the grading worksheet has it as "Participant <id>".
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from autograder.files import is_folder
from autograder.intake.folder import with_distinct_students
from autograder.intake.lms.attempts import Upload, newest_attempt
from autograder.intake.lms.collected import Collected, files_in, older, unmatched, visible_entries
from autograder.records import Person, Submission

LAYOUT = "Moodle download"
_NAMED = re.compile(
    r"(?P<name>.+?)_(?P<id>\d+)_assignsubmission_(?P<kind>[a-z]+)(?:_(?P<original>.*))?", re.DOTALL
)
_BLIND = re.compile(r"Participant(?:[ _]\d+)?")


def recognises(names: Sequence[str]) -> bool:
    """Whether at least half of a folder's entries are named as Moodle names them."""
    matching = sum(_NAMED.fullmatch(name) is not None for name in names)
    return matching > 0 and 2 * matching >= len(names)


def read(folder: Path) -> Collected:
    """The submissions in a Moodle download; the student's id is Moodle's for this assignment."""
    uploads: dict[str, list[Upload]] = defaultdict(list)
    people: dict[str, Person] = {}
    strange: list[Path] = []
    for path in visible_entries(folder):
        parts = _NAMED.fullmatch(path.name)
        if parts is None:
            strange.append(path)
            continue
        people[parts["id"]] = Person("moodle", parts["id"], _name(parts["name"]))
        uploads[parts["id"]] += _uploads(path, parts["original"])
    found = [
        newest_attempt(Submission(student, files[0].path, people=(people[student],)), files)
        for student, files in uploads.items()
    ]
    foreign, remarks = unmatched(strange, "Moodle")
    remarks = [older(one) for one in found if one.earlier] + remarks
    submissions = with_distinct_students([*found, *foreign])
    return Collected(LAYOUT, tuple(submissions), tuple(remarks))


def feedback_start(submission: Submission) -> str:
    """Return what names of feedback files begin with, so that Moodle gives them to this student.

    That is the student's folder as it was downloaded, or, where files lie flat, the part of the
    name before the file's own; '' for what Moodle did not name.
    """
    numbers = {person.id for person in submission.people if person.system == "moodle"}
    for path in (submission.source.parent, submission.source):
        parts = _NAMED.fullmatch(path.name)
        if parts and parts["id"] in numbers:
            if parts["original"] and not is_folder(path):
                return path.name.removesuffix(parts["original"])
            return f"{path.name}/"
    return ""


def _uploads(path: Path, original: str | None) -> list[Upload]:
    """The files of a student: the entry itself, or what lies in the student's folder."""
    if inside := files_in(path):
        return [Upload(file, file.name) for file in inside]
    return [Upload(path, original or path.name)]


def _name(name: str) -> str:
    """The name as the worksheet has it; '' for a participant who has none."""
    return "" if _BLIND.fullmatch(name) else name.replace("_", " ")

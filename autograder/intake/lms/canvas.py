"""Canvas's "Download submissions": one flat folder, everything said in the files' names.

    <name>[_LATE]_<user id>_<file id>_<original>      doejane_LATE_1234_5678_hw.ipynb
    [LATE_]anon_<id>_<file id>_<original>             with anonymous grading

The name is lowercased, without blanks and commas. Text entries and links end in _text.html and
_link.html and have no file id.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from autograder.intake.folder import with_distinct_students
from autograder.intake.lms.attempts import Upload, newest_attempt
from autograder.intake.lms.collected import Collected, older, unmatched, visible_entries
from autograder.records import Person, Submission

LAYOUT = "Canvas download"
_NAMED = re.compile(
    r"(?P<name>.+?)(?P<late>_LATE)?_(?P<user>\d+)_(?:question_\d+_)?(?:(?P<file>\d+)_(?P<original>.+)"
    r"|(?P<typed>(?:text|link)\.html))",
    re.DOTALL,
)
_ANONYMOUS = re.compile(
    r"(?P<late>LATE_)?(?P<name>anon)_(?P<user>[A-Za-z0-9]+)_(?:(?P<file>\d+)_(?P<original>.+)"
    r"|(?P<typed>(?:text|link)\.html))",
    re.DOTALL,
)


def recognises(names: Sequence[str]) -> bool:
    """Whether at least half of a folder's entries are named as Canvas names its files."""
    matching = sum(_is_canvas(name) for name in names)
    return matching > 0 and 2 * matching >= len(names)


def read(folder: Path) -> Collected:
    """The submissions in a Canvas download, the student's id being Canvas's own."""
    uploads: dict[str, list[Upload]] = defaultdict(list)
    first: dict[str, Submission] = {}
    strange: list[Path] = []
    for path in visible_entries(folder):
        parts = _parts(path.name)
        if parts is None:
            strange.append(path)
            continue
        original = parts["original"] or parts["typed"] or path.name
        student = _student(parts)
        uploads[student].append(Upload(path, original, int(parts["file"] or 0)))
        late = bool(parts["late"]) or (student in first and first[student].marked_late)
        first[student] = Submission(student, path, people=_people(parts), marked_late=late)
    found = [newest_attempt(first[student], files) for student, files in uploads.items()]
    foreign, remarks = unmatched(strange, "Canvas")
    remarks = [older(one) for one in found if one.earlier] + remarks
    submissions = with_distinct_students([*found, *foreign])
    return Collected(LAYOUT, tuple(submissions), tuple(remarks))


def feedback_name(submission: Submission) -> str:
    """Return the name under which Canvas takes a file back for this student; '' where it can't.

    Canvas attaches to a comment what is called as a file that was handed in. What was typed or
    linked has no number of a file.
    """
    parts = _parts(submission.source.name)
    return submission.source.name if parts and parts["file"] else ""


def _is_canvas(name: str) -> bool:
    """Whether Canvas may have made this name: the student's stands in it in lower case."""
    parts = _parts(name)
    return parts is not None and parts["name"] == str(parts["name"]).lower()


def _parts(name: str) -> dict[str, str | None] | None:
    match = _ANONYMOUS.fullmatch(name) or _NAMED.fullmatch(name)
    return match.groupdict() if match else None


def _student(parts: dict[str, str | None]) -> str:
    return f"anon_{parts['user']}" if parts["name"] == "anon" else str(parts["user"])


def _people(parts: dict[str, str | None]) -> tuple[Person, ...]:
    """Nobody for an anonymous file: its number is no user's."""
    if parts["name"] == "anon":
        return ()
    return (Person("canvas", str(parts["user"]), str(parts["name"])),)

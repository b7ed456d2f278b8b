"""Blackboard's "Assignment file download": one flat folder, with a receipt for each attempt.

    gradebook_<course>_<assignment>_<user>_attempt_<date>_<file>
    gradebook_<course>_<assignment>_<user>_attempt_<date>.txt

The receipt begins with `Name: <full name> (<user>)`, in whatever language. Course, assignment and
user may all hold underscores: the receipt, not the file's name, tells where the user begins.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from autograder.files import NotOrdinary
from autograder.files import read as read_file
from autograder.intake.lms.attempts import Upload
from autograder.intake.lms.collected import Collected, visible_entries
from autograder.intake.lms.gathering import Entry, gather
from autograder.records import Person

LAYOUT = "Blackboard download"
_NAMED = re.compile(
    r"(?P<head>.+)_attempt_(?P<date>\d{4}(?:-\d\d){5})(?:_(?P<original>.+)|(?P<receipt>\.txt))",
    re.DOTALL,
)
_NAME = re.compile(
    r"^\s*(?:Name|[^:\n]{1,40}(?=:[^\n]*\)\s*$)):\s*(?P<name>.*?)\s*(?:\((?P<user>[^()]*)\))?\s*$",
    re.MULTILINE,
)
_RECEIPT_CHARACTERS = 4000


def recognises(names: Sequence[str]) -> bool:
    """Whether at least half of a folder's entries are named as Blackboard names them."""
    matching = sum(_NAMED.fullmatch(name) is not None for name in names)
    return matching > 0 and 2 * matching >= len(names)


def read(folder: Path) -> Collected:
    """The submissions in a Blackboard download; the student's id is the user's name there."""
    receipts = _receipts(folder)
    starts = [
        head.removesuffix(user) for head, (_, user) in receipts.items() if head.endswith(f"_{user}")
    ]

    def entry(path: Path) -> Entry | None:
        parts = _NAMED.fullmatch(path.name)
        if parts is None:
            return None
        name, user = receipts.get(parts["head"], ("", ""))
        user = _user(parts["head"], name, user, starts)
        original = parts["original"]
        uploads = (Upload(path, original),) if original else ()
        return Entry(user, Person("blackboard", user, name), parts["date"], uploads)

    return gather(folder, LAYOUT, entry)


def _receipts(folder: Path) -> Mapping[str, tuple[str, str]]:
    """Full name and user by what stands before the attempt in the file's name."""
    found: dict[str, tuple[str, str]] = {}
    for path in visible_entries(folder):
        parts = _NAMED.fullmatch(path.name)
        if parts is None or not parts["receipt"]:
            continue
        try:
            text = read_file(path, "", _RECEIPT_CHARACTERS).decode("utf-8-sig", "replace")
        except (OSError, NotOrdinary):  # the entry's name tells who it is, too
            continue
        if named := _NAME.search(text):
            found[parts["head"]] = (named["name"], named["user"] or "")
    return found


def _user(head: str, name: str, user: str, starts: Sequence[str]) -> str:
    """The user at the end of `head`, which may begin with one of `starts` as those of others do."""
    if user and head.endswith("_" + user):
        return user
    parts = head.split("_")
    for first in range(1, len(parts)):  # an account that is called as its owner
        tail = "_".join(parts[first:])
        if name and _letters(tail) == _letters(name):
            return tail
    known = next((head.removeprefix(start) for start in starts if head.startswith(start)), "")
    first = 3 if parts[0] == "gradebook" else 1  # else the assignment's name comes first
    return known or "_".join(parts[first:]) or parts[-1]


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()

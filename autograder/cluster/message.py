"""A submission on its way to a worker, and its grade on the way back: JSON, never an object.

A folder arrives as it was: names, kinds and dates of all that a reader looks at, and the bytes of
ordinary files, notebooks first. What is too large to be read anyway has its size alone.
"""

import base64
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from autograder.classroom.slots import Graded
from autograder.files import Entry, Found, NotOrdinary, read, walk
from autograder.intake.by_products import NOTEBOOK_SUFFIXES, matters
from autograder.intake.notebook_source import notebooks_in
from autograder.intake.unreadable import MAX_BYTES, Unreadable
from autograder.records import Submission
from autograder.store.kept import grade_document, read_grade, with_outputs


def pack_submission(submission: Submission) -> bytes:
    """Return what a worker has to know of `submission`."""
    sources = [(top, walk(top, matters)) for top in (submission.source, *submission.rivals)]
    return json.dumps(
        {
            "student": submission.student,
            "problem": submission.problem or _problem(*sources[0]),
            "sources": [{"name": top.name, "entries": _entries(top, of)} for top, of in sources],
        }
    ).encode()


def unpack_submission(message: bytes, folder: Path) -> Submission:
    """Lay a submission out in `folder`, an empty one of our own."""
    told = json.loads(message)
    places: list[Path] = []
    for number, source in enumerate(told["sources"]):
        top = folder / str(number) / source["name"]
        top.parent.mkdir()
        for entry in source["entries"]:
            _lay(top / entry["path"] if entry["path"] else top, entry)
        places.append(top)
    return Submission(told["student"], places[0], told["problem"], rivals=tuple(places[1:]))


def pack_grade(graded: Graded) -> bytes:
    """Return a grade and the notebook as it ran, as the store writes them."""
    document, outputs = grade_document(graded.grade)
    whole = {"grade": document, "outputs": outputs, "executed": graded.executed}
    return json.dumps(whole).encode()


def unpack_grade(message: bytes) -> Graded:
    """Return what `pack_grade` was given. Raises ValueError for what is none."""
    told = json.loads(message)
    return Graded(with_outputs(read_grade(told["grade"]), told["outputs"]), told["executed"])


def _problem(top: Path, found: Found) -> str:
    """Return why it cannot be read here, and so not be sent; '' where it can."""
    if found.problem:
        try:
            notebooks_in(top)
        except Unreadable as problem:
            return str(problem)
    return ""


def _entries(top: Path, found: Found) -> list[dict[str, Any]]:
    contents = dict(_contents(top, found))
    return [
        {
            "path": entry.path,
            "kind": entry.kind,
            "size": entry.size,
            "modified": entry.modified,
            "content": contents.get(entry.path),
        }
        for entry in found.entries
    ]


def _contents(top: Path, found: Found) -> Iterator[tuple[str, str]]:
    """Yield the content of files and the aims of links, as far as there is room."""
    room = 2 * MAX_BYTES
    for entry in found.entries:
        if entry.kind == "link":
            yield entry.path, _link(top, entry)
    for entry in sorted(found.files, key=_urgency):
        if entry.size <= min(room, MAX_BYTES):
            try:
                content = read(top, entry.path, MAX_BYTES)
            except (OSError, NotOrdinary):  # it went away meanwhile
                continue
            room -= len(content)
            yield entry.path, base64.b64encode(content).decode()


def _urgency(entry: Entry) -> tuple[bool, int]:
    return not entry.name.lower().endswith(NOTEBOOK_SUFFIXES), entry.size


def _link(top: Path, entry: Entry) -> str:
    try:
        return os.readlink(top / entry.path if entry.path else top)
    except OSError:
        return ""


def _lay(place: Path, entry: dict[str, Any]) -> None:
    """Make a file, folder, link or pipe like the one that was seen."""
    kind, content = entry["kind"], entry["content"]
    if kind == "folder":
        place.mkdir()
    elif kind == "link":
        place.symlink_to(content or "nowhere")
    elif kind == "other":
        os.mkfifo(place)
    elif content is None:
        with place.open("wb") as file:
            file.truncate(entry["size"])
    else:
        place.write_bytes(base64.b64decode(content))
    os.utime(place, ns=(entry["modified"],) * 2, follow_symlinks=False)

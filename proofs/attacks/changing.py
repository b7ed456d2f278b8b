"""Class folders that change while they are read: a target for the fuzzer.

A second thread renames, removes, links and nests what students have handed in, as a sync program or
a hostile process on a shared disk does. Whoever reads gets what there is, or a sentence.

All happens in a temporary folder. Links lead to a folder beside the class, which nobody may read or
change, and no change goes through a link.
"""

import os
import random
import shutil
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from autograder.classroom.plan import content_key
from autograder.intake.folder import CollectError
from autograder.intake.lms.layout import collect_class
from autograder.intake.notebook import read_notebook
from autograder.intake.unreadable import Unreadable

STUDENTS = (
    "student_001",
    "student_002.ipynb",
    "Jane Doe_501_assignsubmission_file",
    "Kim Lee_502_assignsubmission_file",
    "submission_101",
    "101-5 - Jane Doe - 5 May, 2026 1000 AM",
    "gradebook_cnn_ex_jane_attempt_2026-05-05-10-00-00.txt",
    "gradebook_cnn_ex_jane_attempt_2026-05-05-10-00-00_cnn.ipynb",
    "class.zip",
)
NAMES = ("cnn.ipynb", "cnn (1).ipynb", "notes.txt", "data", "deep", "cnn.zip", ".ipynb_checkpoints")
CONTENT = b'{"cells": [{"cell_type": "code", "source": "x = 1"}], "nbformat": 4}'
BAIT = b'{"cells": [{"cell_type": "code", "source": "elsewhere"}], "nbformat": 4}'
CHANGES = 40
# Opening a pipe in the usual way would wait for a reader.
_NO_LINK = os.O_NOFOLLOW | os.O_NONBLOCK


class LeftTheClass(Exception):
    """Something outside of the class folder was read or changed."""


def class_folder(seed: bytes) -> None:
    """Read a class, as grading and its second run do, while it changes.

    Raises `LeftTheClass` if that reads or changes what lies beside the class.
    """
    source = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="cnn-changing-") as name:
        room = Path(name).resolve()
        before = _set_bait(room)
        top = room / "class"
        top.mkdir()
        for student in STUDENTS:
            if source.random() < 0.7:
                _change(top, source, student)
        changing = threading.Thread(target=_change_on, args=(top, random.Random(source.random())))
        changing.start()
        try:
            _read(top, room)
        finally:
            changing.join()
        _read(top, room)
        if _bait(room) != before:
            raise LeftTheClass("what lies beside the class has changed")


def _set_bait(room: Path) -> dict[str, tuple[int, bytes]]:
    for folder in (_elsewhere(room), _elsewhere(room) / "data"):
        folder.mkdir()
        for name in ("cnn.ipynb", "notes.txt"):
            (folder / name).write_bytes(BAIT)
    return _bait(room)


def _elsewhere(room: Path) -> Path:
    return room / "elsewhere"


def _bait(room: Path) -> dict[str, tuple[int, bytes]]:
    """Mode and content of all that lies beside the class."""
    places = (_elsewhere(room), *sorted(_elsewhere(room).rglob("*")))
    return {
        str(place): (place.lstat().st_mode, b"" if place.is_dir() else place.read_bytes())
        for place in places
    }


def _read(top: Path, room: Path) -> None:
    with suppress(CollectError):
        for submission in collect_class(top, room, "cnn.ipynb").submissions:
            content_key(submission)
            with suppress(Unreadable):
                if any(cell.source == "elsewhere" for cell in read_notebook(submission).cells):
                    raise LeftTheClass(f"{submission.source.name} was read through a link")


def _change_on(top: Path, source: random.Random) -> None:
    for _ in range(CHANGES):
        _change(top, source, source.choice(STUDENTS))


def _change(top: Path, source: random.Random, student: str) -> None:
    place = top / student
    if source.random() < 0.7 and "." not in student:
        with suppress(OSError):
            place.mkdir()
        place = place / source.choice(NAMES)
    change = source.choice(_WAYS)
    if place.parent.resolve() != place.parent:
        return  # the student's folder is a link
    with suppress(OSError):  # such as removing what is not there
        change(place)


def _file(place: Path, content: bytes = CONTENT) -> None:
    descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | _NO_LINK, 0o600)
    with open(descriptor, "wb") as file:
        file.write(content)


def _empty(place: Path) -> None:
    _file(place, b"")


def _gone(place: Path) -> None:
    if place.is_symlink() or not place.is_dir():
        place.unlink(missing_ok=True)
    else:
        shutil.rmtree(place, ignore_errors=True)


def _link(place: Path) -> None:
    _gone(place)
    place.symlink_to(place.parent)


def _link_out(place: Path) -> None:
    _gone(place)
    room = next(above for above in place.parents if above.name == "class").parent
    place.symlink_to(_elsewhere(room))


def _pipe(place: Path) -> None:
    _gone(place)
    os.mkfifo(place)


def _deep(place: Path) -> None:
    _gone(place)
    (place / "a" / "b").mkdir(parents=True)
    (place / "a" / "b" / "cnn.ipynb").write_bytes(CONTENT)


def _away(place: Path) -> None:
    place.rename(place.with_name("moved"))


def _locked(place: Path) -> None:
    if not place.is_symlink():  # chmod changes what the link leads to
        place.chmod(0)


_WAYS: tuple[Callable[[Path], None], ...] = (
    *(_file, _file, _file, _empty, _gone, _gone, _link, _link_out, _pipe, _deep, _away, _locked),
)

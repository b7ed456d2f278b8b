"""The one way to look through files that students control: bounded, following no links.

    found = walk(submission.source)
    found.files          # entries, in the order of their names; paths are relative to the top
    found.problem        # '' or a sentence: what could not be looked at, and why

`walk` never raises and never leaves the folder: it opens each folder by its name inside the one
above, so that nothing can be put in its place meanwhile and no path becomes too long. `read` gives
the bytes of one ordinary file below a top in the same way, and raises OSError or `NotOrdinary`;
`look` tells what lies at a path, and never raises. Nothing else touches files of students.
"""

import os
import stat
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from autograder.plain_text import one_line

MAX_ENTRIES = 10_000
MAX_DEPTH = 40
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# Without O_NONBLOCK, opening a named pipe would wait for a writer for ever.
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC

Kind = Literal["file", "folder", "link", "other"]


class NotOrdinary(Exception):
    """What should be an ordinary file is a folder, link, pipe, socket or device."""


@dataclass(frozen=True)
class Entry:
    """One entry below (or at) the top of a walk."""

    path: str
    """Relative to the top; '' for the top itself."""
    kind: Kind
    size: int = 0
    modified: int = 0

    @property
    def name(self) -> str:
        return os.path.basename(self.path)


@dataclass(frozen=True)
class Found:
    """What a walk has seen."""

    entries: tuple[Entry, ...]
    problem: str = ""

    @property
    def files(self) -> tuple[Entry, ...]:
        """The ordinary files."""
        return tuple(entry for entry in self.entries if entry.kind == "file")


def walk(
    top: Path,
    enter: Callable[[str], bool] = lambda name: True,
    most: int = MAX_ENTRIES,
    deepest: int = MAX_DEPTH,
) -> Found:
    """All that lies at and below `top`, up to `most` entries and `deepest` folders in each other.

    A file or link as top is the only entry. `enter` says by its name whether what is in a folder
    matters. What cannot be looked at is told in `problem`; all
    else is found nevertheless.
    """
    found: list[Entry] = []
    problems: list[str] = []
    name = one_line(top.name)
    try:
        first = _entry("", os.lstat(top))
        found.append(first)
        if first.kind == "folder":
            for entry in _below(top, enter, deepest, problems):
                if len(found) > most:
                    problems.append(f"it holds more than {most:,} files and folders")
                    break
                found.append(entry)
    except OSError as error:
        problems.append(f"it cannot be read ({error.strerror or 'unknown reason'})")
    found.sort(key=lambda entry: os.fsencode(entry.path))
    more = f", and {len(problems) - 1} more" if problems[1:] else ""
    return Found(tuple(found), f"{name}: {problems[0]}{more}." if problems else "")


def look(path: Path) -> Entry | None:
    """What `path` is, not what a link leads to; None for what is not there or cannot be seen."""
    try:
        return _entry("", os.lstat(path))
    except (OSError, ValueError):
        return None


def is_folder(path: Path) -> bool:
    """Whether `path` is a folder itself, no link to one."""
    found = look(path)
    return found is not None and found.kind == "folder"


def is_file(path: Path) -> bool:
    """Whether `path` is an ordinary file itself, no link to one."""
    found = look(path)
    return found is not None and found.kind == "file"


def read(top: Path, path: str, most_bytes: int) -> bytes:
    """At most `most_bytes` + 1 bytes of the file `path` below `top` ('' for the top itself).

    Raises OSError where it cannot be opened or a part of its path is a link, `NotOrdinary` where
    it is no ordinary file.
    """
    with _file(top, path) as file:
        return file.read(most_bytes + 1)


def read_ends(top: Path, path: str, count: int) -> bytes:
    """The first and the last `count` bytes of a file, together. Raises as `read` does."""
    with _file(top, path) as file:
        size = os.fstat(file.fileno()).st_size
        ends = file.read(count)
        if size > count:
            file.seek(max(size - count, count))
            ends += file.read(count)
        return ends


@contextmanager
def _file(top: Path, path: str) -> Generator[BinaryIO]:
    with ExitStack() as opened:
        place, name = None, str(top)
        for part in path.split("/") if path else ():
            place, name = opened.enter_context(_opened(place, name)), part
        with open(_open_file(name, place), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise NotOrdinary(one_line(os.path.basename(name)))
            yield file


def _open_file(name: str, place: int | None) -> int:
    """A descriptor of what is an ordinary file at this moment: opening a device may do things."""
    if not stat.S_ISREG(os.stat(name, dir_fd=place, follow_symlinks=False).st_mode):
        raise NotOrdinary(one_line(os.path.basename(name)))
    return os.open(name, _FILE, dir_fd=place)


def _below(
    top: Path, enter: Callable[[str], bool], deepest: int, problems: list[str]
) -> Iterator[Entry]:
    """The entries below `top`. At each moment one descriptor is open for each folder above."""
    with _opened(None, str(top)) as place:
        yield from _inside(place, "", enter, deepest, problems)


def _inside(
    place: int, path: str, enter: Callable[[str], bool], deepest: int, problems: list[str]
) -> Iterator[Entry]:
    # The listing is taken in step by step: a folder of millions of entries ends at the limit.
    with os.scandir(place) as listing:
        for listed in listing:
            inside = f"{path}/{listed.name}" if path else listed.name
            try:
                status = os.stat(listed.name, dir_fd=place, follow_symlinks=False)
            except FileNotFoundError:
                continue  # it went away meanwhile
            except OSError as error:
                problems.append(f"{_shown(inside)} cannot be read ({error.strerror})")
                continue
            entry = _entry(inside, status)
            yield entry
            if entry.kind != "folder" or not enter(listed.name):
                continue
            if deepest <= 1:
                problems.append(f"{_shown(inside)} is too deep in other folders")
                continue
            try:
                with _opened(place, listed.name) as below:
                    yield from _inside(below, inside, enter, deepest - 1, problems)
            except OSError as error:
                problems.append(f"{_shown(inside)} cannot be read ({error.strerror})")


def _entry(path: str, status: os.stat_result) -> Entry:
    return Entry(path, _kind(status.st_mode), status.st_size, status.st_mtime_ns)


def _kind(mode: int) -> Kind:
    if stat.S_ISREG(mode):
        return "file"
    if stat.S_ISDIR(mode):
        return "folder"
    return "link" if stat.S_ISLNK(mode) else "other"


def _shown(path: str) -> str:
    text = one_line(path)
    return text if len(text) <= 80 else f"…{text[-79:]}"


@contextmanager
def _opened(place: int | None, name: str) -> Generator[int]:
    """A descriptor of a folder, as long as it is needed."""
    descriptor = os.open(name, _FOLDER, dir_fd=place)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def source_files(folder: Path) -> list[Path]:
    """Return the files below `folder` that somebody wrote, sorted: no hidden ones, no caches."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and not any(map(_left_out, path.relative_to(folder).parts))
    )


def _left_out(part: str) -> bool:
    """Hidden files, Python's caches and what data sets unpack for libraries."""
    return part.startswith(".") or part in ("__pycache__", "MNIST")

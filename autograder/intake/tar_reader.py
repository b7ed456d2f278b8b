"""The notebooks in a tar archive, taken out in memory; it is read once, and never past a limit."""

import bz2
import gzip
import lzma
import tarfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from io import BytesIO, RawIOBase
from typing import IO, Any, cast

from autograder.intake.by_products import NOTEBOOK_SUFFIXES, TAR_SUFFIXES, matters
from autograder.intake.choosing import Found
from autograder.intake.rescue import GZIP, holds_notebook
from autograder.intake.unreadable import MAX_BYTES, Unreadable, nothing_in, too_big
from autograder.intake.zip_reader import MAX_RATIO, MAX_WANTED, RATIO_MATTERS_FROM
from autograder.plain_text import one_line

_PACKED = (GZIP, b"BZh", b"\xfd7zXZ\x00")
_MAX_UNPACKED = 3 * MAX_BYTES
_MAX_ENTRIES = 10_000
_WANTED = (*NOTEBOOK_SUFFIXES, *TAR_SUFFIXES)
_SIGN = slice(257, 262)


def is_tar(content: bytes) -> bool:
    """Whether `content`, the whole file or its beginning, is a tar archive, packed or not."""
    if content[_SIGN] == b"ustar":
        return True
    if not content.startswith(_PACKED):
        return False
    try:
        return _opened(content).read(_SIGN.stop)[_SIGN] == b"ustar"
    except (OSError, EOFError, ValueError, lzma.LZMAError):
        return False


def names_in_tar(content: bytes, name: str) -> list[str]:
    """Return the names of the files in the archive. Raises Unreadable."""
    with _reading(content, name) as archive:
        return [entry.name for entry in _entries(archive, name) if entry.isfile()]


def files_in_tar(content: bytes, name: str) -> list[Found]:
    """Return the notebooks in the archive `content`, called `name`; the archives if there is none.

    Where there is neither, whatever holds a notebook under another name is one.

    Raises Unreadable if the file is broken, unsafe, too big when unpacked, or holds no notebook.
    """
    label = _label(name)
    found: list[Found] = []
    names: list[str] = []
    with _reading(content, name) as archive:
        for entry in _entries(archive, name):
            if not entry.isfile():
                continue
            names.append(entry.name)
            named = entry.name.lower().endswith(_WANTED)
            if not all(map(matters, entry.name.split("/"))):
                continue
            if entry.size > MAX_BYTES:
                if named:
                    raise too_big(entry.name, entry.size)
                continue
            file = cast("IO[bytes]", archive.extractfile(entry))
            inner = file.read(MAX_BYTES)
            if named or holds_notebook(inner) or inner.startswith(GZIP):
                found.append(Found(entry.name, inner, float(entry.mtime)))
            if len(found) > MAX_WANTED:
                raise Unreadable(
                    f"{label} holds more than {MAX_WANTED} notebooks. Hand in only the one "
                    "to grade."
                )
    for suffixes in (".ipynb", _WANTED, ""):
        if wanted := [one for one in found if one.name.lower().endswith(suffixes)]:
            return wanted
    raise nothing_in(label, names)


@contextmanager
def _reading(content: bytes, name: str) -> Generator[tarfile.TarFile]:
    # tarfile and the decompressors raise a dozen kinds of exceptions for broken files.
    try:
        with tarfile.open(fileobj=cast("Any", _opened(content)), mode="r|") as archive:
            yield archive
    except Unreadable:
        raise
    except Exception as error:
        raise Unreadable(
            f"{_label(name)} is broken ({one_line(str(error)) or type(error).__name__}). "
            "Make it again, or hand in the notebook (.ipynb) itself."
        ) from error


def _entries(archive: tarfile.TarFile, name: str) -> Iterator[tarfile.TarInfo]:
    for number, entry in enumerate(archive):
        if number >= _MAX_ENTRIES:
            raise Unreadable(f"{_label(name)} lists too many files. Hand in the notebook alone.")
        if entry.name.startswith("/") or ".." in entry.name.split("/"):
            reason = "whose place is outside of the archive"
        elif entry.issym() or entry.islnk():
            reason = "that is a link"
        else:
            yield entry
            continue
        raise Unreadable(
            f"{_label(name)} holds a file {reason}: {one_line(entry.name)}. "
            "Hand in the notebook (.ipynb) alone."
        )


def _label(name: str) -> str:
    return f"The archive {one_line(name)}"


class _Bounded(RawIOBase):
    """Gives at most so many bytes as an honest archive of this size holds."""

    def __init__(self, stream: IO[bytes], packed: int) -> None:
        self._stream, self._given = stream, 0
        self._most = min(_MAX_UNPACKED, max(RATIO_MATTERS_FROM, MAX_RATIO * packed))

    def read(self, size: int = -1) -> bytes:
        room = self._most - self._given
        data = self._stream.read(min(size, room + 1) if size >= 0 else room + 1)
        self._given += len(data)
        if self._given > self._most:
            raise Unreadable(
                "The archive grows far too big when it is unpacked, as no notebook does. Clear "
                "the outputs, and hand in the notebook (.ipynb) itself."
            )
        return data


def _opened(content: bytes) -> _Bounded:
    raw = BytesIO(content)
    if content.startswith(_PACKED[0]):
        stream: Any = gzip.GzipFile(fileobj=raw)
    elif content.startswith(_PACKED[1]):
        stream = bz2.BZ2File(raw)
    else:
        packed = content.startswith(_PACKED[2])
        stream = lzma.LZMAFile(raw) if packed else raw  # noqa: SIM115 it holds no file
    return _Bounded(stream, len(content))

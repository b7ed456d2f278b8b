"""The notebook in a zip file, taken out in memory: nothing is unpacked to the disk."""

import logging
import re
import stat
import struct
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from io import BytesIO

from autograder.intake.by_products import NOTEBOOK_SUFFIXES, TAR_SUFFIXES, matters
from autograder.intake.choosing import Found
from autograder.intake.rescue import GZIP, holds_notebook
from autograder.intake.unreadable import MAX_BYTES, Unreadable, nothing_in, too_big
from autograder.plain_text import one_line

_log = logging.getLogger(__name__)

_MAX_DIRECTORY_BYTES = 2_000_000
_MAX_DECLARED_BYTES = 10 * MAX_BYTES
MAX_WANTED = 20
MAX_RATIO = 500
"""Honest notebooks shrink up to about fiftyfold; deflate's limit is 1,032."""
RATIO_MATTERS_FROM = 10_000_000

_END_OF_DIRECTORY = struct.Struct("<4s4H2LH")
_ENCRYPTED = 0x1


def is_zip(content: bytes) -> bool:
    """Whether `content` begins as a zip file does, whatever its name."""
    return content.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def files_in_zip(content: bytes, name: str) -> list[Found]:
    """Return the notebooks in the zip file `content`, called `name`; the archives if there is none.

    Raises Unreadable if the file is broken, encrypted, unsafe, too big when unpacked, or holds no
    notebook.
    """
    label = f"The zip file {one_line(name)}"
    refuse_endless_directory(content, label)
    # zipfile raises a dozen kinds of exceptions for broken files; each of them means "broken".
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            return _wanted(archive, label)
    except Unreadable:
        raise
    except Exception as error:
        _log.info("%s is broken", label, exc_info=True)
        raise Unreadable(
            f"{label} is broken ({one_line(str(error)) or type(error).__name__}). "
            "Make it again, or hand in the notebook (.ipynb) itself."
        ) from error


def _taken_out(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Found:
    with archive.open(entry) as file:
        content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise too_big(entry.filename, len(content))
    return Found(entry.filename, content, changed(entry))


def changed(entry: zipfile.ZipInfo) -> float:
    """When the file was changed last, as the zip file tells it; 0 for times that are none."""
    try:
        return datetime(*entry.date_time).timestamp()
    except (ValueError, OverflowError):
        return 0.0


def refuse_endless_directory(content: bytes, label: str) -> None:
    """Checks the size of the table of contents before zipfile builds an object for each line.

    `content` is the zip file or its end. Raises Unreadable.
    """
    start = content.rfind(b"PK\x05\x06", -(_END_OF_DIRECTORY.size + 0xFFFF))
    if start < 0 or len(content) < start + _END_OF_DIRECTORY.size:
        raise Unreadable(
            f"{label} is broken: its end is missing. Upload it again, or make it again."
        )
    size = _END_OF_DIRECTORY.unpack_from(content, start)[5]
    # A 64-bit directory (announced 20 bytes earlier) is for archives of 4 GB or 65,535 files.
    if size > _MAX_DIRECTORY_BYTES or content[max(start - 20, 0) : start].startswith(b"PK\x06\x07"):
        raise Unreadable(f"{label} lists too many files. Hand in the notebook (.ipynb) alone.")


def _wanted(archive: zipfile.ZipFile, label: str) -> list[Found]:
    """The notebooks, or the archives where there is none, or what holds a notebook at least."""
    entries = archive.infolist()
    for entry in entries:
        _refuse_unsafe(entry, label)
    if sum(entry.file_size for entry in entries) > _MAX_DECLARED_BYTES:
        raise Unreadable(f"{label} would be far too big unpacked. Hand in the notebook alone.")
    own = [entry for entry in entries if _counts(entry)]
    notebooks = [entry for entry in own if entry.filename.lower().endswith(".ipynb")]
    wanted = notebooks or [
        entry
        for entry in own
        if entry.filename.lower().endswith((*NOTEBOOK_SUFFIXES, *TAR_SUFFIXES))
    ]
    if len(wanted) > MAX_WANTED:
        raise Unreadable(f"{label} holds {len(wanted)} notebooks. Hand in only the one to grade.")
    for entry in wanted:
        refuse_unreadable_entry(entry, label)
    found = [_taken_out(archive, entry) for entry in wanted]
    found = found or list(_by_content(archive, own[:MAX_WANTED], label))
    if not found:
        raise nothing_in(label, [entry.filename for entry in entries if not entry.is_dir()])
    return found


def _by_content(
    archive: zipfile.ZipFile, entries: Iterable[zipfile.ZipInfo], label: str
) -> Iterator[Found]:
    """What holds a notebook under another name; what cannot be read is none."""
    for entry in entries:
        with suppress(Unreadable):
            refuse_unreadable_entry(entry, label)
            found = _taken_out(archive, entry)
            if holds_notebook(found.content) or found.content.startswith(GZIP):
                yield found


def _counts(entry: zipfile.ZipInfo) -> bool:
    """Whether an entry is a file of the student, not one that the system or Jupyter added."""
    return not entry.is_dir() and all(map(matters, re.split(r"[/\\]", entry.filename)))


def _refuse_unsafe(entry: zipfile.ZipInfo, label: str) -> None:
    if leads_outside(entry):
        reason = "whose place is outside of the zip file"
    elif is_link(entry):
        reason = "that is a link"
    else:
        return
    raise Unreadable(
        f"{label} holds a file {reason}: {one_line(entry.filename)}. "
        "Make the zip file again from the notebook alone."
    )


def leads_outside(entry: zipfile.ZipInfo) -> bool:
    """Whether the entry's name points to a place outside of the folder it is unpacked to."""
    # Windows tools write backslashes; zipfile leaves them in place on other systems.
    name = entry.filename.replace("\\", "/")
    return name.startswith("/") or name[1:3] == ":/" or ".." in name.split("/")


def is_link(entry: zipfile.ZipInfo) -> bool:
    """Whether the entry is a symbolic link."""
    return stat.S_ISLNK(entry.external_attr >> 16)


def refuse_unreadable_entry(entry: zipfile.ZipInfo, label: str) -> None:
    """Raises Unreadable for an entry that is encrypted, too big or grows beyond all measure."""
    name = one_line(entry.filename)
    if entry.flag_bits & _ENCRYPTED:
        raise Unreadable(f"{name} in {label} is protected by a password. Hand it in without one.")
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Unreadable(
            f"{name} in {label} is compressed in an unusual way. "
            "Make the zip file with your system's own tool, or hand in the notebook itself."
        )
    if entry.file_size > MAX_BYTES:
        raise too_big(entry.filename, entry.file_size)
    ratio = entry.file_size / max(entry.compress_size, 1)
    if entry.file_size > RATIO_MATTERS_FROM and ratio > MAX_RATIO:
        raise Unreadable(
            f"{name} in {label} grows {ratio:,.0f}-fold when unpacked, as no notebook does. "
            "Clear the outputs and make the zip file again."
        )

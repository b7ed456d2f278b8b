"""A downloaded zip of a whole class, unpacked where nothing else is and only as far as is safe.

The learning system made the zip, but students named and filled what is in it. One student's bomb
must not cost the class its grades: a file that cannot be unpacked leaves an empty one in its place,
and a sentence. A name that leads outside was made by no learning system: the whole zip is refused.
"""

import logging
import os
import shutil
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from autograder.intake.by_products import is_system_file
from autograder.intake.folder import CollectError
from autograder.intake.unreadable import MAX_BYTES, Unreadable
from autograder.intake.zip_reader import (
    changed,
    is_link,
    leads_outside,
    refuse_endless_directory,
    refuse_unreadable_entry,
)
from autograder.plain_text import one_line

_log = logging.getLogger(__name__)

MAX_CLASS_BYTES = 20_000_000_000
_TAIL = 1 << 17
"""The end of a zip file, where its table of contents is announced."""
_UTF8_NAME = 0x800


@dataclass(frozen=True)
class Unpacked:
    """A class zip on the disk."""

    folder: Path
    refused: Mapping[Path, str]
    """Why some files were not unpacked: sentences for student and instructor."""


def members(path: Path) -> dict[str, zipfile.ZipInfo]:
    """The files in the zip at `path` by name, without those that systems add.

    Raises `CollectError` for what is no zip, broken, or unsafe to unpack.
    """
    label = one_line(path.name)
    try:
        with path.open("rb") as file:
            file.seek(max(path.stat().st_size - _TAIL, 0))
            refuse_endless_directory(file.read(), label)
        with zipfile.ZipFile(path) as archive:
            listed = archive.infolist()
    except Unreadable as error:
        raise CollectError(f"{error} For a whole class, unzip it and name the folder.") from None
    except Exception as error:  # zipfile raises a dozen kinds for broken files
        raise CollectError(f"{label} is no sound zip file. Download it again.") from error
    if any(map(leads_outside, listed)):
        raise CollectError(
            f"{label} holds a file whose place is outside of the zip file, which no learning "
            "system makes. Nothing was unpacked."
        )
    named = {_name(entry): entry for entry in listed if not entry.is_dir()}
    return {name: entry for name, entry in named.items() if not _of_a_system(name)}


def unpack(path: Path, workspace: Path) -> Unpacked:
    """Unpacks the zip at `path` into a new folder of its name in `workspace`."""
    listed = members(path)
    total = sum(entry.file_size for entry in listed.values() if entry.file_size <= MAX_BYTES)
    if total > min(MAX_CLASS_BYTES, shutil.disk_usage(workspace).free):
        raise CollectError(
            f"{one_line(path.name)} needs {total / 1e9:.1f} GB unpacked, which is not to be had. "
            "Unzip it elsewhere and name the folder."
        )
    folder = workspace / path.stem
    folder.mkdir()
    refused: dict[Path, str] = {}
    try:
        with zipfile.ZipFile(path) as archive:
            for name, entry in listed.items():
                target = folder / name
                target.parent.mkdir(parents=True, exist_ok=True)
                if problem := _unpack_one(archive, entry, target):
                    refused[target] = problem
                os.utime(target, (changed(entry), changed(entry)))
    except OSError as error:
        reason = error.strerror or str(error)
        raise CollectError(f"{one_line(path.name)} cannot be unpacked: {reason}.") from error
    return Unpacked(folder, refused)


def _unpack_one(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path) -> str:
    """Writes one file; what is wrong with it, or ''."""
    with target.open("xb") as file:
        try:
            refuse_unreadable_entry(entry, "the download")
            if is_link(entry):
                raise Unreadable(f"{one_line(target.name)} is a link. Hand in the notebook itself.")
            with archive.open(entry) as packed:
                # zipfile stops at the announced size, which is within the limit.
                shutil.copyfileobj(packed, file, 1 << 20)
        except Unreadable as problem:
            file.truncate(0)
            return str(problem)
        except OSError:
            raise
        except Exception:  # zipfile's many kinds again
            _log.info("%s is broken in the download", entry.filename, exc_info=True)
            file.truncate(0)
            return f"{one_line(target.name)} is broken in the download. Hand it in again."
    return ""


def _name(entry: zipfile.ZipInfo) -> str:
    """The entry's name; macOS writes UTF-8 without saying so."""
    name = entry.filename.replace("\\", "/")
    if not entry.flag_bits & _UTF8_NAME:
        with suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return name


def _of_a_system(name: str) -> bool:
    return any(is_system_file(part) for part in name.split("/"))

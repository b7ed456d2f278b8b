"""The bytes of the notebook in a submission: a file, a zip file or a folder, read under limits."""

import os
import stat
from pathlib import Path

from autograder.collect.unreadable import MAX_BYTES, Unreadable, the_only_notebook, too_big
from autograder.collect.zip_reader import is_zip, notebook_in_zip
from autograder.plain_text import one_line

_MAX_ENTRIES = 10_000


def notebook_bytes(source: Path) -> bytes:
    """Returns the raw notebook handed in as `source`.

    Raises Unreadable, in words for the student, if there is none, more than one, or it is too big.
    """
    try:
        if source.is_dir() and not source.is_symlink():
            return _read_file(_notebook_in_folder(source), f"{one_line(source.name)}/")
        content = _read_file(source)
    except OSError as error:
        reason = error.strerror or str(error)
        raise Unreadable(f"{one_line(source.name)} cannot be read: {one_line(reason)}.") from error
    if is_zip(content):
        return notebook_in_zip(content, source.name)
    if source.suffix.lower() == ".zip":
        raise Unreadable(
            f"{one_line(source.name)} is no zip file, though it is named like one. "
            "Make the zip file again, or hand in the notebook (.ipynb) itself."
        )
    return content


def _read_file(path: Path, folder: str = "") -> bytes:
    """Reads an ordinary file, never a link or a pipe, and never more than the limit."""
    name = folder + one_line(path.name)
    if path.is_symlink():
        raise Unreadable(
            f"{name} is a link, and links are not followed. Hand in the notebook itself."
        )
    # Without O_NONBLOCK, opening a named pipe would wait for a writer for ever.
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise Unreadable(f"{name} is no ordinary file. Hand in the notebook itself.")
        content = b"" if status.st_size > MAX_BYTES else file.read(MAX_BYTES + 1)
    if status.st_size > MAX_BYTES or len(content) > MAX_BYTES:
        raise too_big(name, max(status.st_size, len(content)))
    return content


def _notebook_in_folder(folder: Path) -> Path:
    names: list[str] = []
    entries = 0
    for place, folders, files in os.walk(folder, followlinks=False):
        folders[:] = sorted(name for name in folders if not _ignored(name))
        entries += len(folders) + len(files)
        if entries > _MAX_ENTRIES:
            raise Unreadable(
                f"The folder {one_line(folder.name)} holds more than {_MAX_ENTRIES} files. "
                "Hand in the notebook alone."
            )
        inside = os.path.relpath(place, folder)
        names += [
            os.path.normpath(os.path.join(inside, name))
            for name in sorted(files)
            if name.lower().endswith(".ipynb") and not _ignored(name)
        ]
    return folder / the_only_notebook(names, f"The folder {one_line(folder.name)}")


def _ignored(name: str) -> bool:
    return name.startswith(".") or name == "__MACOSX"

"""The bytes of the notebook in a submission: a file, a zip file or a folder, read under limits."""

from pathlib import Path

from autograder.collect.unreadable import MAX_BYTES, Unreadable, the_only_notebook, too_big
from autograder.collect.zip_reader import is_zip, notebook_in_zip
from autograder.files import NotOrdinary, read, walk
from autograder.plain_text import one_line


def notebook_bytes(source: Path) -> bytes:
    """Returns the raw notebook handed in as `source`.

    Raises Unreadable, in words for the student, if there is none, more than one, or it is too big.
    """
    try:
        if source.is_dir() and not source.is_symlink():
            return _read_file(source, _notebook_in_folder(source), f"{one_line(source.name)}/")
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


def _read_file(top: Path, path: str = "", folder: str = "") -> bytes:
    """Reads an ordinary file, never a link or a pipe, and never more than the limit."""
    place = top / path
    name = folder + one_line(place.name)
    try:
        content = read(top, path, MAX_BYTES)
    except NotOrdinary as error:
        if place.is_symlink():
            raise Unreadable(
                f"{name} is a link, and links are not followed. Hand in the notebook itself."
            ) from error
        raise Unreadable(f"{name} is no ordinary file. Hand in the notebook itself.") from error
    if len(content) > MAX_BYTES:
        raise too_big(name, max(place.lstat().st_size, len(content)))
    return content


def _notebook_in_folder(folder: Path) -> str:
    """The path, relative to `folder`, of its only notebook."""
    found = walk(folder, matters)
    names = [
        entry.path
        for entry in found.entries
        if entry.kind != "folder" and entry.name.lower().endswith(".ipynb") and matters(entry.name)
    ]
    names.sort(key=lambda path: (path.count("/"), path))
    if found.problem:
        raise Unreadable(
            f"The folder {found.problem} Hand in the notebook alone, outside of any folder."
        )
    return the_only_notebook(names, f"The folder {one_line(folder.name)}")


def matters(name: str) -> bool:
    """Whether the file or folder may be the student's own: systems and tools leave others."""
    return not name.startswith(".") and name != "__MACOSX"

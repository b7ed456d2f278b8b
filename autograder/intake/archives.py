"""The notebooks in an archive, whatever it is and however many archives lie in each other.

What is somebody's notebook in a folder is one in an archive: by its name, or else by its content.
"""

from autograder.intake.choosing import Found
from autograder.intake.rescue import holds_notebook
from autograder.intake.tar_reader import files_in_tar, is_tar
from autograder.intake.unreadable import Unreadable
from autograder.intake.zip_reader import MAX_WANTED, files_in_zip, is_zip
from autograder.plain_text import one_line

_MAX_DEPTH = 2


def is_archive(content: bytes) -> bool:
    """Whether `content` begins as an archive that can be looked into, whatever its name."""
    return is_zip(content) or is_tar(content)


def notebooks_in_archive(content: bytes, name: str, depth: int = 0) -> list[Found]:
    """Return the notebooks in the archive `content`, called `name`, or in archives in it.

    Raises Unreadable if one is broken, encrypted, unsafe, too big when unpacked, or holds no
    notebook.
    """
    files = files_in_zip(content, name) if is_zip(content) else files_in_tar(content, name)
    found: list[Found] = []
    problems: list[Unreadable] = []
    for one in files:
        try:
            found += _inside(one, depth)
        except Unreadable as problem:
            problems.append(problem)
        if len(found) > MAX_WANTED:
            break  # that is too many in any case
    if not found:
        raise problems[0]
    return found


def _inside(file: Found, depth: int) -> list[Found]:
    name = one_line(file.name.rpartition("/")[2])
    if not is_archive(file.content):
        refuse_misnamed(file.content, name)
        return [file]
    if depth >= _MAX_DEPTH:
        raise Unreadable(f"{name} holds archives in archives. Hand in the notebook itself.")
    return notebooks_in_archive(file.content, name, depth + 1)


def refuse_misnamed(content: bytes, name: str) -> None:
    """Raise Unreadable for what is called as an archive, and is none."""
    if name.lower().endswith(".zip") and not is_archive(content) and not holds_notebook(content):
        raise Unreadable(
            f"{one_line(name)} is no zip file, though it is named like one. "
            "Make the zip file again, or hand in the notebook (.ipynb) itself."
        )

"""Finds out whose download a folder or zip is, and has it read."""

import os
import tempfile
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from autograder.files import is_file, is_folder, walk
from autograder.intake.by_products import NOTEBOOK_SUFFIXES, TAR_SUFFIXES, is_system_file
from autograder.intake.folder import CollectError, collect, left_alone
from autograder.intake.lms.class_root import (
    GITHUB,
    Root,
    class_root,
    common_prefix,
    looks_unknown,
    names_inside,
)
from autograder.intake.lms.classes_within import perhaps_classes, without_classes
from autograder.intake.lms.collected import Collected, visible_entries
from autograder.intake.lms.unpack import members, unpack
from autograder.intake.notebook_source import notebooks_in
from autograder.intake.tar_reader import is_tar, names_in_tar
from autograder.intake.unreadable import Unreadable
from autograder.interrupt import temporary_folder
from autograder.plain_text import one_line
from autograder.records import Submission

_MAX_ENTRIES_OF_ONE = 50_000
"""Entries that are looked at below one entry of a class: it may be the whole class, wrapped."""
_MAX_WRAPPERS = 10
PLAIN = "class folder"


@contextmanager
def workspace() -> Generator[Path]:
    """A temporary folder for one run, which nobody else can enter."""
    with temporary_folder("cnn-class-") as folder:
        yield folder


def collect_class(source: Path, workspace: Path, notebook: str) -> Collected:
    """The class at `source`: a download of a learning system, or a plain folder.

    `notebook` is the name of the file that students got. A class's zip is unpacked into
    `workspace`, which must outlive the submissions. A notebook, or a zip with one notebook, is a
    class of one. Raises `CollectError` when there is nothing to grade, or a download cannot be
    used.
    """
    if source.is_file() and source.suffix.lower() == ".zip":
        return _collect_zip(source, workspace, notebook)
    if source.is_dir():
        only = _only_zip(source, notebook)
        if only:
            return _collect_zip(only, workspace, notebook)
        return _collect_folder(source, notebook)
    if source.name.lower().endswith(TAR_SUFFIXES):
        _refuse_class_in_tar(source, notebook)
    return Collected(PLAIN, tuple(collect(source)))


def _only_zip(folder: Path, notebook: str) -> Path | None:
    """The zip of a whole class that somebody put into a folder of its own, as it was downloaded."""
    found = visible_entries(folder)
    for _ in range(_MAX_WRAPPERS):
        if len(found) != 1 or not is_folder(found[0]):
            break
        found = visible_entries(found[0])
    if len(found) != 1 or found[0].suffix.lower() != ".zip" or not is_file(found[0]):
        return None
    try:
        names = list(members(found[0]))
    except CollectError:
        return None  # then it is a student's, who gets the sentence
    return found[0] if class_root(names, notebook, zipped=True) else None


def _refuse_class_in_tar(source: Path, notebook: str) -> None:
    """Raises `CollectError` for a whole class: only zips are unpacked."""
    try:
        content = source.read_bytes()
        names = names_in_tar(content, source.name) if is_tar(content) else []
    except (OSError, Unreadable):
        return
    if names and class_root(names, notebook, zipped=True):
        raise CollectError(
            f"{one_line(source.name)} holds a whole class. Unpack it, and name the folder."
        )


def _collect_zip(source: Path, workspace: Path, notebook: str) -> Collected:
    names = list(members(source))
    if class_root(names, notebook, zipped=True) is None:
        _refuse_empty_or_nested(source, names, workspace, notebook)
        return Collected(PLAIN, tuple(collect(source)))
    unpacked = unpack(source, workspace)
    found = _collect_folder(unpacked.folder, notebook)
    submissions = (_without(submission, unpacked.refused) for submission in found.submissions)
    return replace(found, submissions=tuple(submissions))


def _collect_folder(folder: Path, notebook: str) -> Collected:
    names = _names(folder)
    root = class_root(names, notebook) or Root()
    folder = folder.joinpath(*root.place)
    if root.read is None:
        return _plain(folder, root, names_inside(names, root.place), notebook)
    found = root.read(folder)
    if not found.submissions:
        raise CollectError(f"There is no submission in {folder}, a {found.layout}.")
    return found


def _names(folder: Path) -> list[str]:
    """The files in `folder` by their places, and its folders, whose names end in a slash.

    Of each entry so many are looked at that no student's can hide those of another.
    """
    names: list[str] = []
    for top in visible_entries(folder):
        found = walk(top, lambda name: not is_system_file(name), most=_MAX_ENTRIES_OF_ONE)
        for entry in found.entries:
            name = f"{top.name}/{entry.path}".rstrip("/")
            if entry.kind == "folder" and not is_system_file(os.path.basename(name)):
                names.append(f"{name}/")
            elif not is_system_file(os.path.basename(name)):
                names.append(name)
    return names


def _plain(folder: Path, root: Root, names: Sequence[str], notebook: str) -> Collected:
    """A folder whose entries are called as the students, perhaps behind a common beginning."""
    submissions = without_classes(folder, tuple(collect(folder)), names, notebook)
    prefix = root.prefix or common_prefix([one.source.name for one in submissions], notebook)
    submissions = tuple(
        replace(one, student=one.student.removeprefix(prefix) or one.student) for one in submissions
    )
    remarks = [*left_alone(folder), *perhaps_classes(names, len(submissions))]
    if not root.layout and looks_unknown([one.source.name for one in submissions]):
        example = one_line(submissions[0].source.name, 80)
        remarks.append(
            f"This looks like a download of a system of which the kit knows nothing ({example}): "
            f"{len(submissions)} entries were taken as students, under the names of the entries."
        )
    layout = root.layout or (GITHUB if prefix else PLAIN)
    return Collected(layout, submissions, tuple(remarks))


def _refuse_empty_or_nested(
    source: Path, names: Sequence[str], workspace: Path, notebook: str
) -> None:
    label, inner = one_line(source.name), _ending(names, ".zip")
    if _ending(names, ".ipynb"):
        return
    if len(names) == 1 and inner and _inner_class(source, workspace, notebook):
        raise CollectError(
            f"{label} holds nothing but another zip file, {one_line(inner[0])}, with a whole "
            f"class. Unzip {label} and name the inner one."
        )
    if _holds_notebook(source):
        return
    if inner:
        raise CollectError(
            f"{label} holds nothing but another zip file, {one_line(inner[0])}. Unzip {label} and "
            "name the inner one."
        )
    raise CollectError(
        f"{label} holds no notebook (.ipynb). Expected is a download of Gradescope (Export "
        "submissions), Canvas or Moodle (Download submissions) or another learning system, or "
        "notebooks."
    )


def _inner_class(source: Path, workspace: Path, notebook: str) -> bool:
    """Whether the only file in the zip `source` is the zip of a whole class."""
    with tempfile.TemporaryDirectory(dir=workspace) as room:
        unpacked = unpack(source, Path(room))
        return _only_zip(unpacked.folder, notebook) is not None


def _holds_notebook(source: Path) -> bool:
    try:
        return bool(notebooks_in(source))
    except Unreadable:
        return False


def _ending(names: Sequence[str], suffix: str) -> list[str]:
    return [name for name in names if name.lower().endswith(suffix)]


def _without(submission: Submission, refused: Mapping[Path, str]) -> Submission:
    """`submission` with the reason why a notebook of its own was not unpacked, if one was not."""
    for path, problem in refused.items():
        own = path == submission.source or submission.source in path.parents
        if own and path.name.lower().endswith(NOTEBOOK_SUFFIXES):
            return replace(submission, problem=problem)
    return submission

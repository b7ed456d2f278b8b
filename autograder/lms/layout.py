"""Finds out whose download a folder or zip is, and has it read."""

import tempfile
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import ModuleType

from autograder.collect.file_kinds import NOTEBOOK_SUFFIXES
from autograder.collect.folder import CollectError, collect
from autograder.lms import canvas, gradescope_export, moodle
from autograder.lms.collected import Collected, visible_entries
from autograder.lms.unpack import members, unpack
from autograder.plain_text import one_line
from autograder.records import Submission

_SYSTEMS: tuple[ModuleType, ...] = (gradescope_export, moodle, canvas)
PLAIN = "class folder"


@contextmanager
def workspace() -> Generator[Path]:
    """A temporary folder for one run, which nobody else can enter."""
    with tempfile.TemporaryDirectory(prefix="cnn-class-") as name:
        yield Path(name)


def collect_class(source: Path, workspace: Path) -> Collected:
    """The class at `source`: a download of Gradescope, Canvas or Moodle, or a plain folder.

    A class's zip is unpacked into `workspace`, which must outlive the submissions. A notebook, or
    a zip with one notebook, is a class of one. Raises `CollectError` when there is nothing to
    grade, or a download cannot be used.
    """
    if source.is_file() and source.suffix.lower() == ".zip":
        return _collect_zip(source, workspace)
    return _collect_folder(source) if source.is_dir() else Collected(PLAIN, tuple(collect(source)))


def _collect_zip(source: Path, workspace: Path) -> Collected:
    names = list(members(source))
    if not _is_class(names):
        _refuse_empty_or_nested(source, names)
        return Collected(PLAIN, tuple(collect(source)))
    unpacked = unpack(source, workspace)
    folder = unpacked.folder
    inner = visible_entries(folder)
    if len(inner) == 1 and inner[0].is_dir() and not _system([inner[0].name]):
        folder = inner[0]
    found = _collect_folder(folder)
    submissions = (_without(submission, unpacked.refused) for submission in found.submissions)
    return replace(found, submissions=tuple(submissions))


def _collect_folder(folder: Path) -> Collected:
    entries = visible_entries(folder)
    system = _system([entry.name for entry in entries])
    if system is None and len(entries) == 1 and entries[0].is_dir() and not entries[0].is_symlink():
        inside = visible_entries(entries[0])
        system = _system([entry.name for entry in inside])
        folder = entries[0] if system else folder
    if system is None:
        return Collected(PLAIN, tuple(collect(folder)))
    found: Collected = system.read(folder)
    if not found.submissions:
        raise CollectError(f"There is no submission in {folder}, a {found.layout}.")
    return found


def _is_class(names: Sequence[str]) -> bool:
    """Whether a zip with these files is a class's and not one student's."""
    tops = {name.split("/")[0] for name in names}
    below = {name.split("/")[1] for name in names if "/" in name} if len(tops) == 1 else set[str]()
    if _system(sorted(tops)) or _system(sorted(below)):
        return True
    return len(_ending(names, ".ipynb")) + len(_ending(names, ".zip")) > 1


def _refuse_empty_or_nested(source: Path, names: Sequence[str]) -> None:
    if _ending(names, ".ipynb"):
        return
    label, inner = one_line(source.name), _ending(names, ".zip")
    if inner:
        raise CollectError(
            f"{label} holds nothing but another zip file, {one_line(inner[0])}. Unzip {label} and "
            "name the inner one."
        )
    raise CollectError(
        f"{label} holds no notebook (.ipynb). Expected is a download of Gradescope (Export "
        "submissions), Canvas or Moodle (Download submissions), or notebooks."
    )


def _ending(names: Sequence[str], suffix: str) -> list[str]:
    return [name for name in names if name.lower().endswith(suffix)]


def _system(names: Sequence[str]) -> ModuleType | None:
    """The module that reads a folder with entries of these names."""
    return next((system for system in _SYSTEMS if system.recognises(names)), None)


def _without(submission: Submission, refused: Mapping[Path, str]) -> Submission:
    """`submission` with the reason why a notebook of its own was not unpacked, if one was not."""
    for path, problem in refused.items():
        own = path == submission.source or submission.source in path.parents
        if own and path.name.lower().endswith(NOTEBOOK_SUFFIXES):
            return replace(submission, problem=problem)
    return submission

"""Puts new grades in the place of the old ones, which are kept."""

import os
from pathlib import Path

from autograder.regrade import ASIDE, PREVIOUS
from autograder.store import StoreError


def put_in_place(folder: Path) -> Path:
    """Moves the grades of `folder` to previous/<n> and those of its aside folder to `folder`.

    Returns where the old grades are. Raises `StoreError`; then all is as it was before.
    """
    previous, aside = folder / PREVIOUS, folder / ASIDE
    moved: list[tuple[Path, Path]] = []
    try:
        kept = _next_folder(previous)
        for place in sorted(folder.iterdir()):
            if place.name not in (PREVIOUS, ASIDE):
                _move(place, kept / place.name, moved)
        for place in sorted(aside.iterdir()):
            _move(place, folder / place.name, moved)
        aside.rmdir()
    except BaseException as error:
        for source, target in reversed(moved):
            os.rename(target, source)
        if isinstance(error, OSError):
            reason = error.strerror or str(error)
            raise StoreError(
                f"{folder}: the new grades could not be put in place: {reason}. The old ones are "
                "as they were. Mend this and run the command again."
            ) from error
        raise
    return kept


def _next_folder(previous: Path) -> Path:
    """A new folder, named by the number after the highest that is there."""
    previous.mkdir(exist_ok=True)
    numbers = [int(place.name) for place in previous.iterdir() if place.name.isdecimal()]
    folder = previous / str(max(numbers, default=0) + 1)
    folder.mkdir()
    return folder


def _move(source: Path, target: Path, moved: list[tuple[Path, Path]]) -> None:
    os.rename(source, target)
    moved.append((source, target))

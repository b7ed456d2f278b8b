"""A student is taken out of a class; everything that was known goes into `previous/`."""

import dataclasses
import os
from pathlib import Path

from autograder.store.kept import plain
from autograder.store.store import Store
from autograder.store.unknown import not_in_class
from autograder.store.writing import as_json, explained, write_whole

PREVIOUS = "previous"
_REMOVED = "removed.json"


def remove_student(store: Store, student: str) -> Path:
    """Take `student` out of the class; return the folder where files and grades are kept.

    Raises `StoreError` for who is not in it.
    """
    kept, grade = store.kept(student), store.whole_grade(student)
    if kept is None or grade is None:
        raise not_in_class(store, student)
    whole = plain(dataclasses.replace(kept, grade=grade))
    whole["earlier"] = [plain(each) for each in store.earlier(student)]
    directory = store.directory_for(kept)
    with explained(directory):
        directory.mkdir(parents=True, exist_ok=True)
        write_whole(directory / _REMOVED, as_json(whole))
        place = _free_place(store.folder / PREVIOUS, kept.folder)
        place.parent.mkdir(exist_ok=True)
        store.forget(student)
        os.rename(directory, place)
    return place


def _free_place(previous: Path, name: str) -> Path:
    """Return where nothing is yet: a student may be removed, come back and be removed again."""
    place, number = previous / name, 2
    while place.exists():
        place, number = previous / f"{name}-{number}", number + 1
    return place

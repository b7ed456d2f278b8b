"""Puts new grades in the place of the old ones, which the store keeps."""

import shutil
from collections.abc import Iterator

from autograder.classroom.regrade import CHANGES
from autograder.classroom.views import Views
from autograder.records import Grade
from autograder.store.kept import Attempt
from autograder.store.store import EXECUTED, Store
from autograder.store.writing import explained, write_whole


def put_in_place(views: Views, aside: Store) -> None:
    """Keep all grades of `aside` as the present ones, write all files, and remove `aside`.

    Raises `StoreError`. Then the grades are all as they were, or all in place: another call ends
    what is left to do.
    """
    store, run = views.store, aside.runs()[-1]
    store.replace(run, _grades(aside))
    with explained(store.folder):
        for student in aside.students():
            made = aside.folder / "students" / aside.folder_of(student) / EXECUTED
            place = store.folder / "students" / store.folder_of(student) / EXECUTED
            place.parent.mkdir(parents=True, exist_ok=True)
            if made.is_file():  # copied, so that a call that was cut off can be made again
                write_whole(place, made.read_bytes())
            else:
                place.unlink(missing_ok=True)
        write_whole(store.folder / CHANGES, (aside.folder / CHANGES).read_bytes())
        aside.close()
        shutil.rmtree(aside.folder)
    views.refresh()


def _grades(aside: Store) -> Iterator[tuple[Grade, Attempt]]:
    for student in aside.students():
        kept, grade = aside.kept(student), aside.whole_grade(student)
        if kept and grade:
            yield grade, kept.attempt

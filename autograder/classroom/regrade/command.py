"""The command `regrade`: grade aside, show who moves, ask, put in place."""

from collections.abc import Callable, Collection

from rich.console import Console
from rich.text import Text

from autograder.classroom.reading import read_class
from autograder.classroom.regrade import ASIDE, CHANGES
from autograder.classroom.regrade.changes import changes
from autograder.classroom.regrade.place import put_in_place
from autograder.classroom.regrade.report import changes_csv, show_changes
from autograder.classroom.views import Views
from autograder.store.store import Store


def run_regrade(
    views: Views,
    grade_into: Callable[[Views], Collection[str]],
    agreed: Callable[[], bool],
    console: Console | None = None,
) -> None:
    """Grade anew with `grade_into`, and replace the grades in `views` if that is `agreed`.

    `grade_into` returns the students that it was to grade. Raises `StoreError` where there are no
    grades to compare with. New grades that are not put in place stay aside: the next call finds
    them there.
    """
    console = console or Console(highlight=False)
    store = views.store
    before = {each.grade.student: each.grade for each in read_class(views).students}
    aside = Views(Store(store.folder / ASIDE), views.showing, store.folder)
    try:
        given = grade_into(aside)
        for student in frozenset(aside.store.students()) - frozenset(given):
            aside.store.forget(student)  # of an earlier call with other submissions
        after = [each.grade for each in read_class(aside).students]
        again = [before[grade.student] for grade in after if grade.student in before]
        found = changes(again, after)
        table = aside.store.write_file(CHANGES, changes_csv(found))
        show_changes(found, len(after), console)
        if left := len(before) - len(again):
            told = f"{left} of the class are not among the submissions: they stay as they are."
            console.print(Text(told), soft_wrap=True)
        if agreed():
            put_in_place(views, aside.store)
            told = (
                "The new grades are in place; the old ones are kept in the store, and the changes "
                f"in {store.folder / CHANGES}."
            )
        else:
            told = (
                f"Nothing was changed. The changes are listed in {table}; --yes puts them in place."
            )
    finally:
        aside.store.close()
    console.print(Text(told), soft_wrap=True)

"""The command `regrade`: grade aside, show who moves, ask, put in place."""

from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console
from rich.text import Text

from autograder.class_folder import read_class
from autograder.records import Grade
from autograder.regrade import ASIDE, CHANGES
from autograder.regrade.changes import changes
from autograder.regrade.place import put_in_place
from autograder.regrade.report import changes_csv, show_changes
from autograder.store import Store


def run_regrade(
    folder: Path,
    grade_into: Callable[[Path], Sequence[Grade]],
    agreed: Callable[[], bool],
    console: Console | None = None,
) -> Sequence[Grade]:
    """Grades anew with `grade_into`, and replaces the grades in `folder` if that is `agreed`.

    Returns the new grades. Raises `StoreError` where there are no grades to compare with. New
    grades that are not put in place stay aside: the next call finds them there.
    """
    console = console or Console(highlight=False)
    before = [student.grade for student in read_class(folder).students]
    aside = folder / ASIDE
    after = grade_into(aside)
    found = changes(before, after)
    table = Store(aside).write_file(CHANGES, changes_csv(found).encode("utf-8", "replace"))
    show_changes(found, len(after), console)
    if agreed():
        kept = put_in_place(folder)
        told = f"The new grades are in place; the old ones are kept in {kept}."
    else:
        told = f"Nothing was changed. The changes are listed in {table}; --yes puts them in place."
    console.print(Text(told), soft_wrap=True)
    return after

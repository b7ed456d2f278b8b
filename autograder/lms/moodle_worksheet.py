"""Moodle's grading worksheet, as downloaded: who is in which row, and the one column for marks.

    Identifier,Full name,[Email address/ID number],Status,...,Grade,Maximum Grade,...

Moodle takes it back by `Identifier`, `Grade` and `Last modified (grade)`; the last must stay as it
is, because by it Moodle notices marks that were changed in the meantime.
"""

import re

from autograder.lms.gradebook_rows import Gradebook, Row, by_column, keys
from autograder.lms.table import GradebookError, Table, names_of

NEEDED = ("Identifier", "Grade", "Last modified (grade)")
_PARTICIPANT = re.compile(r"\D*(\d+)")
_DECIMAL_COMMA = re.compile(r"\d+,\d+")


def recognises(table: Table) -> bool:
    """Whether this is a grading worksheet of Moodle's, in English as Moodle reads it back."""
    return table.header[0].casefold() == "identifier"


def read(table: Table, wanted: str, course_title: str, max_score: float) -> Gradebook:
    """The worksheet. Raises `GradebookError` when it lacks a column, or has none called `wanted`.

    `course_title` is of no use here: a worksheet belongs to one assignment.
    """
    missing = [name for name in NEEDED if name not in table.header]
    if missing:
        raise GradebookError(
            f"The grading worksheet lacks {names_of(missing)}. Download it again from Moodle "
            "(View all submissions → Download grading worksheet)."
        )
    if wanted and wanted.casefold() != "grade":
        raise GradebookError(f"A grading worksheet takes marks in 'Grade' only, not in '{wanted}'.")
    rows = tuple(_row(table, number) for number in range(1, len(table.rows)))
    rows = tuple(row for row in rows if row.keys)
    if not rows:
        raise GradebookError(
            "The grading worksheet holds no students: there is nothing to fill in."
        )
    column = table.header.index("Grade")
    kinds = frozenset(kind for row in rows for kind, _ in row.keys)
    commas, notes = _maxima(table, max_score)
    return Gradebook("Moodle", table, column, rows, kinds, commas, notes)


def _row(table: Table, number: int) -> Row:
    cells = by_column(table, number)
    participant = _PARTICIPANT.fullmatch(cells["identifier"].strip())
    found = keys(
        moodle=participant[1] if participant else "",
        email=cells.get("email address", ""),
        sis=cells.get("id number", ""),
        login=cells.get("username", ""),
    )
    name = cells.get("full name", "")
    label = cells["identifier"] or name
    return Row(number, found, name, label, cells.get("group", ""))


def _maxima(table: Table, max_score: float) -> tuple[bool, tuple[str, ...]]:
    """Whether numbers have a decimal comma, and a sentence if Moodle counts other points."""
    texts = [
        by_column(table, n).get("maximum grade", "").strip() for n in range(1, len(table.rows))
    ]
    commas = any(_DECIMAL_COMMA.fullmatch(text) for text in texts)
    found = {text.replace(",", ".") if commas else text for text in texts if text}
    try:
        same = all(float(text) == max_score for text in found)
    except ValueError:
        same = False
    if same:
        return commas, ()
    shown = names_of(sorted(found), 2)
    return commas, (
        f"Moodle's maximum grade is {shown}, the course's {max_score:g}: the marks are points of "
        "the course, not converted.",
    )

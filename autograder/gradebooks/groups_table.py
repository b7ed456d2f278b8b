"""A table of groups, as exported: who is in which.

name,canvas_user_id,user_id,login_id,sections,group_name,…      Canvas (People → Groups)
Identifier,Full name,Email address,…,Group,…                    Moodle's grading worksheet
student,group                                                   any table with such columns
"""

from collections.abc import Mapping
from pathlib import Path

from autograder.gradebooks.moodle import GROUP_COLUMNS, participant
from autograder.gradebooks.rows import Gradebook, Row, by_column, keys
from autograder.gradebooks.table import GradebookError, Table, names_of, read_table
from autograder.plain_text import one_line

_GROUP_COLUMNS = ("group_name", "group name", "team", "team name", *GROUP_COLUMNS)
_PERSON_COLUMNS: Mapping[str, str] = {
    "canvas_user_id": "canvas",
    "identifier": "moodle",
    "participant": "moodle",
    "user_id": "sis",
    "id number": "sis",
    "sid": "sis",
    "student id": "sis",
    "orgdefinedid": "org",
    "login_id": "login",
    "username": "login",
    "student_id": "login",
    "student": "login",
    "id": "login",
    "email": "email",
    "email address": "email",
    "e-mail": "email",
}
_NAME_COLUMNS = ("name", "full name", "student name", "student")


def read_groups(path: Path) -> Gradebook:
    """Return the rows of the table at `path`, each with its group; '' for nobody's.

    Raises `GradebookError` for a table without groups, or without anybody in them.
    """
    table = read_table(path)
    header = [name.casefold() for name in table.header]
    column = next((name for name in _GROUP_COLUMNS if name in header), None)
    if column is None or not {*_PERSON_COLUMNS, *_NAME_COLUMNS} & {*header}:
        raise GradebookError(
            f"{one_line(path.name)} tells no groups: expected is Canvas's export of groups "
            "(name, canvas_user_id, …, group_name), Moodle's grading worksheet with a column "
            f"Group, or a table with the columns student and group. It has {names_of(header, 6)}."
        )
    rows = tuple(
        row
        for number in range(1, len(table.rows))
        if (row := _row(table, number, column)).keys or row.name
    )
    if not any(row.group for row in rows):
        raise GradebookError(
            f"In {one_line(path.name)} nobody is in a group: the column '{column}' is empty."
        )
    kinds = frozenset(kind for row in rows for kind, _ in row.keys)
    return Gradebook("groups", table, header.index(column), rows, kinds)


def _row(table: Table, number: int, column: str) -> Row:
    cells = by_column(table, number)
    found: dict[str, str] = {}
    for name, kind in _PERSON_COLUMNS.items():
        value = cells.get(name, "").strip()
        if kind == "moodle":
            value = participant(value)
        if value and (kind != "email" or "@" in value):
            found.setdefault(kind, value)
    if "@" in found.get("login", ""):
        found.setdefault("email", found["login"])
    name = next((cells[column] for column in _NAME_COLUMNS if cells.get(column)), "")
    label = next(iter(found.values()), name)
    return Row(number, keys(**found), name, label, cells.get(column, "").strip())

"""Gradebooks with one row a student, known by the names of their columns.

Brightspace   OrgDefinedId,…,<Title> Points Grade <…>,End-of-Line Indicator
Blackboard    Last Name,First Name,Username,…,<Title> [Total Pts: 100 Score] |<id>
nbgrader      assignment,…,student_id,…,raw_score,…,score,max_score      (grades.csv)
by e-mail     any table with one column of e-mail addresses, as for Google Classroom
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from autograder.build.otter_assign import NOTEBOOK
from autograder.lms.gradebook_rows import Gradebook, Row, by_column, decimal_comma, keys, name_value
from autograder.lms.table import GradebookError, Table, names_of

_PERSON_COLUMNS: Mapping[str, str] = {
    "orgdefinedid": "org",
    "username": "login",
    "user name": "login",
    "student_id": "login",
    "student id": "sis",
    "email": "email",
    "email address": "email",
    "e-mail": "email",
    "e-mail address": "email",
}
_NAME_COLUMNS = ("name", "full name", "student", "student name")
_OTHER_COLUMNS = frozenset(
    (*_PERSON_COLUMNS, *_NAME_COLUMNS, "last name", "first name", "last_name", "first_name")
) | {"last access", "availability", "section", "sections", "group", "end-of-line indicator"}
_STEM = NOTEBOOK.removesuffix(".ipynb")


@dataclass(frozen=True)
class Style:
    """How one system's table is known and where its marks go."""

    system: str
    needs: frozenset[str]
    """Names of columns, lowercase, that it must have."""
    mark: re.Pattern[str]
    """Matches the header of a column that takes marks; the group `title` names the assignment."""

    def recognises(self, table: Table) -> bool:
        """Whether the table has this style's columns."""
        header = {name.casefold() for name in table.header}
        return self.needs <= header and any(map(self.mark.fullmatch, table.header))

    def read(self, table: Table, wanted: str, course_title: str, max_score: float) -> Gradebook:
        """The gradebook. Raises `GradebookError` where the column is not clear."""
        titles = {
            place: match["title"].strip()
            for place, name in enumerate(table.header)
            if (match := self.mark.fullmatch(name)) and name.casefold() not in _OTHER_COLUMNS
        }
        numbers = range(1, len(table.rows))
        if self is NBGRADER:
            numbers = _of_assignment(table, wanted)
            wanted = ""
        rows = tuple(row for row in (_row(table, number) for number in numbers) if row.keys)
        if not rows:
            raise GradebookError("The gradebook holds no students: there is nothing to fill in.")
        column = _column(table, titles, [row.number for row in rows], wanted, course_title)
        kinds = frozenset(kind for row in rows for kind, _ in row.keys)
        return Gradebook(self.system, table, column, rows, kinds, decimal_comma(table, titles))


BRIGHTSPACE = Style(
    "Brightspace",
    frozenset({"orgdefinedid", "end-of-line indicator"}),
    re.compile(r"(?P<title>.*) Points Grade\b.*", re.IGNORECASE | re.DOTALL),
)
BLACKBOARD = Style(
    "Blackboard",
    frozenset({"last name", "first name", "username"}),
    re.compile(r"(?P<title>.*?) \[Total Pts: .*", re.IGNORECASE | re.DOTALL),
)
NBGRADER = Style(
    "nbgrader",
    frozenset({"assignment", "student_id", "max_score"}),
    re.compile(r"(?P<title>score)", re.IGNORECASE),
)


@dataclass(frozen=True)
class ByEmail(Style):
    """A table of no known system in which e-mail addresses tell who is who."""

    def recognises(self, table: Table) -> bool:
        """Whether there is a column of e-mail addresses under a name that says so."""
        return any(
            _PERSON_COLUMNS.get(name.casefold()) == "email"
            and any("@" in row[place].text for row in table.rows[1:])
            for place, name in enumerate(table.header)
        )


BY_EMAIL = ByEmail("CSV", frozenset(), re.compile(r"(?P<title>.+)", re.DOTALL))
STYLES: Sequence[Style] = (BRIGHTSPACE, BLACKBOARD, NBGRADER)


def _row(table: Table, number: int) -> Row:
    cells = by_column(table, number)
    found: dict[str, str] = {}
    for name, kind in _PERSON_COLUMNS.items():
        value = cells.get(name, "").strip().removeprefix("#")
        if value and (kind != "email" or "@" in value):
            found.setdefault(kind, value)
    last = cells.get("last name", "") or cells.get("last_name", "")
    first = cells.get("first name", "") or cells.get("first_name", "")
    name = f"{first} {last}".strip() or next(
        (cells[column] for column in _NAME_COLUMNS if cells.get(column)), ""
    )
    label = next((found[kind] for kind in ("org", "sis", "login", "email") if kind in found), name)
    return Row(number, keys(**found), name, label)


def _of_assignment(table: Table, wanted: str) -> list[int]:
    """The rows of this assignment: nbgrader's table has those of all assignments."""
    by_number = {
        number: by_column(table, number)["assignment"].strip()
        for number in range(1, len(table.rows))
    }
    names = sorted(set(by_number.values()))
    own = wanted or (names[0] if len(names) == 1 else _STEM)
    if names and own not in names:
        raise GradebookError(
            "It is not clear which assignment of nbgrader's table this is: name it with --column. "
            f"There is {names_of(names)}."
        )
    return [number for number, name in by_number.items() if name == own]


def _column(
    table: Table, titles: Mapping[int, str], rows: Sequence[int], wanted: str, course_title: str
) -> int:
    if wanted:
        found = [
            [place for place, title in titles.items() if wanted in (table.header[place], title)]
        ]
    else:
        same = name_value(course_title)
        found = [
            [place for place, title in titles.items() if name_value(title) == same],
            list(titles),
            [p for p in titles if not any(table.rows[n][p].text.strip() for n in rows)],
        ]
    for places in found:
        if len(places) == 1:
            return places[0]
    listed = names_of([table.header[place] for place in titles]) or "none"
    raise GradebookError(
        "It is not clear which column of the gradebook is this assignment's: name it with "
        f"--column. There is {listed}."
    )

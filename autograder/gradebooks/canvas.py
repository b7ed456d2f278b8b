"""Canvas's gradebook, as exported: which columns say who it is, which one takes the marks.

    Student,ID[,SIS User ID],SIS Login ID[,...],Section,<Title (id)>...

Above the students there may be rows that say whether columns are posted by hand and what they are
worth. Behind the assignments stand sums that Canvas reckons itself, marked "(read only)".
"""

import re
from collections.abc import Sequence

from autograder.gradebooks.rows import Gradebook, Row, by_column, decimal_comma, keys, name_value
from autograder.gradebooks.table import GradebookError, Table, names_of

_TITLED = re.compile(r"(?P<title>.*) \(\d+\)", re.DOTALL)
_TEST_STUDENT = "student, test"
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
_SPLIT_NAME = ("lastname", "firstname")
_SUM = re.compile(
    r"\b(?:current|final|unposted|override)\b.*\b(?:score|grade|points)\b|notes", re.IGNORECASE
)
"""Columns that are no assignment's, with or without "(read only)" below."""


def recognises(table: Table) -> bool:
    """Whether this is a gradebook of Canvas's."""
    columns = [name.casefold() for name in table.header]
    named = columns[:2] == ["student", "id"] or columns[:3] == [*_SPLIT_NAME, "id"]
    return named and "section" in columns


def read(table: Table, wanted: str, names: Sequence[str]) -> Gradebook:
    """The gradebook, with the column called `wanted`, else the one that can only be meant.

    Raises `GradebookError` with the candidates when there is none, or more than one.
    """
    people = [number for number in range(1, len(table.rows)) if _row(table, number).keys]
    column = _column(table, people, wanted, names)
    rows = tuple(
        row for row in (_row(table, number) for number in people) if not _is_test_student(row)
    )
    if not rows:
        raise GradebookError("The gradebook holds no students: there is nothing to fill in.")
    kinds = frozenset(kind for row in rows for kind, _ in row.keys)
    commas = decimal_comma(table, _assignments(table))
    worth = _worth(table, column, people[0])
    return Gradebook("Canvas", table, column, rows, kinds, commas, worth)


def _row(table: Table, number: int) -> Row:
    cells = by_column(table, number)
    login = cells.get("sis login id", "")
    found = keys(
        canvas=cells["id"],
        sis=cells.get("sis user id", ""),
        email=login if "@" in login else "",
        login=login,
    )
    last, first = (cells.get(name, "") for name in _SPLIT_NAME)
    name = cells.get("student", "") or ", ".join(part for part in (last, first) if part)
    label = cells["id"] or cells.get("sis user id", "") or name
    return Row(number, found, name, label)


def _is_test_student(row: Row) -> bool:
    """Canvas's own, which stands for nobody."""
    return row.name.strip().casefold() == _TEST_STUDENT


def _column(table: Table, people: list[int], wanted: str, names: Sequence[str]) -> int:
    candidates = _assignments(table)
    titles = {column: _title(table.header[column]) for column in candidates}
    listed = names_of([table.header[column] for column in candidates]) or "none"
    if wanted:
        same = [c for c in candidates if wanted.strip() in (table.header[c], titles[c])]
        if len(same) != 1:
            how = "no" if not same else "more than one"
            raise GradebookError(
                f"The gradebook has {how} assignment called '{wanted}'; it has {listed}."
            )
        return same[0]
    named = [[c for c in candidates if name_value(titles[c]) == name_value(name)] for name in names]
    empty = [c for c in candidates if not any(table.rows[n][c].text.strip() for n in people)]
    for found in (*named, empty):
        if len(found) == 1:
            return found[0]
    raise GradebookError(
        "It is not clear which column of the gradebook is this assignment's: name it with "
        f"--column. There is {listed}."
    )


def _assignments(table: Table) -> list[int]:
    first = [name.casefold() for name in table.header].index("section") + 1
    return [
        column
        for column in range(first, len(table.header))
        if table.header[column]
        and (_TITLED.fullmatch(table.header[column]) or not _SUM.search(table.header[column]))
        and not any("(read only)" in row[column].text for row in table.rows[1:4])
    ]


def _title(header: str) -> str:
    match = _TITLED.fullmatch(header)
    return match["title"].strip() if match else header


def _worth(table: Table, column: int, first: int) -> tuple[str, ...]:
    """The points that Canvas counts for the assignment: they stand above row `first`."""
    above = (row[column].text.strip() for row in table.rows[1:first])
    return tuple(text for text in above if _NUMBER.fullmatch(text))[:1]

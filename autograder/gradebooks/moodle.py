"""Moodle's grading worksheet, as downloaded: who is in which row, and the one column for marks.

    Identifier,Full name,[Email address/ID number],Status,...,Grade,Maximum Grade,Grade can be
    changed,Last modified (submission),...,Last modified (grade),Feedback comments

In other languages the columns have other names, but the same order and the same sort of content.
Moodle takes it back by identifier, grade and time of the last change; the last must stay as it is,
because by it Moodle notices marks that were changed in the meantime.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from autograder.gradebooks.rows import Gradebook, Row, by_column, keys
from autograder.gradebooks.table import GradebookError, Table, names_of

GROUP_COLUMNS = (
    *("group", "gruppe", "groupe", "grupo", "gruppo", "grup", "grupa", "grupp", "groep"),
    *("skupina", "ryhmä", "csoport", "ομάδα", "группа", "група", "グループ", "小组"),
)
"""What the column of groups is called, lowercase, in languages in which Moodle is used much."""
NEEDED = ("Identifier", "Grade", "Last modified (grade)")
_PARTICIPANT = re.compile(r"\D*(\d+)")
_PREFIXED = re.compile(r"(?P<prefix>[^\d@,;]*[^\W\d][^\d@,;]*)(?P<number>\d+)")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
_DECIMAL_COMMA = re.compile(r"\d+,\d+")
_NO = frozenset(
    word
    for line in (
        "no nein non nee não nao nej nei ne nie nem nu ei jo нет ні не όχι hayır không tidak",
        "いいえ 否 아니요 아니오 لا לא",
    )
    for word in line.split()
)
"""In languages in which Moodle is used much: the row's grade cannot be changed."""


@dataclass(frozen=True)
class _Columns:
    """Places of the columns; None where the worksheet has none."""

    identifier: int
    grade: int
    name: int | None = None
    maximum: int | None = None
    changeable: int | None = None
    email: int | None = None


def recognises(table: Table) -> bool:
    """Whether this is a grading worksheet of Moodle's, in whatever language."""
    return table.header[0].casefold() == "identifier" or _by_content(table) is not None


def read(table: Table, wanted: str, names: Sequence[str]) -> Gradebook:
    """The worksheet. Raises `GradebookError` when it lacks a column, or has none called `wanted`.

    `names` are of no use here: a worksheet belongs to one assignment.
    """
    english = table.header[0].casefold() == "identifier"
    columns = _by_name(table) if english else _by_content(table)
    if columns is None:
        raise GradebookError("The grading worksheet has no identifiers. Download it again.")
    grade = table.header[columns.grade]
    if wanted and wanted.casefold() != grade.casefold():
        raise GradebookError(
            f"A grading worksheet takes marks in '{grade}' only, not in '{wanted}'."
        )
    rows = tuple(_row(table, number, columns) for number in range(1, len(table.rows)))
    rows = tuple(row for row in rows if row.keys)
    if not rows:
        raise GradebookError(
            "The grading worksheet holds no students: there is nothing to fill in."
        )
    kinds = frozenset(kind for row in rows for kind, _ in row.keys)
    texts = (
        [] if columns.maximum is None else [r[columns.maximum].text.strip() for r in table.rows[1:]]
    )
    commas = any(_DECIMAL_COMMA.fullmatch(text) for text in texts)
    worth = tuple(dict.fromkeys(filter(None, texts)))
    return Gradebook("Moodle", table, columns.grade, rows, kinds, commas, worth)


def _by_name(table: Table) -> _Columns:
    missing = [name for name in NEEDED if name not in table.header]
    if missing:
        raise GradebookError(
            f"The grading worksheet lacks {names_of(missing)}. Download it again from Moodle "
            "(View all submissions → Download grading worksheet)."
        )
    places = {name.casefold(): place for place, name in reversed(list(enumerate(table.header)))}
    return _Columns(
        0,
        places["grade"],
        places.get("full name"),
        places.get("maximum grade"),
        places.get("grade can be changed"),
        places.get("email address"),
    )


def _by_content(table: Table) -> _Columns | None:
    """The columns as their contents tell: one prefix and a number, e-mail, and one maximum."""
    bodies = [
        [row[place].text.strip() for row in table.rows[1:]] for place in range(len(table.rows[0]))
    ]
    if not bodies[0] or not (found := [_PREFIXED.fullmatch(text) for text in bodies[0]]):
        return None
    if not all(found) or len({match["prefix"] for match in found if match}) != 1:
        return None
    maxima = _places(bodies, lambda texts: len(set(texts)) == 1 and _is_number(texts[0]))
    maximum = next(
        (place for place in maxima if place > 1 and _takes_marks(bodies[place - 1])), None
    )
    if maximum is None:
        return None
    emails = _places(
        bodies, lambda texts: any(texts) and all("@" in text for text in texts if text)
    )
    # With blind marking there are no names: the second column tells how far each one is.
    states = 2 * len(set(bodies[1])) <= len(bodies[1])
    named = 1 not in emails and maximum > 3 and any(bodies[1]) and not states
    after = maximum + 1 if maximum + 1 < len(bodies) else None
    return _Columns(0, maximum - 1, 1 if named else None, maximum, after, next(iter(emails), None))


def _places(bodies: list[list[str]], fits: Callable[[list[str]], bool]) -> list[int]:
    return [place for place, texts in enumerate(bodies) if fits(texts)]


def _is_number(text: str) -> bool:
    return _NUMBER.fullmatch(text) is not None and float(text.replace(",", ".")) > 0


def _takes_marks(texts: list[str]) -> bool:
    return all(text in ("", "-") or _NUMBER.fullmatch(text) for text in texts)


def participant(identifier: str) -> str:
    """Return the number in "Participant 501", in whatever language; '' where there is none."""
    match = _PARTICIPANT.fullmatch(identifier.strip())
    return match[1] if match else ""


def _row(table: Table, number: int, columns: _Columns) -> Row:
    texts = [cell.text for cell in table.rows[number]]
    cells: Mapping[str, str] = by_column(table, number)
    identifier = texts[columns.identifier]
    found = keys(
        moodle=participant(identifier),
        email="" if columns.email is None else texts[columns.email],
        sis=cells.get("id number", ""),
        login=cells.get("username", ""),
    )
    name = "" if columns.name is None else texts[columns.name]
    locked = columns.changeable is not None and texts[columns.changeable].strip().casefold() in _NO
    group = next((cells[column] for column in GROUP_COLUMNS if column in cells), "")
    return Row(number, found, name, identifier or name, group, locked)

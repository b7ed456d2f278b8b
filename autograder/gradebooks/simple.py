"""Gradebooks with one row a student, known by their columns, in whatever language.

Brightspace   OrgDefinedId,…,<Title> Points Grade <…>,End-of-Line Indicator
Blackboard    Last Name,First Name,Username,…,<Title> [Total Pts: 100 Score] |<id>
nbgrader      assignment,…,student_id,…,raw_score,…,score,max_score      (grades.csv)
by e-mail     any table with one column of e-mail addresses, as for Google Classroom, and
              Moodle's own gradebook
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from autograder.gradebooks.person_columns import PersonColumns, person_columns
from autograder.gradebooks.rows import Gradebook, Row, by_column, decimal_comma, name_value
from autograder.gradebooks.table import GradebookError, Table, names_of

_KIND_BEFORE = re.compile(r"^[^:]{1,40}:\s*")
_NOTE_BEHIND = re.compile(r"\s*\([^()]*\)\s*$")
_MARK = re.compile(r"(?:\d{1,3}(?:[.,]\d+)?|[-–]|ex)?", re.IGNORECASE)
"""What may stand in a column of marks: a telephone number or a year is none."""
_OPEN = ("", "-", "–")
_WORTH = re.compile(r"(?:<[^<>]*m[aá]x[^<>:]*:|\[[^\]:]+:)\s*(\d+(?:[.,]\d+)?)", re.IGNORECASE)
"""Brightspace's and Blackboard's points in a column's header."""


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

    def people(self, table: Table, marks: Sequence[int]) -> PersonColumns:
        """The columns that tell who it is."""
        return person_columns(table, marks)

    def numbers(self, table: Table, wanted: str, names: Sequence[str]) -> Sequence[int]:
        """The rows that may be students'."""
        return range(1, len(table.rows))

    def titles(self, table: Table, people: PersonColumns, rows: Sequence[Row]) -> dict[int, str]:
        """The columns that may take the marks, with what each is called."""
        return {
            place: match["title"].strip()
            for place, name in enumerate(table.header)
            if (match := self.mark.fullmatch(name))
        }

    def worth(self, table: Table, column: int, rows: Sequence[Row]) -> tuple[str, ...]:
        """What the system counts for the column, where its header says so."""
        found = _WORTH.search(table.header[column])
        return (found[1],) if found else ()

    def read(self, table: Table, wanted: str, names: Sequence[str]) -> Gradebook:
        """The gradebook. Raises `GradebookError` where the column is not clear."""
        marks = [p for p, name in enumerate(table.header) if self.mark.fullmatch(name)]
        people = self.people(table, marks)
        rows = tuple(
            row
            for number in self.numbers(table, wanted, names)
            if (row := people.row(table, number)).keys
        )
        if not rows:
            raise GradebookError("The gradebook holds no students: there is nothing to fill in.")
        titles = self.titles(table, people, rows)
        wanted = "" if self is NBGRADER else wanted
        column = _column(table, titles, [row.number for row in rows], wanted, names)
        kinds = frozenset(kind for row in rows for kind, _ in row.keys)
        worth, commas = self.worth(table, column, rows), decimal_comma(table, titles)
        return Gradebook(self.system, table, column, rows, kinds, commas, worth)


@dataclass(frozen=True)
class _Brightspace(Style):
    def recognises(self, table: Table) -> bool:
        """Whether each student's row ends in "#", as in Brightspace's exports alone."""
        ends = {row[-1].text.strip() for row in table.rows[1:]}
        return ends == {"#"} and any(map(self.mark.fullmatch, table.header))


@dataclass(frozen=True)
class _Blackboard(Style):
    def people(self, table: Table, marks: Sequence[int]) -> PersonColumns:
        """The first three columns are the last name, first name and username."""
        found = person_columns(table, marks)
        rest = tuple(one for one in found.ids if one[0] not in (0, 1, 2))
        return replace(found, ids=((2, "login"), *rest), names=(1, 0))


@dataclass(frozen=True)
class _Nbgrader(Style):
    def numbers(self, table: Table, wanted: str, names: Sequence[str]) -> Sequence[int]:
        """The rows of this assignment: the table has those of all assignments."""
        return _of_assignment(table, wanted, names)

    def worth(self, table: Table, column: int, rows: Sequence[Row]) -> tuple[str, ...]:
        """What nbgrader's own column says."""
        texts = (by_column(table, row.number)["max_score"].strip() for row in rows)
        return tuple(dict.fromkeys(filter(None, texts)))


@dataclass(frozen=True)
class _ByEmail(Style):
    """A table of no known system in which e-mail addresses tell who is who."""

    def recognises(self, table: Table) -> bool:
        """Whether there is a column of e-mail addresses."""
        return any(kind == "email" for _, kind in person_columns(table).ids) and any(
            "@" in cell.text for row in table.rows[1:] for cell in row
        )

    def people(self, table: Table, marks: Sequence[int]) -> PersonColumns:
        """The columns that tell who it is: any other may take marks."""
        return person_columns(table)

    def titles(self, table: Table, people: PersonColumns, rows: Sequence[Row]) -> dict[int, str]:
        """The columns without anything but numbers, best those right of who it is."""
        told = {*(place for place, _ in people.ids), *people.names, *people.others}
        found = [
            place
            for place in range(len(table.header))
            if place not in told
            and table.header[place]
            and all(_MARK.fullmatch(table.rows[row.number][place].text.strip()) for row in rows)
        ]
        known = [place for place, _ in people.ids] + list(people.names)
        right = [place for place in found if place > max(known)]
        return {place: table.header[place] for place in right or found}


BRIGHTSPACE = _Brightspace(
    "Brightspace",
    frozenset(),
    re.compile(r"(?P<title>.*?)(?: Points Grade\b.*|\s*<[^<>]*\d[^<>]*>)", re.I | re.DOTALL),
)
BLACKBOARD = _Blackboard(
    "Blackboard",
    frozenset(),
    # Sums have words before the number ("up to 110").
    re.compile(r"(?P<title>.*?) \[[^\]:]+:\s*\d[^\]]*\](?:\s*\|\d+)?", re.IGNORECASE | re.DOTALL),
)
NBGRADER = _Nbgrader(
    "nbgrader",
    frozenset({"assignment", "student_id", "max_score"}),
    re.compile(r"(?P<title>score)", re.IGNORECASE),
)
BY_EMAIL = _ByEmail("CSV", frozenset(), re.compile(r"(?P<title>.+)", re.DOTALL))
STYLES: Sequence[Style] = (BRIGHTSPACE, BLACKBOARD, NBGRADER)


def _is_called(title: str, name: str) -> bool:
    """Whether a column is called `name`, whatever a system adds to it."""
    short = _NOTE_BEHIND.sub("", title)
    forms = (title, short, _KIND_BEFORE.sub("", title), _KIND_BEFORE.sub("", short))
    return any(name_value(form) == name_value(name) for form in forms)


def _of_assignment(table: Table, wanted: str, called: Sequence[str]) -> list[int]:
    by_number = {
        number: by_column(table, number)["assignment"].strip()
        for number in range(1, len(table.rows))
    }
    names = sorted(set(by_number.values()))
    own = wanted or (names[0] if len(names) == 1 else called[-1])
    if names and own not in names:
        raise GradebookError(
            "It is not clear which assignment of nbgrader's table this is: name it with --column. "
            f"There is {names_of(names)}."
        )
    return [number for number, name in by_number.items() if name == own]


def _column(
    table: Table, titles: Mapping[int, str], rows: Sequence[int], wanted: str, names: Sequence[str]
) -> int:
    if wanted:
        found = [
            [place for place, title in titles.items() if wanted in (table.header[place], title)]
        ]
    else:
        found = [
            *([place for place, title in titles.items() if _is_called(title, n)] for n in names),
            list(titles),
            [p for p in titles if all(table.rows[n][p].text.strip() in _OPEN for n in rows)],
        ]
    for places in found:
        if len(places) == 1:
            return places[0]
    listed = names_of([table.header[place] for place in titles]) or "none"
    raise GradebookError(
        "It is not clear which column of the gradebook is this assignment's: name it with "
        f"--column. There is {listed}."
    )

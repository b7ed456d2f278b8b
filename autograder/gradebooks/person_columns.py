"""Which columns of a gradebook tell who is in a row: known by their names, or by what they hold."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from autograder.gradebooks.rows import Row, keys
from autograder.gradebooks.table import Table

_IDS: Mapping[str, str] = {
    "orgdefinedid": "org",
    "username": "login",
    "user name": "login",
    "student_id": "login",
    "student id": "sis",
    "id number": "sis",
    "sid": "sis",
    "email": "email",
    "email address": "email",
    "e-mail": "email",
    "e-mail address": "email",
}
_LAST, _FIRST = ("last name", "last_name", "surname"), ("first name", "first_name")
_NAMES = ("name", "full name", "student", "student name")
_NO_PERSON = ("last access", "availability", "section", "sections", "group", "institution")
_NO_PERSON_EITHER = ("department", "end-of-line indicator", "last downloaded from this course")
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+")
_SIGNED = re.compile(r"#[^\s].*")


@dataclass(frozen=True)
class PersonColumns:
    """Places of the columns that tell who it is."""

    ids: tuple[tuple[int, str], ...]
    """Each with the kind of id that it holds."""
    names: tuple[int, ...]
    """Their texts together are the name."""
    others: frozenset[int] = frozenset()
    """What is neither an id, nor a name, nor a mark for all that."""

    def row(self, table: Table, number: int) -> Row:
        """Who is in row `number`."""
        texts = [cell.text.strip() for cell in table.rows[number]]
        found: dict[str, str] = {}
        for place, kind in self.ids:
            value = texts[place].removeprefix("#")
            if value and (kind != "email" or "@" in value):
                found.setdefault(kind, value)
        name = " ".join(texts[place] for place in self.names).strip()
        known = (found[kind] for kind in ("org", "sis", "login", "email") if kind in found)
        return Row(number, keys(**found), name, next(known, name))


def person_columns(table: Table, marks: Sequence[int] = ()) -> PersonColumns:
    """The columns of `table`, where those at `marks` take marks."""
    header = [name.casefold() for name in table.header]
    bodies = [[row[place].text.strip() for row in table.rows[1:]] for place in range(len(header))]
    ids = {place: _IDS[name] for place, name in enumerate(header) if name in _IDS}
    for place, texts in enumerate(bodies):
        held = [text for text in texts if text]
        if place not in marks and place not in ids:
            if any(map(_EMAIL.fullmatch, held)) and all("@" in text for text in held):
                ids[place] = "email"
            elif held and all(map(_SIGNED.fullmatch, held)):  # as Brightspace marks its ids
                ids[place] = "login"
    others = {p for p, name in enumerate(header) if name in (*_NO_PERSON, *_NO_PERSON_EITHER)}
    names = _named(header) or _by_content(bodies, {*ids, *marks, *others}, max(ids, default=0))
    # The most certain kind of id comes first.
    ranked = sorted(ids.items(), key=lambda item: list(_IDS.values()).index(item[1]))
    return PersonColumns(tuple(ranked), names, frozenset(others))


def _named(header: Sequence[str]) -> tuple[int, ...]:
    first, last, whole = (
        next((place for place, name in enumerate(header) if name in names), None)
        for names in (_FIRST, _LAST, _NAMES)
    )
    parts = [place for place in (first, last) if place is not None]
    return tuple(parts or ([] if whole is None else [whole]))


def _by_content(bodies: Sequence[Sequence[str]], taken: set[int], last_id: int) -> tuple[int, ...]:
    """The first two columns that hold words alone: before the ids, or else behind them."""
    words = [
        place
        for place, texts in enumerate(bodies)
        if place not in taken and any(texts) and not any(re.search(r"[\d@]", t) for t in texts)
    ]
    before = [place for place in words if place < last_id]
    return tuple((before or words)[:2])

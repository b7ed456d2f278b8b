"""A gradebook of a learning system, in the terms that all of them share."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from autograder.lms.table import Table

Keys = frozenset[tuple[str, str]]
"""(kind, value) pairs by which a person is known, such as ("email", "a@x.example")."""


@dataclass(frozen=True)
class Row:
    """One student's row."""

    number: int
    """Place in the table, the header being 0."""
    keys: Keys
    name: str
    label: str
    """What the row is called in a list: an id; the name only where there is none."""
    group: str = ""


@dataclass(frozen=True)
class Gradebook:
    """A file to be filled in."""

    system: str
    table: Table
    column: int
    """Where the marks go."""
    rows: tuple[Row, ...]
    kinds: frozenset[str]
    """Kinds of ids that its rows have."""
    decimal_comma: bool = False
    notes: tuple[str, ...] = ()
    """Sentences for the instructor."""


def keys(**values: str) -> Keys:
    """The keys that are not empty, compared without case and blanks around."""
    return frozenset((kind, key_value(value)) for kind, value in values.items() if value.strip())


def key_value(text: str) -> str:
    """`text` as ids and e-mail addresses are compared."""
    return unicodedata.normalize("NFC", text).strip().casefold()


def name_value(name: str) -> str:
    """`name` as names are compared: "Doe, Jane" is "Jane Doe"."""
    text = unicodedata.normalize("NFKC", name).casefold()
    return " ".join(sorted(re.findall(r"\w+", text)))


def by_column(table: Table, number: int) -> Mapping[str, str]:
    """A row's texts by their columns' names, lowercase; of two equal names the first counts."""
    pairs = zip(table.header, table.rows[number], strict=True)
    found: dict[str, str] = {}
    for name, cell in pairs:
        found.setdefault(name.casefold(), cell.text)
    return found

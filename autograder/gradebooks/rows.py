"""A gradebook of a learning system, in the terms that all of them share."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from autograder.gradebooks.table import Table

_NOT_IN_FILES = re.compile(r"""['"&<>`|:/\\\\*?\u2019]""")
_AS_TEXT = re.compile(r'^="([^"]*)"$')
_POINT, _COMMA = re.compile(r"\d+\.\d+"), re.compile(r"\d+,\d+")

_ENCODINGS = (
    *("cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258", "koi8-r"),
    *("mac-roman", "mac-latin2", "mac-cyrillic", "cp850", "cp932", "gb18030", "big5", "euc-kr"),
)

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
    locked: bool = False
    """The learning system takes no other mark for this row."""


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
    worth: tuple[str, ...] = ()
    """What the system counts for this column, as it writes it; several where rows differ."""
    names: tuple[str, ...] = ()
    """What the assignment is called, the notebook's own name last."""


def keys(**values: str) -> Keys:
    """The keys that are not empty, compared without case and blanks around."""
    return frozenset((kind, key_value(value)) for kind, value in values.items() if value.strip())


def key_value(text: str) -> str:
    """`text` as ids and e-mail addresses are compared, without a spreadsheet's marks of text."""
    plain = _AS_TEXT.sub(r"\1", text.strip()).removeprefix("'")
    return unicodedata.normalize("NFC", plain).strip().casefold()


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


def cleaned_name(name: str) -> str:
    """`name` as it is compared where one side is a file's: Moodle leaves signs out there."""
    return name_value(_NOT_IN_FILES.sub("", name).replace("_", " "))


def spellings(name: str, encoding: str) -> set[str]:
    """`name`, read in `encoding`, as it is in each encoding that a spreadsheet may have written."""
    found = {name}
    if encoding.startswith("utf"):
        return found
    for other in _ENCODINGS:
        with suppress(UnicodeError):
            found.add(name.encode(encoding).decode(other))
    return found


def names_agree(one: str, other: str) -> bool:
    """Whether two names may be the same person's: all words of the shorter are in the longer."""
    if cleaned_name(one) == cleaned_name(other):
        return True
    words, others = (set(cleaned_name(name).split()) for name in (one, other))
    return len(words & others) >= 2 and (words <= others or others <= words)


def decimal_comma(table: Table, columns: Iterable[int]) -> bool:
    """Whether the table's own numbers have a decimal comma; a semicolon suggests it."""
    texts = [row[column].text.strip() for column in columns for row in table.rows[1:]]
    if any(_POINT.fullmatch(text) for text in texts):
        return False
    return table.delimiter == ";" or any(_COMMA.fullmatch(text) for text in texts)

"""A CSV file that can be changed in single cells, every other byte staying as it is.

Spreadsheets and learning systems differ in encoding, delimiter, quoting and line ends; a CSV
library reads them all, but writes its own.
"""

import codecs
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.lms.csv_cells import Cell, cell_rows, like
from autograder.plain_text import one_line

MAX_BYTES = 50_000_000
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DELIMITERS = ",;\t"
_SEPARATOR = re.compile(rf"sep=(?P<sign>[{_DELIMITERS}])(?:\r\n|\n|\r)", re.IGNORECASE)


class GradebookError(Exception):
    """A gradebook cannot be filled in; the message says what was expected."""


@dataclass(frozen=True)
class Table:
    """A CSV file's cells and what it takes to write them again."""

    rows: tuple[tuple[Cell, ...], ...]
    """All lines but empty ones at the end, the header first."""
    tail: str
    preface: str
    """A first line `sep=;`, by which spreadsheets are told the delimiter, or ''."""
    mark: bytes
    encoding: str
    delimiter: str

    @property
    def header(self) -> tuple[str, ...]:
        return tuple(cell.text.strip() for cell in self.rows[0])

    def content(self, changes: dict[tuple[int, int], str]) -> bytes:
        """The file's bytes with the cells at (row, column) changed, quoted as they were."""
        parts = [
            (like(changes[place], cell.raw, self.delimiter) if place in changes else cell.raw)
            + cell.end
            for number, row in enumerate(self.rows)
            for column, cell in enumerate(row)
            for place in [(number, column)]
        ]
        return self.mark + (self.preface + "".join(parts) + self.tail).encode(self.encoding)


def read_table(path: Path) -> Table:
    """The table in the file `path`. Raises `GradebookError` for what is none, or half of one."""
    mark, encoding, text = _decoded(_content(path), path)
    preface = _SEPARATOR.match(text)
    text = text[preface.end() :] if preface else text
    first_line = text.splitlines()[0] if text.strip() else ""
    delimiter = preface["sign"] if preface else max(_DELIMITERS, key=first_line.count)
    body = text.rstrip("\r\n")
    rows = cell_rows(body, delimiter)
    if rows is None:
        raise _broken(path, "a quotation mark is opened and never closed")
    lengths = [len(row) for row in rows]
    if not first_line or lengths[0] < 2:
        raise _broken(path, "it has no header with columns")
    for number, length in enumerate(lengths, start=1):
        if length != lengths[0]:
            reason = f"row {number} has {length} cells where the header has {lengths[0]}"
            raise _broken(path, reason)
    return Table(
        tuple(rows), text[len(body) :], preface[0] if preface else "", mark, encoding, delimiter
    )


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise GradebookError(f"The gradebook {path} cannot be read: {error.strerror}.") from None
    if len(content) > MAX_BYTES:
        raise GradebookError(f"{path} is far too big for a gradebook. Is it the right file?")
    return content


def _decoded(content: bytes, path: Path) -> tuple[bytes, str, str]:
    """Byte order mark, encoding and text. What is no UTF is taken for Windows' Western one."""
    mark, encoding = next(((m, e) for m, e in _MARKS if content.startswith(m)), (b"", "utf-8"))
    body = content[len(mark) :]
    for name in (encoding,) if mark else (encoding, "cp1252"):
        try:
            text = body.decode(name)
        except UnicodeError:
            continue
        if "\0" not in text:
            return mark, name, text
    raise _broken(path, "it is no text")


def _broken(path: Path, reason: str) -> GradebookError:
    return GradebookError(
        f"{one_line(path.name)} is no whole CSV file: {reason}. Export the gradebook "
        "(or Moodle's grading worksheet) again."
    )


def names_of(cells: Sequence[str], limit: int = 8) -> str:
    """Column or row names in a sentence."""
    shown = ", ".join(f"'{one_line(cell)}'" for cell in cells[:limit])
    return shown + (f" and {len(cells) - limit} more" if len(cells) > limit else "")

"""A CSV file that can be changed in single cells, every other byte staying as it is.

Spreadsheets and learning systems differ in encoding, delimiter, quoting and line ends; a CSV
library reads them all, but writes its own.
"""

import codecs
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.errors import KitError
from autograder.gradebooks.csv_cells import Cell, cell_rows, like
from autograder.plain_text import one_line

MAX_BYTES = 50_000_000
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WIDE = ((1, "utf-16-le"), (0, "utf-16-be"))
"""Where the first zero byte of a header in UTF-16 stands."""
_DELIMITERS = ",;\t"
_PREFACE = re.compile(
    rf"[\r\n]*(?:\"?sep=(?P<sign>[{_DELIMITERS}])\"?(?:\r\n|\n|\r))?[\r\n]*", re.IGNORECASE
)
_FIRST_LINE = re.compile(r'(?:"(?:[^"]|"")*"|[^"\r\n])*')
_QUOTED = re.compile(r'"(?:[^"]|"")*"')
_NO_CSV: tuple[tuple[bytes, str], ...] = (
    (b"PK", "a workbook (Excel, LibreOffice or Numbers) or another zip file"),
    (b"\xd0\xcf\x11\xe0", "an old workbook of Excel's (.xls)"),
    (b"<", "a web page, such as that of a login"),
    (b"%PDF", "a PDF"),
    (b"{", "JSON"),
)
_SAVED_AS_CSV = "Open it and save it as CSV (UTF-8), or export the gradebook as CSV."


class GradebookError(KitError):
    """A gradebook cannot be filled in; the message says what was expected."""


@dataclass(frozen=True)
class Table:
    """A CSV file's cells and what it takes to write them again."""

    rows: tuple[tuple[Cell, ...], ...]
    """All lines but empty ones, which belong to the end of the line before; the header first."""
    tail: str
    preface: str
    """What stands above the header: empty lines, and `sep=;`, which tells the delimiter."""
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
    content = _content(path)
    mark, encoding, text = _decoded(content, path)
    preface = _PREFACE.match(text)
    above, sign = (preface[0], preface["sign"]) if preface else ("", None)
    text = text[len(above) :]
    delimiter = sign or _delimiter(text)
    body = text.rstrip("\r\n")
    rows = cell_rows(body, delimiter)
    if rows is None:
        raise _broken(path, "a quotation mark is opened and never closed")
    rows = _without_empty_lines(rows)
    lengths = [len(row) for row in rows]
    if lengths[0] < 2:
        raise _broken(path, "it has no header with columns", content)
    for number, length in enumerate(lengths, start=1):
        if length != lengths[0]:
            reason = f"row {number} has {length} cells where the header has {lengths[0]}"
            raise _broken(path, reason)
    return Table(tuple(rows), text[len(body) :], above, mark, encoding, delimiter)


def _delimiter(text: str) -> str:
    """The sign that stands most often in the header, outside of quotation marks."""
    header = _FIRST_LINE.match(text)
    bare = _QUOTED.sub("", header[0]) if header else ""
    return max(_DELIMITERS, key=bare.count)


def _without_empty_lines(rows: Sequence[tuple[Cell, ...]]) -> list[tuple[Cell, ...]]:
    found: list[tuple[Cell, ...]] = []
    for row in rows:
        if found and len(row) == 1 and not row[0].text.strip():
            *before, last = found[-1]
            found[-1] = (*before, replace(last, end=last.end + row[0].raw + row[0].end))
        else:
            found.append(row)
    return found


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
    """Byte order mark, encoding and text.

    What is no UTF is taken for Windows' Western encoding, or else byte by byte: ids and delimiters
    are the same in all encodings that spreadsheets write.
    """
    mark, encoding = next(((m, e) for m, e in _MARKS if content.startswith(m)), (b"", "utf-8"))
    body = content[len(mark) :]
    wide = [name for place, name in _WIDE if not mark and body[place : place + 1] == b"\0"]
    for name in (encoding,) if mark else (*wide, encoding, "cp1252", "latin-1"):
        try:
            text = body.decode(name)
        except UnicodeError:
            continue
        if "\0" not in text:
            return mark, name, text
    raise _broken(path, "it is no text", content)


def _broken(path: Path, reason: str, content: bytes = b"") -> GradebookError:
    start = content.lstrip()
    what = next((what for sign, what in _NO_CSV if start.startswith(sign)), "")
    advice = "Export the gradebook (or Moodle's grading worksheet) again."
    if what:
        reason, advice = f"it is {what}", _SAVED_AS_CSV
    return GradebookError(f"{one_line(path.name)} is no whole CSV file: {reason}. {advice}")


def names_of(cells: Sequence[str], limit: int = 8) -> str:
    """Column or row names in a sentence."""
    shown = ", ".join(f"'{one_line(cell)}'" for cell in cells[:limit])
    return shown + (f" and {len(cells) - limit} more" if len(cells) > limit else "")

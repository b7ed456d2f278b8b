"""The cells of a CSV text, each with the very characters that it has in the file."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Cell:
    """One cell, as text and as it stands in the file."""

    raw: str
    end: str
    """The delimiter or line end that follows, or '' at the end of the file."""

    @property
    def text(self) -> str:
        """The value that the cell stands for."""
        raw = self.raw
        quoted = len(raw) > 1 and raw.startswith('"') and raw.endswith('"')
        return raw[1:-1].replace('""', '"') if quoted else raw


def cell_rows(text: str, delimiter: str) -> list[tuple[Cell, ...]] | None:
    """The cells, line by line; None if the text ends within quotation marks."""
    pattern = re.compile(
        rf'(?P<raw>"(?:[^"]|"")*"[^{delimiter}\r\n]*|[^"{delimiter}\r\n][^{delimiter}\r\n]*|)'
        rf"(?P<end>{delimiter}|\r\n|\n|\r|\Z)"
    )
    rows: list[tuple[Cell, ...]] = []
    row: list[Cell] = []
    place = 0
    while True:
        found = pattern.match(text, place)
        if found is None:
            return None
        row.append(Cell(found["raw"], found["end"]))
        place = found.end()
        if found["end"] != delimiter:
            rows.append(tuple(row))
            row = []
        if not found["end"]:
            return rows


def like(value: str, raw: str, delimiter: str) -> str:
    """`value` as a cell, quoted if the one that it replaces was, or if it must be."""
    if raw.startswith('"') or any(sign in value for sign in (delimiter, '"', "\n", "\r")):
        escaped = value.replace('"', '""')
        return f'"{escaped}"'
    return value

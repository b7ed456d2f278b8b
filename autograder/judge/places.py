"""Cells and lines as messages name them."""

CELLS_LIMIT = 2_000
"""Numbers of cells above this are none: a notebook may not have as many."""
CODE_LIMIT = 120
"""Characters of a line of code that a message shows."""


def code_line(source: str, line: int) -> str:
    """Return line `line`, from 1, of `source`, without its indent; '' if there is none."""
    lines = source.splitlines()
    return lines[line - 1].strip()[:CODE_LIMIT] if 0 < line <= len(lines) else ""

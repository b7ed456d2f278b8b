"""Code in a cell that runs none of it: as text, as a comment, in a string, behind a magic."""

import ast
import re
import textwrap

from autograder.intake.question_cells import parsed
from autograder.plain_text import one_line

_FENCE = re.compile(r"^[ \t]*```.*$", re.MULTILINE)
_CELL_MAGIC = re.compile(r"\s*(?P<line>%%(?P<name>\w+|!).*)(?:\n|$)")
_NOT_RUN = {"writefile", "file", "script", "bash", "sh", "cmd", "sx", "system", "!"} | {
    *("html", "HTML", "javascript", "js", "latex", "markdown", "svg", "SVG", "timeit"),
    *("perl", "ruby", "python", "python2", "python3", "pypy"),
}
"""Cell magics below which nothing is defined in the notebook."""
_KINDS = {"markdown": "it is a text cell (Markdown)", "raw": "it is a raw cell"}
_DEFINITION = re.compile(r"^(?:def|class|async def|import|from|@)\b", re.MULTILINE)
_COMMENTED = re.compile(r"^(?P<sign>[ \t]*#[ \t]*)(?:def|class|async def|import|from|@)\b", re.M)
_MOST_PROSE = 50
"""Lines that may stand behind the code in a text cell."""


def code_in(source: str, kind: str) -> tuple[str, str]:
    """The code in a cell, and why it is not run: '' where it is, as in most."""
    if kind != "code":
        return _in_text(source), _KINDS.get(kind, "it is no code cell")
    if (magic := _CELL_MAGIC.match(source)) and magic["name"] in _NOT_RUN:
        line = one_line(magic["line"].strip(), 60)
        return _in_text(source[magic.end() :]), f"its first line, `{line}`, keeps it from being run"
    tree = parsed(source)
    if tree is None:
        return source, ""
    if not tree.body and (first := _COMMENTED.search(source)):
        lines = source[first.start() :].splitlines()
        shown = _without_prose([line.removeprefix(first["sign"]) for line in lines])
        return shown, "it is commented out"
    match tree.body:
        case [ast.Expr(value=ast.Constant(value=str(text)))]:
            return textwrap.dedent(text), "it stands in quotation marks"
        case [ast.If(test=ast.Constant(value=value), body=[first, *_] as body, orelse=[])] if (
            not value and first.lineno > tree.body[0].lineno
        ):
            lines = source.splitlines()[first.lineno - 1 : body[-1].end_lineno]
            return textwrap.dedent("\n".join(lines)), "it stands under a condition that is false"
        case _:
            return source, ""


def _in_text(source: str) -> str:
    """The code in a text cell: between Markdown's fences, or from the first definition on."""
    parts = _FENCE.split(source)
    text = textwrap.dedent("\n".join(parts[1::2]) if len(parts) > 2 else source)
    if parsed(text) is not None or not (first := _DEFINITION.search(text)):
        return text
    return _without_prose(text[first.start() :].splitlines())


def _without_prose(lines: list[str]) -> str:
    """As many of the lines as are Python; all where none are."""
    for prose in range(min(len(lines), _MOST_PROSE)):
        if parsed(code := "\n".join(lines[: len(lines) - prose])) is not None:
            return code
    return "\n".join(lines)

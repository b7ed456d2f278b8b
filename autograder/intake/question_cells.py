"""Which code cells answer a question, and which check one."""

import ast
import re
from typing import Any

from autograder.records import Cell

ANSWER_TAG = "otter_answer_cell"
"""The tag that otter puts on the cells in which students write."""

_QUESTION = re.compile(r"[\w.-]{1,64}")
_CHECK_LINE = re.compile(
    r"^[ \t]*grader[ \t]*\.[ \t]*check[ \t]*\([ \t]*(['\"])([\w.-]{1,64})\1", re.MULTILINE
)
_PYTHON_CELL_MAGICS = re.compile(r"(?:\s*%%(?:capture|prun|time|timeit)\b.*)+")
_TIMING_MAGIC = re.compile(r"^([ \t]*)%(?:time|timeit|prun)[ \t]+", re.MULTILINE)
_OTHER_MAGIC_LINE = re.compile(
    r"^([ \t]*)(?:(?:\w+[ \t]*=[ \t]*)?[%!?].*|[\w.]+\?\??[ \t]*)$", re.MULTILINE
)
_MAX_PARSED_CHARACTERS = 100_000


def code_cells(document: dict[str, Any]) -> tuple[Cell, ...]:
    """The code cells of a mended document, in order, each with the questions it serves.

    A cell tagged as an answer belongs to the next check after it, if no other answer comes
    between. Where a student's tool dropped the tags, the code cell just before a question's first
    check is taken.
    """
    found = [
        (index, cell) for index, cell in enumerate(document["cells"]) if cell["cell_type"] == "code"
    ]
    checks = [checks_in(cell["source"]) for _, cell in found]
    answers: dict[int, str] = {}
    unclaimed: int | None = None
    for position, (_, cell) in enumerate(found):
        if ANSWER_TAG in cell["metadata"].get("tags", ()):
            unclaimed = position
        if checks[position] and unclaimed is not None:
            answers[unclaimed] = checks[position][0]
            unclaimed = None
    for before, questions in enumerate(checks[1:]):
        missing = bool(questions) and questions[0] not in answers.values()
        if missing and not checks[before]:
            answers[before] = questions[0]
    return tuple(
        Cell(index, cell["source"], answers.get(position, ""), checks[position])
        for position, (index, cell) in enumerate(found)
    )


def checks_in(source: str) -> tuple[str, ...]:
    """The ids of the questions that a cell checks with `grader.check("...")`, in order.

    A cell that cannot be parsed is searched for lines that begin with such a call.
    """
    if "grader" not in source or "check" not in source:
        return ()
    if magics := _PYTHON_CELL_MAGICS.match(source):
        source = source[magics.end() :]
    if source.lstrip().startswith("%%"):
        return ()
    tree = parsed(source)
    if tree is None:
        questions = [match[2] for match in _CHECK_LINE.finditer(source)]
    else:
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
        calls.sort(key=lambda call: (call.lineno, call.col_offset))
        questions = [question for call in calls if (question := _checked_question(call))]
    return tuple(dict.fromkeys(questions))


def parsed(source: str) -> ast.Module | None:
    """The syntax tree of a cell, IPython's own lines aside; None for what is no Python."""
    return _tree(source) or _tree(_without_magics(source))


def _without_magics(source: str) -> str:
    """The source with IPython's own lines replaced, so that Python can parse it.

    IPython's transformer would do this too, but it reads the whole cell again for every magic
    line: a few kilobytes of them would keep the grader busy for minutes.
    """
    return _OTHER_MAGIC_LINE.sub(r"\1pass", _TIMING_MAGIC.sub(r"\1", source))


def _tree(source: str) -> ast.Module | None:
    if len(source) > _MAX_PARSED_CHARACTERS:
        return None
    # ValueError: a NUL; the last two: nested beyond what the parser can follow.
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _checked_question(call: ast.Call) -> str:
    """The question of a `grader.check` call; '' for any other call."""
    match call:
        case (
            ast.Call(
                func=ast.Attribute(attr="check", value=ast.Name(id="grader")),
                args=[ast.Constant(value=str(question)), *_],
            )
            | ast.Call(
                func=ast.Attribute(attr="check", value=ast.Name(id="grader")),
                keywords=[ast.keyword(arg="question", value=ast.Constant(value=str(question))), *_],
            )
        ):
            return question if _QUESTION.fullmatch(question) else ""
        case _:
            return ""

"""Finds solution text and hidden test text in whatever is about to be released.

A secret is one line of a solution, of a hidden test or of what a solved answer cell printed. Lines
are compared without blanks, quotes and backslashes, so that neither layout nor JSON hides one, and
as parts of a line, so that prose around one does not either. Lines too short or too common to give
anything away are no secrets.

Not covered: a solution in other words, single numbers and letters, text inside pictures.
"""

import ast
import base64
import binascii
import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from autograder.course.build.master import Master, MasterCell, MasterQuestion

_SHORTEST = 16
"""Characters, blanks and quotes not counted, from which on a line gives something away."""
_COMMON = re.compile(
    r"(from|import|def|class)\s.*|[@#].*"  # headers and comments
    r"|return\s+\w+|for\s[\w, ()]+\sin\s[\w.]+:"
    r"|[\w.,\s]+|(\w+\s*=\s*|raise\s+)?[\w.]*[\[({]"  # a list of names, or what opens a call
    r"|[\w, ]+=\s*[A-Za-z_][\w.]*|with\s[\w.]+\(\):"
    r"|[\w.]+\([\w.,\s]*\),?"  # a call with names alone, as every training loop has it
)
"""Lines that any program on the subject may hold."""
_MARKED_LINE = re.compile(r"\s*#\s?SOLUTION(\s+NO PROMPT)?\s*$")
_NOISE = re.compile(r"[\s\"'`\\]")


@dataclass(frozen=True)
class Secret:
    """One line that no student may see."""

    text: str
    """Normalised, as it is searched."""
    line: str
    """As it was written."""
    origin: str
    """Where it comes from, for the message."""


def secrets(
    master: Master, printed: Mapping[str, Sequence[str]], helpers: str = ""
) -> tuple[Secret, ...]:
    """All secrets of the notebook; `printed` holds what each solved answer cell printed.

    A line of a hidden test that stands in `helpers`, the released code, too is none: every check
    is made of such lines. A line of a solution stays one wherever it stands.
    """
    public = normalised(helpers) + "\n".join(
        normalised(line)
        for question in master.questions
        for test in question.tests
        if not test.hidden
        for line in _test_lines(test.cell)
    )
    found = dict[str, Secret]()
    for question in master.questions:
        for origin, lines in _origins(question, public, printed.get(question.name, ())):
            for line in lines:
                text = normalised(line)
                if len(text) >= _SHORTEST:
                    found.setdefault(text, Secret(text, line.strip(), origin))
    return tuple(found.values())


def _origins(
    question: MasterQuestion, public: str, printed: Sequence[str]
) -> Iterator[tuple[str, Sequence[str]]]:
    """What may give `question` away, by where it stands; what `public` tests show does not."""
    for cell in question.answers:
        lines = [line for line in solution_lines(cell.source) if not _common(line)]
        yield f"the solution of {question.name}", lines
    for test in question.tests:
        if test.hidden:
            lines = [
                line
                for line in _test_lines(test.cell)
                if not _common(line) and normalised(line) not in public
            ]
            yield f"a hidden test of {question.name}", lines
    yield f"what the solution of {question.name} prints", printed


def _common(line: str) -> bool:
    return _COMMON.fullmatch(line.strip()) is not None


def solution_lines(source: str) -> list[str]:
    """The lines of an answer cell that otter takes out."""
    lines, inside = list[str](), False
    for line in source.split("\n"):
        if line.strip().startswith("# BEGIN SOLUTION"):
            inside = True
        elif line.rstrip().endswith("# END SOLUTION"):
            inside = False
        elif inside or _MARKED_LINE.search(line):
            code = _MARKED_LINE.sub("", line)
            lines += {code, code.split("  #", 1)[0]}
    return lines


def _test_lines(cell: MasterCell) -> list[str]:
    """As the author wrote them and as otter rewrites them."""
    return [*cell.source.split("\n"), *ast.unparse(ast.parse(cell.source)).split("\n")]


def normalised(text: str) -> str:
    """Without what layout, quoting and JSON may change."""
    return _NOISE.sub("", text)


def leaks(content: bytes | str, known: Sequence[Secret]) -> list[str]:
    """One sentence for each origin of which `content` holds a line; zip members are opened."""
    origins = dict[str, str]()
    for place, text in _texts(content):
        stripped = normalised(text)
        for secret in known:
            if secret.origin not in origins and secret.text in stripped:
                origins[secret.origin] = f"holds a line of {secret.origin}{place}: {secret.line}"
    return list(origins.values())


def strings(value: Any) -> Iterator[str]:
    """Every string in a JSON value, keys too, and what it says when it is base64."""
    if isinstance(value, str):
        yield value
        yield from _decoded(value)
    elif isinstance(value, Mapping):
        for key, item in cast("Mapping[str, Any]", value).items():
            yield key
            yield from strings(item)
    elif isinstance(value, list):
        for item in cast("list[Any]", value):
            yield from strings(item)


def _decoded(value: str) -> Iterator[str]:
    try:
        content = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return
    for _, text in _texts(content):
        yield text


def _texts(content: bytes | str) -> Iterator[tuple[str, str]]:
    """The texts in `content`, each with its place in an archive; binary data are passed over."""
    if isinstance(content, str):
        yield "", content
    elif zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                for place, text in _texts(archive.read(name)):
                    yield f" in its member {name}{place}", text
    elif b"\0" not in content[:4096]:
        yield "", content.decode("utf-8", errors="replace")

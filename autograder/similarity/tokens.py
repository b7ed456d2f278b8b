"""Python source as tokens that stay the same when names, layout and comments change."""

import builtins
import io
import keyword
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass

MAX_CHARACTERS = 12_000
"""Of one answer; an ordinary one has 500 to 2,500. The rest is not compared."""

_MEANINGLESS = frozenset(
    {
        tokenize.COMMENT,
        tokenize.NL,
        tokenize.NEWLINE,
        tokenize.INDENT,
        tokenize.DEDENT,
        tokenize.ENCODING,
        tokenize.ENDMARKER,
    }
)
_KEPT_NAMES = frozenset(keyword.kwlist) | frozenset(dir(builtins))


@dataclass(frozen=True)
class Token:
    """One token, normalised, and the line on which it begins, from 1."""

    text: str
    line: int


def tokens(source: str) -> list[Token]:
    """The tokens of `source`, as far as it can be read.

    A name that the author may choose becomes "name"; keywords, built-in names and what follows a
    dot say what the code does, and stay. Every text in quotes becomes "text".
    """
    found: list[Token] = []
    after = ""
    for token in _read(source[:MAX_CHARACTERS]):
        if token.type in _MEANINGLESS:
            continue
        text = token.string
        if token.type == tokenize.NAME and after != "." and text not in _KEPT_NAMES:
            text = "name"
        elif token.type == tokenize.STRING:
            text = "text"
        found.append(Token(text, token.start[0]))
        after = token.string
    return found


def _read(source: str) -> Iterator[tokenize.TokenInfo]:
    """Python's own tokens up to the first place where it gives up."""
    try:
        yield from tokenize.generate_tokens(io.StringIO(source).readline)
    except (tokenize.TokenError, SyntaxError, ValueError):
        return

"""Winnowing: a few hashes that stand for a text, so that a shared passage shares a hash.

After Schleimer, Wilkerson and Aiken, "Winnowing: local algorithms for document fingerprinting",
SIGMOD 2003: of every `WINDOW` consecutive hashes of `LENGTH` tokens, the smallest is kept. Two
answers that share `LENGTH + WINDOW - 1` tokens in a row share a fingerprint for certain.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from autograder.similarity.tokens import Token, tokens

LENGTH = 10
"""Tokens under one hash: about a line; what is shorter is common by chance."""
WINDOW = 5


@dataclass(frozen=True)
class Lines:
    """The lines that a fingerprint stands for, from 1, both included."""

    first: int
    last: int


def fingerprints(source: str) -> dict[int, Lines]:
    """The fingerprints of an answer, each with the lines where it occurs first."""
    found = tokens(source)
    hashes = _hashes(found)
    kept: dict[int, Lines] = {}
    for start in range(max(1, len(hashes) - WINDOW + 1)):
        window = hashes[start : start + WINDOW]
        if window:
            place = start + window.index(min(window))
            lines = Lines(found[place].line, found[place + LENGTH - 1].line)
            kept.setdefault(hashes[place], lines)
    return kept


def passages(source: str) -> frozenset[int]:
    """Every hash of `source`, kept or not: what must not count elsewhere."""
    return frozenset(_hashes(tokens(source)))


def _hashes(found: Sequence[Token]) -> list[int]:
    # Checksums, unlike hash() of a text, are the same in every run.
    numbers = [zlib.crc32(token.text.encode("utf-8", "replace")) for token in found]
    return [
        hash(tuple(numbers[start : start + LENGTH])) for start in range(len(numbers) - LENGTH + 1)
    ]

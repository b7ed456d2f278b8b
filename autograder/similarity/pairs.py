"""Compares the answers of a class with one another and ranks the pairs.

A passage that many share says little, be it the obvious solution or a slide of the lecture. One
that two of n students have weighs 1, one that k have log((n + 1) / k) / log((n + 1) / 2); what the
starter code has weighs nothing. A pair ranks by the weight of what both have, over the number of
passages of whoever has fewer, though at least the number that is usual in the class.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache
from statistics import median

import numpy as np
from numpy.typing import NDArray

from autograder.similarity.fingerprints import fingerprints, passages

Answers = Mapping[str, str]
"""The source of one student's answer to each question."""
Marks = AbstractSet[tuple[str, int]]
"""Fingerprints of one student's answers, by question."""
Weights = dict[tuple[str, int], float]
"""What each fingerprint says about those who have it, by question; only those that several have."""

SHOWN_PAIRS = 20
LEAST_RANK = 0.4
"""Below it, a pair is not worth a look."""
_COLUMNS = 4096


@dataclass(frozen=True)
class Side:
    """One student's answer: its lines, and which of them the other one has as well (from 1)."""

    lines: tuple[str, ...]
    marked: frozenset[int]


@dataclass(frozen=True)
class Match:
    """One question that two students answered alike."""

    question: str
    first: Side
    second: Side


@dataclass(frozen=True)
class Pair:
    """Two students whose answers share a lot that is rare in the class."""

    first: str
    second: str
    share: float
    """Of the passages of whoever has fewer, how many the other one has as well, from 0 to 1."""
    matches: tuple[Match, ...]
    """The questions with something in common, the heaviest first."""


def similar_pairs(
    answers: Mapping[str, Answers], starter: Answers, shown: int = SHOWN_PAIRS
) -> tuple[Pair, ...]:
    """The `shown` most similar pairs of students, by their names in `answers`, best first."""
    students = sorted(answers)
    given = {question: passages(source) for question, source in starter.items()}
    found = [own_marks(answers[student], given) for student in students]
    weights = weights_of(found)
    best = _best(_ranks(found, weights), shown)
    return tuple(
        Pair(
            students[one],
            students[other],
            len(found[one] & found[other]) / min(len(found[one]), len(found[other])),
            _matches(answers[students[one]], answers[students[other]], given, weights),
        )
        for one, other in best
    )


def own_marks(answers: Answers, given: Mapping[str, frozenset[int]]) -> Marks:
    """Return the fingerprints of a student's answers that the starter code's passages have not."""
    return {
        (question, mark)
        for question, source in answers.items()
        for mark in _own(source, given.get(question, frozenset()))
    }


@lru_cache(maxsize=20_000)
def _own(source: str, given: frozenset[int]) -> frozenset[int]:
    """The fingerprints of an answer that its starter code has not; equal answers cost once."""
    return frozenset(fingerprints(source)) - given


def weights_of(found: Sequence[Marks]) -> Weights:
    """Return what each fingerprint says that several of these students have."""
    owners = Counter(mark for marks in found for mark in marks)
    students = len(found) + 1
    return {
        mark: min(1.0, math.log(students / count) / math.log(students / 2))
        for mark, count in owners.items()
        if count > 1
    }


def _ranks(found: Sequence[Marks], weights: Weights) -> NDArray[np.float64]:
    """How much each pair [N, N] has in common that is rare, lower half zero."""
    sizes = np.array([len(marks) for marks in found])
    written = [len(marks) for marks in found if marks]
    if len(written) < 2:
        return np.zeros((len(found), len(found)))
    # Who wrote less than most shares little, even if all of it: two lines prove nothing.
    smaller = np.maximum(np.minimum.outer(sizes, sizes), median(written))
    return np.triu(common_weight(found, found, weights) / smaller, 1)


def common_weight(
    one: Sequence[Marks], other: Sequence[Marks], weights: Weights
) -> NDArray[np.float64]:
    """The weight [N, M] of what each student of `one` has in common with each of `other`."""
    columns = list(weights)
    common = np.zeros((len(one), len(other)))
    for start in range(0, len(columns), _COLUMNS):  # a part at a time: bounded memory
        part = {mark: place for place, mark in enumerate(columns[start : start + _COLUMNS])}
        first = _has(one, part)
        second = first if other is one else _has(other, part)
        common += (first * np.array([weights[mark] for mark in part], np.float32)) @ second.T
    return common


def _has(students: Sequence[Marks], part: Mapping[tuple[str, int], int]) -> NDArray[np.float32]:
    has = np.zeros((len(students), len(part)), np.float32)
    for row, marks in enumerate(students):
        has[row, [part[mark] for mark in marks if mark in part]] = 1
    return has


def _best(ranks: NDArray[np.float64], shown: int) -> list[tuple[int, int]]:
    rows, columns = np.nonzero(ranks >= LEAST_RANK)
    ranked = sorted(zip(rows.tolist(), columns.tolist(), strict=True), key=lambda at: -ranks[at])
    return ranked[:shown]


def _matches(
    one: Answers, other: Answers, given: Mapping[str, frozenset[int]], weights: Weights
) -> tuple[Match, ...]:
    weighed: list[tuple[float, Match]] = []
    for question in one:
        if question in other:
            known = given.get(question, frozenset[int]())
            shared = _own(one[question], known) & _own(other[question], known)
            weight = sum(weights[question, mark] for mark in shared)
            sides = (_side(source, shared) for source in (one[question], other[question]))
            if shared:
                weighed.append((weight, Match(question, *sides)))
    return tuple(match for _, match in sorted(weighed, key=lambda item: -item[0]))


def _side(source: str, shared: frozenset[int]) -> Side:
    places = [lines for mark, lines in fingerprints(source).items() if mark in shared]
    marked = frozenset(line for lines in places for line in range(lines.first, lines.last + 1))
    return Side(tuple(source.split("\n")), marked)

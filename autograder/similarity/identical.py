"""Groups of students who handed in the same answers, however many they are.

Names, layout and comments aside. What more than half of the class has is taken for the obvious
answer, and what the starter code gives is nobody's own. Two students are linked if what they share
is long enough that it isn't chance; a group is all who are linked, directly or through others.
"""

import zlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

from autograder.similarity.tokens import tokens

LEAST_SHARED = 120
"""Tokens that two students must share, in all answers together: about fifteen lines."""
_LEAST_IN_ONE = 40
"""What is shorter is the same by chance."""


@dataclass(frozen=True)
class Alike:
    """Students with the same answers."""

    students: tuple[str, ...]
    questions: tuple[str, ...]
    """In which two or more of them have the same answer."""


@dataclass(frozen=True)
class _Form:
    """An answer without what its author may choose."""

    digest: int
    length: int


@lru_cache(maxsize=50_000)
def _form(source: str) -> _Form:
    found = [token.text for token in tokens(source)]
    return _Form(zlib.crc32("\0".join(found).encode("utf-8", "replace")), len(found))


def same_answers(
    answers: Mapping[str, Mapping[str, str]], starter: Mapping[str, str]
) -> tuple[Alike, ...]:
    """Return the groups, the largest first; `answers` are by student, then by question."""
    given = {_form(source) for source in starter.values()}
    owners: defaultdict[tuple[str, _Form], list[str]] = defaultdict(list)
    for student, theirs in answers.items():
        for question, source in theirs.items():
            owners[question, _form(source)].append(student)
    written = sum(bool(theirs) for theirs in answers.values())
    shared = {
        (question, form): students
        for (question, form), students in owners.items()
        if form.length >= _LEAST_IN_ONE
        and form not in given
        and len(students) >= 2
        # Two of three are no majority that says anything.
        and len(students) <= max(3, written / 2)
    }
    weights: defaultdict[tuple[str, str], int] = defaultdict(int)
    for (_, form), students in shared.items():
        for pair in combinations(sorted(students), 2):
            weights[pair] += form.length
    groups = _linked(pair for pair, weight in weights.items() if weight >= LEAST_SHARED)
    found = [
        Alike(
            group,
            tuple(
                dict.fromkeys(
                    question
                    for (question, _), students in shared.items()
                    if len(set(group) & set(students)) > 1
                )
            ),
        )
        for group in groups
    ]
    return tuple(sorted(found, key=lambda each: (-len(each.students), each.students)))


def _linked(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, ...]]:
    """Return the sets into which `pairs` join students."""
    leader: dict[str, str] = {}

    def first(student: str) -> str:
        while (above := leader.setdefault(student, student)) != student:
            leader[student] = student = leader[above]
        return student

    for one, other in pairs:
        leader[first(one)] = first(other)
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for student in leader:
        groups[first(student)].append(student)
    return [tuple(sorted(group)) for group in groups.values()]

"""Tells an answer that nobody has written from a wrong one, by what the checks say of it."""

from collections.abc import Collection

from autograder.records import CaseResult

_UNWRITTEN = ("is not there yet", "it is not written yet", "is not written yet")


def is_unwritten(cases: Collection[CaseResult]) -> bool:
    """Return whether every check says that there is nothing to check."""
    return bool(cases) and all(
        any(words in case.message for words in _UNWRITTEN) and not case.points for case in cases
    )

"""A probe that student code has replaced may send back anything: the check still gives a verdict.

Otherwise it would pass as a fault of the grader: the marks left open, and a person asked to look.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from labkit.run import running
from tests.support.lesson import Question, lesson_questions, run

QUESTIONS = lesson_questions()
UNTRAINED = """
from torch import nn
model = best_model = nn.Sequential(nn.Flatten(), nn.Linear(784, 6))
reported_accuracy, filter_notes = 97.0, "edges and strokes " * 20
"""
"""In the place of answers that train: what a check makes of a bad model does not matter here."""


class Replaced:
    """Probes whose true observations are noted, and later played back with one of them changed."""

    def __init__(self) -> None:
        self.true: list[Any] = []
        self.changes: dict[int, Any] | None = None
        self.calls = 0

    def __call__(self, function: Any, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        self.calls += 1
        if self.changes is None or self.calls > len(self.true):
            self.true.append(function(*arguments, **keywords))
        return (self.changes or {}).get(self.calls - 1, self.true[self.calls - 1])


def broken(value: Any) -> Iterator[Any]:
    """`value` with an entry missing or of another type, or with such an item."""
    if type(value) is dict:
        yield from ({}, [])
        for name in value:
            yield {key: value[key] for key in value if key != name}
            yield from ({**value, name: other} for other in (None, 7, "x", [None]))
    if type(value) is list:
        yield from ([], {}, value[:-1], [None] * len(value))
        yield from ([item, *value[1:]] for item in broken(value[0]))


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=lambda question: question.name)
def test_whatever_a_probe_sends_back_the_check_gives_a_verdict(question: Question) -> None:
    answer = UNTRAINED if question.name in ("q12", "q18") else question.solution
    for case in question.cases:
        alone, probes = replace(question, cases=(case,)), Replaced()
        with running(runner=probes):
            run(alone, answer)
            for place in {0, len(probes.true) - 1} if probes.true else ():
                for value in broken(probes.true[place]):
                    probes.calls, probes.changes = 0, {place: value}
                    run(alone, answer)  # raises what is no verdict

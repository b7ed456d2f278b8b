"""Judges tests beside student code: verdicts come from a copy of its process, points are ours.

The copy was made after the question's check cell and is asked after the last cell, first with the
public cases of all questions, then with the hidden ones. Of a hidden case nothing comes back but
whether it passed; the text of its failure is its author's.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from otter.test_files.abstract_test import TestCase

from autograder.course.otter_files import TestFile, without_hidden
from autograder.judge.score import (
    MESSAGE_LIMIT,
    Question,
    as_in_otter,
    case_result,
    question_result,
)
from autograder.records import CaseResult, Isolation, Layer, Outcome, QuestionResult
from autograder.wire.frames import WireError, clean, is_list, is_object

WORDS = (
    "judged beside student code: as trustworthy as stock otter, isolated from the other submissions"
)
"""What every report says of such a question."""
_ENDS = {"": "", "time": "it took longer than it may", "crash": "it ended its process"}


@dataclass(frozen=True)
class Verdicts:
    """What a copy has said of the cases it was asked, in their order; fewer if it ended early."""

    passed: tuple[bool, ...]
    messages: tuple[str, ...]
    end: str = ""
    """'time' or 'crash' where it has not judged all."""


def asked(file: TestFile, hidden: bool) -> bytes:
    """Return the request that judges the public cases of `file`, or all of them for the hidden.

    Hidden cases come after the public ones have changed what they change, as in otter; the public
    ones are asked alone, so that nothing of a hidden case is there when they say something.
    """
    wanted = [case for case in file.cases if hidden or not case.hidden]
    request: dict[str, Any] = {"form": file.form, "name": file.name, "tell": not hidden}
    if file.form == "ok":
        request["cases"] = [case.body for case in wanted]
    else:
        request["cases"] = [case.name for case in wanted]
        request["source"] = file.source if hidden else without_hidden(file)
    return json.dumps(request).encode("utf-8", "replace")


def read_verdicts(value: Any, most: int) -> Verdicts:
    """Return what came back of `most` cases. Raises `WireError` for what no copy says."""
    if not is_object(value) or value.keys() != {"verdicts", "end"} or value["end"] not in _ENDS:
        raise WireError("a judgement has no valid form")
    listed = value["verdicts"]
    if not is_list(listed) or len(listed) > most or (len(listed) < most and not value["end"]):
        raise WireError("a judgement has not as many verdicts as there are cases")
    for one in listed:
        if not is_object(one) or type(one.get("passed")) is not bool:
            raise WireError("a verdict says neither yes nor no")
    return Verdicts(
        tuple(one["passed"] for one in listed),
        tuple(clean(one.get("message", ""), MESSAGE_LIMIT) for one in listed),
        value["end"],
    )


def result_of(
    question: Question, public: Verdicts | None, hidden: Verdicts | None
) -> QuestionResult:
    """Return the result of `question`; None stands for cases that it has not."""
    cases: list[CaseResult] = []
    public_place = 0
    for place, case in enumerate(question.cases):
        if case.hidden:
            cases.append(_case(case, hidden, place))
        else:
            cases.append(_case(case, public, public_place))
            public_place += 1
    return question_result(question, tuple(cases))


def _case(case: TestCase, verdicts: Verdicts | None, place: int) -> CaseResult:
    if verdicts is None or place >= len(verdicts.passed):
        end = verdicts.end if verdicts else "crash"
        outcome = Outcome.TIME_LIMIT if end == "time" else Outcome.CRASHED
        return case_result(case, outcome, _ENDS[end])
    if verdicts.passed[place]:
        return as_in_otter(case, case_result(case, Outcome.PASSED))
    text = "" if case.hidden else verdicts.messages[place]
    return as_in_otter(case, case_result(case, Outcome.FAILED, text))


def note(questions: Sequence[Question]) -> str:
    """Return the sentence about the questions that are judged so; '' if none is."""
    names = [question.id for question in questions if question.beside]
    return f"{WORDS} ({', '.join(names)})" if names else ""


def with_judging(isolation: Isolation, questions: Sequence[Question]) -> Isolation:
    """Return `isolation` as every report tells it, with what is judged beside student code."""
    text = note(questions)
    if not text:
        return isolation
    return replace(isolation, layers=(*isolation.layers, Layer("judging apart", "absent", text)))

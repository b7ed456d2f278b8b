"""Runs otter's own test files against a notebook's variables, in the trusted process."""

import inspect
import logging
import re
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any

from otter.test_files.abstract_test import TestCase

from autograder.course.build.products import BuildError
from autograder.course.otter_files import TestFile, TestFileError, read_test_file
from autograder.course.rubric import Rubric
from autograder.course.settings import Course
from autograder.judge.outside import Outside
from autograder.judge.own_paths import without_own_paths
from autograder.judge.unwritten import is_unwritten
from autograder.judge.wire import StudentError
from autograder.records import ByHand, CaseResult, Outcome, QuestionResult, gravest
from labkit import run
from labkit.diagnosis import CheckFailed, Diagnosis

_log = logging.getLogger(__name__)

STOPPING = frozenset(
    {Outcome.TIME_LIMIT, Outcome.MEMORY_LIMIT, Outcome.OUTPUT_LIMIT, Outcome.CRASHED}
)
"""Outcomes after which a question's further checks are not run: they would end the same way."""


MESSAGE_LIMIT = 5_000
"""Characters that a check may tell."""
_MOST_ANSWER = 20_000
_PRECISE_NUMBER = re.compile(r"-?\d+\.\d{3,}(?:e[+-]?\d+)?")
"""What a check without a diagnosis would show of a hidden input, if it quoted it unchanged."""


class ChecksError(BuildError):
    """The test files cannot be used; the message names the file."""


@dataclass(frozen=True)
class Question:
    """One question's checks, as its test file holds them."""

    id: str
    cases: tuple[TestCase, ...]
    rubric: Rubric | None = None
    """What a person marks of it."""
    stock: bool = False
    """Written for stock otter: any exception fails a check, and a hidden one tells no more than
    its author's message."""
    beside: TestFile | None = None
    """The test file, where it is judged beside student code."""
    all_or_nothing: bool = False
    """One failed check takes all points."""

    @property
    def max_score(self) -> float:
        return sum(case.points or 0 for case in self.cases)


def load_questions(folder: Path, course: Course | None = None) -> tuple[Question, ...]:
    """The questions whose test files stand in `folder`, in the order q1, q2, …, q10, ….

    `course` says which are judged beside student code, and which modules are trusted. Raises
    `ChecksError` for a folder without tests and for a file that is no test file.
    """
    files = sorted(folder.glob("*.py"), key=lambda file: (len(file.stem), file.stem))
    if not files:
        raise ChecksError(f"{folder}: holds no test files; build them with `make release`")
    return tuple(_load(file, course) for file in files)


def _load(file: Path, course: Course | None) -> Question:
    try:
        read = read_test_file(file)
    except TestFileError as problem:
        raise ChecksError(f"{file.parent}: {problem}") from problem
    stock = course.otter if course else None
    beside = course is not None and course.tests.get(read.question) == "beside"
    cases = tuple(_callable(case, stock.modules if stock else {}) for case in read.cases)
    return Question(
        read.question,
        cases,
        stock=stock is not None,
        beside=read if beside else None,
        all_or_nothing=read.all_or_nothing,
    )


def _callable(case: TestCase, modules: Mapping[str, str]) -> TestCase:
    """`case`, with a body that is called with the environment."""
    if isinstance(case.body, str):
        return replace(case, body=Outside(case.name, case.body, modules))
    function = case.body.test_func  # otter asks for its signature at each call; that takes long
    function.__signature__ = inspect.signature(function)
    return case


def score_question(question: Question, environment: Mapping[str, Any]) -> QuestionResult:
    """The result of all checks of `question`, public ones first.

    A check passes or raises. `AssertionError` is its verdict, `StudentError` student code's doing;
    any other exception is a fault of the check itself and asks for a person.
    """
    results: dict[int, CaseResult] = {}
    stopped: StudentError | None = None
    for place, case in sorted(enumerate(question.cases), key=lambda item: item[1].hidden):
        if stopped is None:
            results[place], stopped = _run_case(case, environment)
            if question.stock:
                results[place] = as_in_otter(case, results[place])
        else:
            text = f"not run: an earlier check did not come back ({stopped})"
            results[place] = case_result(case, stopped.outcome, text)
    cases = tuple(results[place] for place in sorted(results))
    return question_result(question, cases, "" if stopped else _handed_in(question, environment))


def _handed_in(question: Question, environment: Mapping[str, Any]) -> str:
    """The text that a person will mark; '' where there is none."""
    if question.rubric is None:
        return ""
    try:
        value = environment.get(question.rubric.answer)
    except StudentError:
        return ""
    return value[:_MOST_ANSWER].strip() if isinstance(value, str) else ""


def _joined(cases: Sequence[CaseResult]) -> tuple[CaseResult, ...]:
    """The cases, where those that follow each other under one title are the steps of one check.

    It has the points of all of them, and says what the first step that failed says.
    """
    result = list[CaseResult]()
    for _, group in groupby(cases, key=lambda case: (case.title, case.hidden)):
        steps = list(group)
        if len(steps) > 1:
            worst = gravest(tuple(steps))
            told = next(case for case in steps if case.outcome is worst)
            evidence = {
                name: value for case in reversed(steps) for name, value in case.evidence.items()
            }
            points, most = (
                sum(case.points for case in steps),
                sum(case.max_points for case in steps),
            )
            steps = [replace(told, points=points, max_points=most, evidence=evidence)]
        result += steps
    return tuple(result)


def _run_case(
    case: TestCase, environment: Mapping[str, Any]
) -> tuple[CaseResult, StudentError | None]:
    shown: dict[str, Any] = {}
    with run.running(shown=shown):
        result, stopped = _judge(case, environment)
    return replace(result, evidence=shown), stopped


def _judge(
    case: TestCase, environment: Mapping[str, Any]
) -> tuple[CaseResult, StudentError | None]:
    try:
        case.body.call_func(environment)
    except CheckFailed as failure:
        return _diagnosed(case, failure.diagnosis), None
    except AssertionError as failure:
        text = str(failure) or "this is not right yet"
        text = _PRECISE_NUMBER.sub("…", text) if case.hidden else text
        return case_result(case, Outcome.FAILED, text), None
    except StudentError as error:
        stops = error if error.outcome in STOPPING else None
        text = error.without_text if case.hidden else str(error)
        return replace(case_result(case, error.outcome, text), place=error.place), stops
    except Exception as error:
        _log.exception("a check failed by a fault of its own: %s", case.name)
        text = f"the check itself failed ({type(error).__name__}: {error}); a person must look"
        result = case_result(case, Outcome.GRADER_ERROR, text)
        return replace(result, fault=traceback.format_exc()), None
    return case_result(case, Outcome.PASSED), None


def as_in_otter(case: TestCase, result: CaseResult) -> CaseResult:
    """`result`, as a check says it that was written for stock otter.

    Whatever it raises has failed it. The author's messages come first; nothing else is told of a
    hidden one.
    """
    outcome = Outcome.FAILED if result.outcome is Outcome.GRADER_ERROR else result.outcome
    if outcome is Outcome.PASSED:
        return replace(result, message=case.success_message or "")
    text = result.message
    if result.outcome is Outcome.GRADER_ERROR:
        text = result.fault.strip().splitlines()[-1]
    own = case.failure_message or ""
    told = own if case.hidden and outcome not in STOPPING else f"{own}\n{text}".strip()
    return replace(result, outcome=outcome, message=told, fault="")


def _diagnosed(case: TestCase, diagnosis: Diagnosis) -> CaseResult:
    place = diagnosis.place
    return replace(
        case_result(case, Outcome.FAILED, diagnosis.text),
        causes=diagnosis.causes,
        symptom=diagnosis.symptom,
        place=(place.cell, place.line) if place and not place.code else None,
    )


def case_result(case: TestCase, outcome: Outcome, message: str = "") -> CaseResult:
    """The record of one check that ended with `outcome`."""
    worth = float(case.points or 0)
    message = without_own_paths(message)
    if len(message) > MESSAGE_LIMIT:  # it may quote what a student's code printed or raised
        message = message[:MESSAGE_LIMIT] + " …"
    function = getattr(case.body, "test_func", None)
    title = (getattr(function, "__doc__", None) or case.name).strip().splitlines()[0]
    points = worth if outcome is Outcome.PASSED else 0.0
    return CaseResult(title, bool(case.hidden), points, worth, outcome, message)


def question_result(
    question: Question, cases: tuple[CaseResult, ...], answer: str = ""
) -> QuestionResult:
    """The record of one question; `answer` is the text that a person will mark."""
    if question.all_or_nothing and any(case.outcome is not Outcome.PASSED for case in cases):
        cases = tuple(replace(case, points=0.0) for case in cases)
    cases = _joined(cases)
    score = round(sum(case.points for case in cases), 6)
    shown = (case.evidence.get("review") for case in cases)
    doubt = next((text for text in shown if type(text) is str), "")
    return QuestionResult(
        question.id,
        score,
        question.max_score,
        gravest(cases),
        cases,
        review=doubt,
        attempted=not is_unwritten(cases) or answer != "",
        by_hand=ByHand(question.rubric.points, answer) if question.rubric else None,
    )


def unreached(question: Question, outcome: Outcome, message: str) -> QuestionResult:
    """The result of a question that could not be checked at all."""
    return question_result(
        question, tuple(case_result(case, outcome, message) for case in question.cases)
    )

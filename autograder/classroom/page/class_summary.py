"""What a class's grades say about its questions: success, and the commonest messages."""

import re
from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from autograder.classroom.reading import Graded
from autograder.plain_text import one_line, shorten
from autograder.records import CaseResult, Outcome, QuestionResult
from autograder.reports.words import was_graded

MESSAGES_SHOWN = 5
_MESSAGE_CHARACTERS = 300
_ID = re.compile(r"\bq\d+: ")
_PLACE = re.compile(r" \(Seen on .*")
_NUMBER = re.compile(r"(?<![\w.])-?\d+(?:[.,]\d+)*(?:e[+-]?\d+)?", re.IGNORECASE)


@dataclass(frozen=True)
class Message:
    """One cause of failures, and whose notebooks met it."""

    text: str
    """As `masked` gives the first of the messages that tell it."""
    checks: tuple[str, ...]
    """Titles of the checks that met it."""
    students: tuple[Graded, ...]


@dataclass(frozen=True)
class QuestionSummary:
    """One question across the class. Faults of the grader count nowhere."""

    question: str
    worth: float
    mean: float
    full: int
    """Students who have lost none."""
    partial: int
    none: int
    """Students with no points although they wrote something."""
    unattempted: int
    messages: tuple[Message, ...]
    """The commonest first."""

    @property
    def answered(self) -> int:
        return self.full + self.partial + self.none + self.unattempted

    @property
    def percent(self) -> float:
        """The mean share of the points, 0 to 100."""
        return 100 * self.mean / self.worth if self.worth else 0.0


def question_summaries(
    students: Sequence[Graded], questions: Sequence[str]
) -> tuple[QuestionSummary, ...]:
    """A summary of each of `questions` that somebody's grade has."""
    summaries: list[QuestionSummary] = []
    for name in questions:
        results = [
            (student, result)
            for student in students
            for result in student.grade.questions
            if result.question == name and result.outcome is not Outcome.GRADER_ERROR
        ]
        if results:
            summaries.append(_summary(name, results))
    return tuple(summaries)


def _summary(name: str, results: Sequence[tuple[Graded, QuestionResult]]) -> QuestionSummary:
    scores = [result.score for _, result in results]
    worth = max(result.worth for _, result in results)
    full = sum(result.is_full for _, result in results)
    without = [result for _, result in results if result.score <= 0 < result.worth]
    unattempted = sum(not result.attempted for result in without)
    mean = round(sum(scores) / len(scores), 2)
    return QuestionSummary(
        name,
        worth,
        mean,
        full,
        len(scores) - full - len(without),
        len(without) - unattempted,
        unattempted,
        _messages([each for each in results if each[1].attempted]),
    )


def _messages(results: Sequence[tuple[Graded, QuestionResult]]) -> tuple[Message, ...]:
    texts: dict[Hashable, str] = {}
    checks: defaultdict[Hashable, dict[str, None]] = defaultdict(dict)
    behind: defaultdict[Hashable, dict[str, Graded]] = defaultdict(dict)
    for student, result in results:
        for case in result.cases:
            if case.message:
                key = cause_key(case)
                texts.setdefault(key, masked(case.message))
                checks[key][one_line(case.title, 200)] = None
                behind[key][student.folder] = student
    found = [
        Message(texts[key], tuple(checks[key]), tuple(students.values()))
        for key, students in behind.items()
    ]
    return tuple(sorted(found, key=lambda one: -len(one.students))[:MESSAGES_SHOWN])


def cause_key(case: CaseResult) -> Hashable:
    """Return what is counted as one: the ids of the causes, else the `masked` message."""
    return case.causes or masked(case.message)


def masked(message: str) -> str:
    """`message` on one line as it reads for everybody who made the same mistake.

    Without the question's id and the input on which it was seen, and with '…' for each number.
    """
    line = _PLACE.sub("", _ID.sub("", one_line(message, 2 * _MESSAGE_CHARACTERS)))
    return shorten(_NUMBER.sub("…", line), _MESSAGE_CHARACTERS)


def scored(students: Sequence[Graded]) -> list[Graded]:
    """The students whose notebook was run and whose total is decided."""
    return [student for student in students if was_graded(student.grade)]

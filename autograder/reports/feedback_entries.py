"""What the feedback page says of each question, in the order in which a student needs it."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from autograder.course.late import final_score
from autograder.judge.unwritten import is_unwritten
from autograder.records import CaseResult, CellRun, Grade, Outcome, QuestionResult
from autograder.reports.pictures import Picture, pictures_of
from autograder.reports.words import student_message, titled


@dataclass(frozen=True)
class Part:
    """Points of the core or of the bonus questions."""

    points: float
    worth: float


@dataclass(frozen=True)
class Group:
    """Checks of one question that failed with the same words, which are told once."""

    cases: tuple[CaseResult, ...]
    message: str


@dataclass(frozen=True)
class Entry:
    """One question on the page."""

    number: int
    title: str
    question: QuestionResult
    is_bonus: bool
    pictures: tuple[Picture, ...]

    @property
    def groups(self) -> list[Group]:
        """The checks that did not pass."""
        lost = [case for case in self.question.cases if not _is_full(case)]
        return [
            Group(tuple(cases), message)
            for message, cases in itertools.groupby(lost, key=student_message)
        ]

    @property
    def passed(self) -> int:
        """How many checks got all their points."""
        return sum(map(_is_full, self.question.cases))

    @property
    def is_full(self) -> bool:
        """Did every check get all its points, and did nobody take or withhold any?"""
        whole = self.question.score >= self.question.worth or not self.question.counts
        return self.passed == len(self.question.cases) and whole

    @property
    def is_waiting(self) -> bool:
        """Is there nothing missing but what a person has yet to give?"""
        return self.passed == len(self.question.cases) and self.question.is_full

    @property
    def is_unattempted(self) -> bool:
        """Is it a bonus question whose answer was left open?"""
        return self.is_bonus and self.question.score == 0 and is_unwritten(self.question.cases)


def _is_full(case: CaseResult) -> bool:
    return case.outcome is Outcome.PASSED and case.points >= case.max_points


def entries(grade: Grade, titles: Mapping[str, str]) -> list[Entry]:
    """The questions in order; the ones that come after the full core points are bonus."""
    found, reached = list[Entry](), 0.0
    for number, question in enumerate(grade.questions, 1):
        found.append(
            Entry(
                number,
                titled(question.question, titles),
                question,
                is_bonus=reached >= grade.max_score > 0,
                pictures=tuple(pictures_of(question)),
            )
        )
        reached += question.worth
    return found


def parts(listed: Sequence[Entry]) -> list[tuple[str, list[Entry]]]:
    """The questions that are told one by one, under their headings."""
    told = [entry for entry in listed if not entry.is_full and not entry.is_unattempted]
    found = (
        ("What lost points", [entry for entry in told if not entry.is_waiting]),
        ("What your instructor still reads", [entry for entry in told if entry.is_waiting]),
    )
    return [(heading, some) for heading, some in found if some]


def core_and_bonus(grade: Grade, listed: list[Entry]) -> tuple[Part, Part]:
    """The two numbers of the page; what lateness takes is taken from the core."""
    extra = [entry.question for entry in listed if entry.is_bonus and entry.question.counts]
    bonus = Part(sum(each.score for each in extra), sum(each.worth for each in extra))
    core = grade.score if grade.late_deduction else final_score(grade)
    return Part(core - bonus.points, grade.max_score), bonus


def told_once(grade: Grade) -> list[CellRun]:
    """The cells that stopped, without those whose error a question tells already."""
    told = [student_message(case) for question in grade.questions for case in question.cases]
    return [
        run
        for run in grade.cells
        if run.outcome is not Outcome.PASSED
        and not (run.message and any(run.message in message for message in told))
    ]

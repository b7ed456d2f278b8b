"""What the page of a question tells: how its checks went, and why points are missing."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from autograder.classroom.page.class_summary import cause_key
from autograder.desk.reading import ClassSeen, Seen
from autograder.records import CaseResult, Outcome, QuestionResult

GROUPS_SHOWN = 12
"""Of one cause, with their code; the students of the others are named."""


@dataclass(frozen=True)
class CheckSeen:
    """One check across the class; faults of the grader count nowhere."""

    title: str
    hidden: bool
    passed: int
    tried: int
    points: float
    """The mean."""
    worth: float

    @property
    def percent(self) -> float:
        """The share of those who passed, 0 to 100."""
        return 100 * self.passed / self.tried if self.tried else 0.0


@dataclass(frozen=True)
class Group:
    """Students with the same answer, comments and empty lines aside."""

    code: str
    """As the first of them wrote it."""
    students: tuple[Seen, ...]


@dataclass(frozen=True)
class CauseSeen:
    """One cause of failures, and the answers behind it."""

    question: str
    message: str
    checks: tuple[str, ...]
    students: tuple[Seen, ...]

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """The answers, the commonest first."""
        return groups_of(self.question, self.students)


@dataclass(frozen=True)
class QuestionSeen:
    """One question across the class."""

    question: str
    found: tuple[tuple[Seen, QuestionResult], ...]
    """Faults of the grader aside."""

    @property
    def worth(self) -> float:
        """The most that it gives, a person's points among them."""
        return max((result.worth for _, result in self.found), default=0.0)

    @property
    def scores(self) -> tuple[float, ...]:
        """The points of all who have some, in order."""
        return tuple(result.score for _, result in self.found)

    @cached_property
    def checks(self) -> tuple[CheckSeen, ...]:
        """The checks, in the order of the lesson."""
        return tuple(_checks(result for _, result in self.found))

    @cached_property
    def causes(self) -> tuple[CauseSeen, ...]:
        """Why points are missing, the commonest first."""
        return tuple(_causes(self.question, self.found))

    @property
    def mean(self) -> float:
        """The mean of all who have points, open ones aside."""
        scores = self.scores
        return sum(scores) / len(scores) if scores else 0.0


def question_seen(seen: ClassSeen, question: str) -> QuestionSeen:
    """Return what the class's grades say about `question`."""
    found = [
        (student, result)
        for student in seen.students
        if (result := student.results.get(question)) and result.outcome is not Outcome.GRADER_ERROR
    ]
    return QuestionSeen(question, tuple(found))


def _checks(results: Iterable[QuestionResult]) -> list[CheckSeen]:
    cases: defaultdict[tuple[str, bool], list[CaseResult]] = defaultdict(list)
    for result in results:
        for case in result.cases:
            cases[case.title, case.hidden].append(case)
    return [
        CheckSeen(
            title,
            hidden,
            sum(case.outcome is Outcome.PASSED for case in same),
            len(same),
            sum(case.points for case in same) / len(same),
            max(case.max_points for case in same),
        )
        for (title, hidden), same in cases.items()
    ]


def _causes(question: str, found: Sequence[tuple[Seen, QuestionResult]]) -> list[CauseSeen]:
    messages: dict[Hashable, str] = {}
    checks: defaultdict[Hashable, dict[str, None]] = defaultdict(dict)
    behind: defaultdict[Hashable, dict[str, Seen]] = defaultdict(dict)
    for student, result in found:
        for case in result.cases:
            if case.message:
                key = cause_key(case)
                messages.setdefault(key, case.message)
                checks[key][case.title] = None
                behind[key][student.folder] = student
    causes = [
        CauseSeen(
            question,
            messages[key],
            tuple(checks[key]),
            tuple(students.values()),
        )
        for key, students in behind.items()
    ]
    return sorted(causes, key=lambda cause: -len(cause.students))


def groups_of(question: str, students: Iterable[Seen]) -> tuple[Group, ...]:
    """Return `students` by their answers, the commonest first."""
    groups: defaultdict[str, list[Seen]] = defaultdict(list)
    for student in students:
        groups[bare(student.answers.get(question, ""))].append(student)
    found = (Group(same[0].answers.get(question, ""), tuple(same)) for same in groups.values())
    return tuple(sorted(found, key=lambda group: -len(group.students)))


def bare(source: str) -> str:
    """Return code without lines that do nothing, for comparing."""
    lines = (line.rstrip() for line in source.splitlines())
    return "\n".join(line for line in lines if line and not line.lstrip().startswith("#"))

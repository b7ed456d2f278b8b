"""Today's list: what waits for a person, the gravest first, each with what to do."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from autograder.desk.reading import ClassSeen, Seen
from autograder.records import Ending, Outcome
from autograder.reports.words import has_marks, to_look_at
from autograder.store.decisions.model import Kind


class Wait(StrEnum):
    """Why something waits for a person; the order is that of the list."""

    FAULT = "Fault of the grader"
    OTHER_ASSIGNMENT = "Not this assignment"
    UNREADABLE = "Could not be read"
    SEVERAL = "Several notebooks"
    LATE = "Late, at a time that nobody tells"
    QUESTION = "A question to look at"
    MARK = "To be marked by hand"
    ALIKE = "The same answers"
    HELD = "Marks that are withheld"


ADVICE = {
    Wait.FAULT: (
        "Run it again. If the fault stays, decide the points: all of them, or others on the "
        "student's page."
    ),
    Wait.OTHER_ASSIGNMENT: "Ask for the right notebook, and grade it: the mark is open until then.",
    Wait.UNREADABLE: "Ask for another copy, and grade it: a gradebook gets no zero until then.",
    Wait.SEVERAL: "Ask which one counts, or see that the newest does.",
    Wait.LATE: "Look up when it came: nothing was taken from the mark.",
    Wait.QUESTION: (
        "The computer that graded, or where the answer stands, may be why points are missing."
    ),
    Wait.MARK: "Read them one below the other, and give points by the rubric.",
    Wait.ALIKE: (
        "Names of variables and comments aside, these answers are the same. It is something to "
        "look at, not a verdict: withhold the marks until you have asked, or let them stand."
    ),
    Wait.HELD: "No page and no gradebook tells these marks until you give them out again.",
}


@dataclass(frozen=True)
class Task:
    """One thing that waits."""

    wait: Wait
    students: tuple[Seen, ...]
    text: str
    """What was seen."""
    questions: tuple[str, ...] = ()

    @property
    def can_stand(self) -> bool:
        """Whether a person may say that the marks stand as they are."""
        return self.wait in _CAN_STAND

    @property
    def group(self) -> str:
        """The students, as a form names several."""
        return " ".join(each.key for each in self.students)

    @property
    def worth(self) -> float:
        """The points of the question."""
        result = self.students[0].results.get(self.question)
        return result.worth if result else 0.0

    @property
    def question(self) -> str:
        """The question that it is about; '' for the whole."""
        return self.questions[0] if self.questions else ""


_CAN_STAND = {
    Wait.UNREADABLE,
    Wait.OTHER_ASSIGNMENT,
    Wait.SEVERAL,
    Wait.LATE,
    Wait.QUESTION,
}


def by_kind(seen: ClassSeen) -> dict[Wait, list[Task]]:
    """Return all that waits, in order."""
    found = {wait: list[Task]() for wait in Wait}
    for task in tasks(seen):
        found[task.wait].append(task)
    return {wait: waiting for wait, waiting in found.items() if waiting}


def tasks(seen: ClassSeen) -> Iterator[Task]:
    """Yield all that waits."""
    for student in seen.students:
        yield from _of_student(student)
    yield from _to_mark(seen)
    yield from _of_groups(seen)


def _of_student(seen: Seen) -> Iterator[Task]:
    grade, attempt = seen.grade, seen.attempt
    told = " ".join(part for part in (grade.message, grade.review) if part)
    if grade.withheld:
        yield Task(Wait.HELD, (seen,), " ".join(each.why for each in grade.decided))
        return
    settled = grade.ending is not Ending.GRADER_ERROR or has_marks(grade)
    if grade.total_decided and settled:
        pass  # a person has said what the total is
    elif grade.ending is Ending.UNREADABLE:
        yield Task(Wait.UNREADABLE, (seen,), told)
    elif grade.ending is Ending.NOT_THIS_ASSIGNMENT:
        yield Task(Wait.OTHER_ASSIGNMENT, (seen,), told)
    elif grade.ending is Ending.GRADER_ERROR:
        yield from _fault(seen, told)
    elif grade.needs_review:
        yield Task(Wait.SEVERAL, (seen,), grade.review)
    if attempt.marked_late and attempt.submitted is None and grade.to_decide:
        yield Task(Wait.LATE, (seen,), "It is marked as late, but not by how much.")
    for result in to_look_at(grade):
        yield Task(Wait.QUESTION, (seen,), result.review, (result.question,))


def _fault(seen: Seen, told: str) -> Iterator[Task]:
    """Yield the questions whose checks failed by themselves, else the whole."""
    at_fault = [result for result in seen.grade.questions if result.at_fault]
    for result in at_fault:
        messages = [case.message for case in result.cases if case.outcome is Outcome.GRADER_ERROR]
        yield Task(Wait.FAULT, (seen,), " ".join(messages), (result.question,))
    if not at_fault:
        yield Task(Wait.FAULT, (seen,), told)


def _to_mark(seen: ClassSeen) -> Iterator[Task]:
    """Yield a task for each question of which answers are open."""
    for question in seen.showing.rubrics:
        waiting = tuple(
            student
            for student in seen.students
            if (result := student.results.get(question))
            and result.by_hand
            and result.by_hand.is_open
        )
        if waiting:
            text = f"{len(waiting)} answers to {question} have no points yet."
            yield Task(Wait.MARK, waiting, text, (question,))


def _of_groups(seen: ClassSeen) -> Iterator[Task]:
    """Yield the groups with somebody whose marks nobody has held, or let stand."""
    kinds = (Kind.HOLD, Kind.LIFT)
    decided = {each.student for each in seen.decisions.standing if each.kind in kinds}
    for group in seen.likeness.groups:
        students = tuple(seen.by_folder[folder] for folder in group.students)
        if all(each.student in decided for each in students):
            continue
        text = f"{len(students)} students have the same answers to {', '.join(group.questions)}."
        yield Task(Wait.ALIKE, students, text, group.questions)

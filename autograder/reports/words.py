"""The words in which every report speaks of endings, outcomes and numbers."""

from collections.abc import Mapping

from autograder.course.late import final_score
from autograder.records import CaseResult, Ending, Grade, Isolation, Outcome, QuestionResult

ENDING_WORDS = {
    Ending.COMPLETED: "ran to the end",
    Ending.TIME_LIMIT: "reached the time limit",
    Ending.MEMORY_LIMIT: "reached the memory limit",
    Ending.OUTPUT_LIMIT: "reached the output limit",
    Ending.CRASHED: "crashed",
    Ending.UNREADABLE: "could not be read",
    Ending.NOT_THIS_ASSIGNMENT: "is not the one of this assignment",
    Ending.GRADER_ERROR: "could not be graded, through a fault of the grader",
}
"""Continues "The notebook …"."""

ENDING_ADVICE = {
    Ending.COMPLETED: "",
    Ending.TIME_LIMIT: (
        "Look for a loop that does not end, or for work that is done again and again. "
        "What came before and after the stopped cell was graded."
    ),
    Ending.MEMORY_LIMIT: (
        "Look for tensors that grow in a loop, or for results that are all kept. "
        "What came before and after the stopped cell was graded."
    ),
    Ending.OUTPUT_LIMIT: (
        "Look for a print inside a loop. What came before and after the stopped cell was graded."
    ),
    Ending.CRASHED: (
        "The Python process died, which an ordinary error does not do. "
        "Restart the kernel and run all cells to see where."
    ),
    Ending.UNREADABLE: "Nothing could be graded. Mend this and hand the notebook in again.",
    Ending.NOT_THIS_ASSIGNMENT: (
        "Nothing was graded, and this is not a zero: the marks are open until an instructor has "
        "looked. Hand in the notebook of this assignment, if you can."
    ),
    Ending.GRADER_ERROR: (
        "This is not your doing and is no zero: the marks are open until an instructor has looked."
    ),
}
"""What the student should do, or know, after each ending."""

OUTCOME_WORDS = {
    Outcome.PASSED: "passed",
    Outcome.FAILED: "not yet right",
    Outcome.STUDENT_ERROR: "raised an error",
    Outcome.TIME_LIMIT: "time limit",
    Outcome.MEMORY_LIMIT: "memory limit",
    Outcome.OUTPUT_LIMIT: "output limit",
    Outcome.CRASHED: "crashed",
    Outcome.GRADER_ERROR: "fault of the grader",
}

OUTCOME_SYMBOLS = {
    Outcome.PASSED: "✓",
    Outcome.FAILED: "✗",
    Outcome.STUDENT_ERROR: "!",
    Outcome.TIME_LIMIT: "◷",
    Outcome.MEMORY_LIMIT: "■",
    Outcome.OUTPUT_LIMIT: "■",
    Outcome.CRASHED: "■",
    Outcome.GRADER_ERROR: "?",
}


_OWN_FAULT = "This check failed by a fault of its own. An instructor will look at it."


def student_message(case: CaseResult) -> str:
    """The message of a check as a student may read it.

    A fault of the grader is an exception in the process that knows the hidden tests: its text may
    hold what they hide. It stays in the record, for the instructor.
    """
    return _OWN_FAULT if case.outcome is Outcome.GRADER_ERROR else case.message


def student_ending(grade: Grade) -> str:
    """What the ending means for this submission, as a student may read it; '' if no more is said.

    As with `student_message`, the text of a fault of the grader is kept back.
    """
    return "" if grade.ending is Ending.GRADER_ERROR else grade.message


def practice(isolation: Isolation | None) -> str:
    """Says that marks are for practice, and why; '' for marks that count."""
    if isolation is None or not isolation.shortfall:
        return ""
    return f"These marks are for practice and do not count: {isolation.shortfall}."


def number(value: float) -> str:
    """A number of points as people write it: 8, 7.5, at most four decimals."""
    text = f"{value:.4f}".rstrip("0").rstrip(".") if value == value else "?"
    return "0" if text == "-0" else text


_OPEN = (Ending.GRADER_ERROR, Ending.NOT_THIS_ASSIGNMENT)


def sentence(text: str) -> str:
    """`text` with a capital letter and a full stop."""
    return text[:1].upper() + text[1:].rstrip(".") + "." if text else ""


def has_marks(grade: Grade) -> bool:
    """False if the total is open: what was not graded is never counted as a zero."""
    if grade.excused or grade.withheld:
        return False
    if _total_given(grade):
        return True
    return grade.ending not in _OPEN and not grade.needs_review


def was_graded(grade: Grade) -> bool:
    """Whether the notebook was run and its total is decided: what averages are made of."""
    return has_marks(grade) and (grade.ending is not Ending.UNREADABLE or _total_given(grade))


def _total_given(grade: Grade) -> bool:
    """Whether a person has said what the total is."""
    return any(each.kind == "override" and not each.question for each in grade.decided)


def needs_person(grade: Grade) -> bool:
    """Whether somebody has to look, mark or decide: the marks are open, or more than the marks."""
    if grade.excused:
        return False
    settled = was_graded(grade) or (has_marks(grade) and grade.total_decided)
    return not settled or bool(to_look_at(grade) or grade.to_decide or grade.open_points)


def reasons(grade: Grade) -> str:
    """Why a person should look at this grade, in one line; '' if nobody needs to."""
    if not needs_person(grade):
        return ""
    if grade.withheld:
        return "; ".join(f"withheld by {each.who}: {each.why}" for each in grade.decided)
    whole = () if was_graded(grade) else (grade.message, *reviews(grade))
    open_points = f"up to {number(grade.open_points)} points are to be given by a person."
    by_hand = (open_points,) if grade.open_points else ()
    return " ".join(part for part in (*whole, *grade.to_decide, *by_hand) if part)


def reviews(grade: Grade) -> list[str]:
    """For the student: why a person will look at the whole."""
    return [grade.review] if grade.review else []


def advice(grade: Grade) -> str:
    """What the student should do, or know."""
    if grade.excused or grade.withheld or _total_given(grade):
        return ""
    if has_marks(grade) or grade.ending in _OPEN:
        return ENDING_ADVICE[grade.ending]
    if grade.review:
        return (
            "The marks are open until an instructor has looked, for the reason below. "
            + ENDING_ADVICE[grade.ending]
        ).strip()
    return ENDING_ADVICE[Ending.GRADER_ERROR]


def to_look_at(grade: Grade) -> tuple[QuestionResult, ...]:
    """Return the questions at which a person should look, though they have points."""
    return tuple(question for question in grade.questions if question.review)


def score(grade: Grade) -> str:
    """The total that counts as "71.5 of 100", or that it is open."""
    return f"{total(grade)} of {number(grade.max_score)}"


def points(question: QuestionResult) -> str:
    """The points as "3 of 5", or "3 + up to 2 of 5" while a person has yet to mark a part."""
    still = f" + up to {number(question.open_points)}" if question.open_points else ""
    return f"{number(question.score)}{still} of {number(question.worth)}"


def total(grade: Grade) -> str:
    """The total that counts as "71.5", or "98 + up to 2" while a person has yet to mark a part."""
    if grade.excused:
        return "excused"
    if not has_marks(grade):
        return "open"
    more = f" + up to {number(grade.open_points)}" if grade.open_points else ""
    return f"{number(final_score(grade))}{more}"


def hidden_checks(cases: tuple[CaseResult, ...]) -> str:
    """The hidden checks in one sentence; '' if there are none."""
    hidden = [case for case in cases if case.hidden]
    passed = sum(case.outcome is Outcome.PASSED for case in hidden)
    plural = "s" if len(hidden) > 1 else ""
    return f"{len(hidden)} hidden check{plural}, {passed} passed" if hidden else ""


def titled(question: str, titles: Mapping[str, str]) -> str:
    """Return what a question is called, as in "q8 · SimpleCNN"; its id where it has no title."""
    title = titles.get(question, "")
    return f"{question} · {title}" if title else question

"""A grade in the form that Gradescope reads from `results.json`."""

from collections.abc import Sequence
from typing import Any, Literal

from autograder.plain_text import clean, one_line
from autograder.records import CaseResult, Ending, Grade, Layer, Outcome, QuestionResult
from autograder.reports.markdown import escaped
from autograder.reports.words import (
    ENDING_ADVICE,
    ENDING_WORDS,
    OUTCOME_WORDS,
    has_marks,
    score,
    student_ending,
    student_message,
)

Visibility = Literal["visible", "hidden", "after_due_date", "after_published"]


def results(
    grade: Grade, *, layers: Sequence[Layer] = (), visibility: Visibility = "visible"
) -> dict[str, Any]:
    """The content of `results.json`: one test for each question, in the assignment's order.

    `layers` are the layers of isolation that held during grading; `visibility` is that of the
    tests (if one is hidden, Gradescope hides the total too).

    Where a fault of the grader may have changed the marks, no `score` is given, neither for the
    whole nor for a question at fault. If nothing at all could be graded, Gradescope then finds no
    score and reports that the autograder failed: the student gets no zero, the instructor sees
    the submission among the failed ones, and can run it again. `extra_data`, which students do
    not see, tells the instructor what happened.
    """
    report: dict[str, Any] = {
        "execution_time": round(grade.seconds, 3),
        "output": _summary(grade, layers),
        "output_format": "md",
        "test_output_format": "md",
        "test_name_format": "text",
        "stdout_visibility": "hidden",
        "extra_data": {
            "ending": grade.ending.value,
            "needs_review": not has_marks(grade),
            "message": clean(grade.message),
            "submission": one_line(grade.source),
        },
        "tests": [
            _test(question, str(number), visibility)
            for number, question in enumerate(grade.questions, start=1)
        ],
    }
    if has_marks(grade):
        report["score"] = grade.score
    return report


def _summary(grade: Grade, layers: Sequence[Layer]) -> str:
    parts = [f"**The notebook {ENDING_WORDS[grade.ending]}.** Score: {score(grade)}."]
    if message := student_ending(grade):
        parts.append(escaped(message))
    if advice := ENDING_ADVICE[grade.ending]:
        parts.append(advice)
    elif not has_marks(grade):
        parts.append(ENDING_ADVICE[Ending.GRADER_ERROR])
    if grade.notes:
        parts.append("\n".join(f"- {escaped(note)}" for note in grade.notes))
    if layers:
        states = "; ".join(f"{escaped(layer.name)} {escaped(layer.state)}" for layer in layers)
        parts.append(f"Isolation while grading: {states}.")
    return "\n\n".join(parts)


def _test(question: QuestionResult, number: str, visibility: Visibility) -> dict[str, Any]:
    passed = question.outcome is Outcome.PASSED
    test: dict[str, Any] = {
        "name": one_line(question.question),
        "number": number,
        "status": "passed" if passed else "failed",
        "output": "\n".join(_line(case) for case in question.cases),
        "visibility": visibility,
        "tags": [question.outcome.value],
    }
    if question.outcome is Outcome.GRADER_ERROR:
        # A status would show the question as failed.
        del test["status"]
        return test
    return {**test, "score": question.score, "max_score": question.max_score}


def _line(case: CaseResult) -> str:
    kind = "hidden check" if case.hidden else "check"
    line = f"- {escaped(case.title)} ({kind}): **{OUTCOME_WORDS[case.outcome]}**"
    message = student_message(case)
    return f"{line}. {escaped(message)}" if message else line

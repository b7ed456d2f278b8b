"""A grade in the form that Gradescope reads from `results.json`."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from typing import Any

from pydantic import TypeAdapter, ValidationError

from autograder.course.late import final_score
from autograder.course.settings import Gradescope
from autograder.plain_text import clean, one_line
from autograder.records import ByHand, CaseResult, Grade, Outcome, QuestionResult, gravest
from autograder.reports.kinds.told import Leaderboard
from autograder.reports.markdown import escaped
from autograder.reports.words import (
    ENDING_WORDS,
    OUTCOME_WORDS,
    advice,
    has_marks,
    number,
    practice,
    reviews,
    score,
    student_ending,
    student_message,
    to_look_at,
)

_LEADERBOARD = TypeAdapter(Leaderboard)
ALL_VISIBLE = Gradescope(hidden_checks="visible")


def results(grade: Grade, *, shown: Gradescope = ALL_VISIBLE) -> dict[str, Any]:
    """The content of `results.json`: a test for each question, in the assignment's order.

    Where `shown` keeps the hidden checks back, each question has two tests: one of its public
    checks, which is always visible, and one of its hidden ones. Gradescope then keeps the total
    back as well; if `shown` tells it, it stands in the text above the tests.

    Where a fault of the grader may have changed the marks, no `score` is given, neither for the
    whole nor for a question at fault. If nothing at all could be graded, Gradescope then finds no
    score and reports that the autograder failed: the student gets no zero, the instructor sees
    the submission among the failed ones, and can run it again. `extra_data`, which students do
    not see, tells the instructor what happened.
    """
    report: dict[str, Any] = {
        "execution_time": round(grade.seconds, 3),
        "output": _summary(grade, shown.show_total),
        "output_format": "md",
        "test_output_format": "md",
        "test_name_format": "text",
        "stdout_visibility": "hidden",
        "extra_data": {
            "ending": grade.ending.value,
            "needs_review": not has_marks(grade),
            "look_at": {one_line(q.question): clean(q.review) for q in to_look_at(grade)},
            "message": clean(grade.message),
            "submission": one_line(grade.source),
            "peak_megabytes": grade.peak_megabytes and round(grade.peak_megabytes, 1),
            **_isolation(grade),
        },
        "tests": [
            test
            for number, question in enumerate(grade.questions, start=1)
            for test in _tests(question, str(number), shown)
        ],
    }
    report["tests"] += [
        _by_hand(question, question.by_hand)
        for question in grade.questions
        if question.by_hand and question.by_hand.answer
    ]
    if has_marks(grade):
        report["score"] = final_score(grade)
    if entries := _leaderboard(grade):
        report["leaderboard"] = entries
    return report


def _isolation(grade: Grade) -> dict[str, Any]:
    """The tier of isolation that the grade was made in, and whether that is enough."""
    if grade.isolation is None:
        return {}
    return {
        "isolation_tier": grade.isolation.tier,
        "isolation": grade.isolation.name,
        "practice": bool(grade.isolation.shortfall),
    }


def _leaderboard(grade: Grade) -> list[dict[str, Any]]:
    """Return what a check that passed has measured for it."""
    cases = (case for question in grade.questions for case in question.cases)
    shown = (case.evidence.get("leaderboard") for case in cases if case.outcome is Outcome.PASSED)
    for recorded in filter(None, shown):
        with suppress(ValidationError):
            return [asdict(entry) for entry in _LEADERBOARD.validate_python(recorded).entries]
    return []


def _summary(grade: Grade, show_total: bool) -> str:
    total = f" Score: {score(grade)}." if show_total or not has_marks(grade) else ""
    parts = [f"**The notebook {ENDING_WORDS[grade.ending]}.**{total}"]
    if told := practice(grade.isolation):
        parts.append(f"**{escaped(told)}**")
    parts += [escaped(each.told) for each in grade.decided if each.told]
    if message := student_ending(grade):
        parts.append(escaped(message))
    if told := advice(grade):
        parts.append(told)
    parts += [escaped(text) for text in reviews(grade)]
    for question in to_look_at(grade):
        name = escaped(question.question)
        parts.append(f"**An instructor will look at {name}:** {escaped(question.review)}.")
    if grade.notes:
        parts.append("\n".join(f"- {escaped(note)}" for note in grade.notes))
    if grade.isolation:
        layers = (f"{escaped(each.name)} {escaped(each.state)}" for each in grade.isolation.layers)
        parts.append(f"Isolation while grading: tier {grade.isolation.tier}: {'; '.join(layers)}.")
    return "\n\n".join(parts)


def _tests(question: QuestionResult, number: str, shown: Gradescope) -> Iterator[dict[str, Any]]:
    """One test, or two where public and hidden checks are not shown at the same time."""
    public = tuple(case for case in question.cases if not case.hidden)
    hidden = tuple(case for case in question.cases if case.hidden)
    name = one_line(question.question)
    if shown.hidden_checks == "visible" or not hidden:
        yield _test(name, number, question.cases, "visible")
        return
    if public:
        yield _test(name, f"{number}.1", public, "visible")
    yield _test(f"{name}: hidden checks", f"{number}.2", hidden, shown.hidden_checks)


def _test(name: str, number: str, cases: tuple[CaseResult, ...], visibility: str) -> dict[str, Any]:
    outcome = gravest(cases)
    test: dict[str, Any] = {
        "name": name,
        "number": number,
        "status": "passed" if outcome is Outcome.PASSED else "failed",
        "output": "\n".join(_line(case) for case in cases),
        "visibility": visibility,
        "tags": [outcome.value],
    }
    if outcome is Outcome.GRADER_ERROR:
        # A status would show the question as failed.
        del test["status"]
        return test
    points = round(sum(case.points for case in cases), 6)
    return {**test, "score": points, "max_score": round(sum(case.max_points for case in cases), 6)}


def _by_hand(question: QuestionResult, part: ByHand) -> dict[str, Any]:
    """What a person marks: on Gradescope with a rubric of its own, so without a score here."""
    name = one_line(question.question)
    state = part.told or f"up to {number(part.worth)} points, given by a person"
    return {
        "name": f"{name}: read by a person",
        "output": f"{escaped(state)}\n\n{escaped(part.answer)}",
        "visibility": "visible",
        "tags": ["by_hand"],
    }


def _line(case: CaseResult) -> str:
    kind = "hidden check" if case.hidden else "check"
    line = f"- {escaped(case.title)} ({kind}): **{OUTCOME_WORDS[case.outcome]}**"
    message = student_message(case)
    return f"{line}. {escaped(message)}" if message else line

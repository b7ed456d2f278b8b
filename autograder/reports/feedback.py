"""One page of feedback for one student: self-contained HTML without scripts."""

from collections.abc import Mapping
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from autograder.late import final_score
from autograder.plain_text import clean, one_line
from autograder.records import Ending, Grade, Outcome, QuestionResult
from autograder.reports.pictures import pictures_of
from autograder.reports.words import (
    ENDING_ADVICE,
    ENDING_WORDS,
    OUTCOME_SYMBOLS,
    OUTCOME_WORDS,
    has_marks,
    number,
    practice,
    student_ending,
    student_message,
)


def page(grade: Grade, title: str = "Feedback") -> str:
    """The feedback on `grade` as an HTML document headed `title`.

    All texts are escaped and cleaned of control characters. The page loads nothing, runs nothing,
    and forbids both in its content security policy.
    """
    return (
        environment()
        .get_template("feedback.html.j2")
        .render(
            title=title,
            grade=grade,
            final_score=final_score(grade),
            has_marks=has_marks(grade),
            percent=_percent(grade),
            ending=ENDING_WORDS[grade.ending],
            message=student_ending(grade),
            practice=practice(grade.isolation),
            advice=ENDING_ADVICE[grade.ending if has_marks(grade) else Ending.GRADER_ERROR],
            pictures=[pictures_of(question) for question in grade.questions],
            share=_share,
            any_hidden=any(case.hidden for result in grade.questions for case in result.cases),
            stopped_cells=[run for run in grade.cells if run.outcome is not Outcome.PASSED],
            tones=TONES,
            words=OUTCOME_WORDS,
            symbols=OUTCOME_SYMBOLS,
        )
    )


TONES: Mapping[Outcome, str] = {
    Outcome.PASSED: "good",
    Outcome.FAILED: "bad",
    Outcome.GRADER_ERROR: "open",
}
"""Colours for outcomes; every other outcome is a 'stop'."""


def _share(question: QuestionResult) -> float:
    """How far a question's bar is filled, 0 to 100; not at all while its points are open."""
    if question.outcome is Outcome.GRADER_ERROR or question.max_score <= 0:
        return 0
    return max(0, min(100, round(100 * question.score / question.max_score, 1)))


def _percent(grade: Grade) -> float:
    """How far the score bar is filled, 0 to 100; bonus points do not go beyond."""
    if not has_marks(grade) or grade.max_score <= 0:
        return 0
    return max(0, min(100, round(100 * final_score(grade) / grade.max_score, 1)))


@cache
def environment() -> Environment:
    """The templates beside this module, with the filters that make students' text harmless."""
    templates = Environment(
        loader=PackageLoader("autograder", "reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters["clean"] = clean
    templates.filters["one_line"] = one_line
    templates.filters["number"] = number
    templates.filters["student_message"] = student_message
    return templates

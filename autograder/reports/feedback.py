"""One page of feedback for one student: self-contained HTML without scripts."""

from collections.abc import Mapping
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from autograder.late import final_score
from autograder.plain_text import clean, one_line
from autograder.records import Ending, Grade, Outcome
from autograder.reports.words import (
    ENDING_ADVICE,
    ENDING_WORDS,
    OUTCOME_SYMBOLS,
    OUTCOME_WORDS,
    has_marks,
    number,
    student_ending,
    student_message,
)


def page(grade: Grade, title: str = "Feedback") -> str:
    """The feedback on `grade` as an HTML document headed `title`.

    All texts are escaped and cleaned of control characters. The page loads nothing, runs nothing,
    and forbids both in its content security policy.
    """
    return _template().render(
        title=title,
        grade=grade,
        final_score=final_score(grade),
        has_marks=has_marks(grade),
        percent=_percent(grade),
        ending=ENDING_WORDS[grade.ending],
        message=student_ending(grade),
        advice=ENDING_ADVICE[grade.ending if has_marks(grade) else Ending.GRADER_ERROR],
        any_hidden=any(case.hidden for result in grade.questions for case in result.cases),
        stopped_cells=[run for run in grade.cells if run.outcome is not Outcome.PASSED],
        tones=_TONES,
        words=OUTCOME_WORDS,
        symbols=OUTCOME_SYMBOLS,
    )


_TONES: Mapping[Outcome, str] = {
    Outcome.PASSED: "good",
    Outcome.FAILED: "bad",
    Outcome.GRADER_ERROR: "open",
}
"""Colours for outcomes; every other outcome is a 'stop'."""


def _percent(grade: Grade) -> float:
    """How far the score bar is filled, 0 to 100; bonus points do not go beyond."""
    if not has_marks(grade) or grade.max_score <= 0:
        return 0
    return max(0, min(100, round(100 * final_score(grade) / grade.max_score, 1)))


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("autograder", "reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["clean"] = clean
    environment.filters["one_line"] = one_line
    environment.filters["number"] = number
    environment.filters["student_message"] = student_message
    return environment.get_template("feedback.html.j2")

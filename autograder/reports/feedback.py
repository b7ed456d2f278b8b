"""One page of feedback for one student: self-contained HTML without scripts."""

import re
from collections.abc import Mapping
from functools import cache

from jinja2 import BaseLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from autograder.course.late import final_score
from autograder.plain_text import clean, one_line
from autograder.records import Grade, Outcome
from autograder.reports.feedback_entries import core_and_bonus, entries, parts, told_once
from autograder.reports.words import (
    ENDING_WORDS,
    OUTCOME_SYMBOLS,
    OUTCOME_WORDS,
    advice,
    has_marks,
    number,
    points,
    practice,
    reviews,
    sentence,
    student_ending,
    student_message,
)


def page(
    grade: Grade,
    title: str = "Feedback",
    titles: Mapping[str, str] | None = None,
    executed: bool = False,
) -> str:
    """The feedback on `grade` as an HTML document headed `title`.

    `titles` are those of the questions, by id. `executed`: the notebook as it was run lies beside
    the page, which has a link to it.

    All texts are escaped and cleaned of control characters. The page loads nothing, runs nothing,
    and forbids both in its content security policy.
    """
    listed = entries(grade, titles or {})
    core, bonus = core_and_bonus(grade, listed)
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
            advice=advice(grade),
            reviews=reviews(grade),
            decisions=[each for each in grade.decided if each.told],
            core=core,
            bonus=bonus,
            executed=executed,
            parts=parts(listed),
            unattempted=[each for each in listed if each.is_unattempted],
            full=[each for each in listed if each.is_full],
            any_hidden=any(case.hidden for result in grade.questions for case in result.cases),
            stopped_cells=told_once(grade),
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


def _percent(grade: Grade) -> float:
    """How far the score bar is filled, 0 to 100; bonus points do not go beyond."""
    if not has_marks(grade) or grade.max_score <= 0:
        return 0
    return max(0, min(100, round(100 * final_score(grade) / grade.max_score, 1)))


_CODE = re.compile(r"`([^`\n]+)`")


def with_code(text: str) -> Markup:
    """Students' text made harmless; what stands between backticks is code, as in Markdown."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(clean(text)))))


@cache
def environment() -> Environment:
    """The templates beside this module, with the filters that make students' text harmless."""
    return templates_in(PackageLoader("autograder", "reports"))


def templates_in(loader: BaseLoader) -> Environment:
    """Return the templates that `loader` finds: they escape everything, and have the filters."""
    templates = Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters["clean"] = clean
    templates.filters["with_code"] = with_code
    templates.filters["sentence"] = sentence
    templates.filters["one_line"] = one_line
    templates.filters["number"] = number
    templates.filters["points"] = points
    templates.filters["student_message"] = student_message
    return templates

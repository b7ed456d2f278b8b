"""The page on a whole class for its instructors: one file that needs nothing else.

Names, messages and code are students' text: escaped by the template, cleaned of control
characters. The page's own script sorts and searches; its hash is all that the policy allows.
"""

import base64
import hashlib
import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import TypeVar
from urllib.parse import quote

from markupsafe import Markup

from autograder.classroom.page.class_summary import question_summaries, scored
from autograder.classroom.reading import ClassGrades, Graded
from autograder.course.late import final_score
from autograder.records import Ending, Outcome, QuestionResult
from autograder.reports.class_figures import (
    distribution_words,
    measured_figure,
    memory_figure,
    score_figure,
    time_figure,
)
from autograder.reports.evidence import Evidence, evidence_of
from autograder.reports.feedback import TONES, environment
from autograder.reports.kinds.table import Table, together
from autograder.reports.kinds.told import Measured
from autograder.reports.words import (
    ENDING_WORDS,
    OUTCOME_WORDS,
    has_marks,
    needs_person,
    practice,
    reasons,
    to_look_at,
)
from autograder.reports.words import total as total_of
from autograder.similarity.former import Likeness
from autograder.similarity.identical import Alike
from autograder.similarity.pairs import Pair, Side

_ENDING_TONES: Mapping[Ending, str] = {Ending.COMPLETED: "good", Ending.GRADER_ERROR: "open"}
_LAYER_TONES = {"holds": "good", "absent": "stop", "failed": "bad"}
_WHOSE_MEMORY = "Each notebook’s own, without Python and the libraries, which all share."
_COLLECTED = ("table", "number")
"""Kinds of evidence that say something of a class."""
Kind = TypeVar("Kind", bound=Evidence)
Shown = Collection[Mapping[str, Evidence]]
"""The evidence of students, by name."""
_ALL = "All notebooks together"
_LINES_SHOWN = 60
_MATCHES_SHOWN = 3


def class_page(
    graded: ClassGrades,
    groups: Sequence[Alike],
    pairs: Sequence[Pair],
    answers: Mapping[str, Mapping[str, str]],
    like_former: Sequence[Likeness] = (),
    former: Sequence[str] = (),
) -> str:
    """The report on a class as an HTML document.

    `groups` have the same `answers`, `pairs` similar ones, and `like_former` such as somebody had
    in one of the classes called `former`; students are named by folder.
    """
    students = graded.students
    decided = scored(students)
    shown = {each.folder: evidence_of(each.grade.questions, _COLLECTED) for each in students}
    layers = graded.run.isolation.layers if graded.run.isolation else ()
    template = environment().get_template("class_report.html.j2")
    return template.render(
        run=graded.run,
        students=students,
        name_of=graded.run.name_of,
        max_score=max((each.grade.max_score for each in students), default=0),
        questions=question_summaries(students, graded.run.questions),
        review=[each for each in students if reasons(each.grade)],
        decisions=[(each, one) for each in students for one in each.grade.decided],
        to_look_at=[(each, question) for each in students for question in to_look_at(each.grade)],
        endings=Counter(each.grade.ending for each in students),
        figures=_figures(decided, shown.values()),
        measured=_of_kind(Measured, shown.values()),
        shown=shown,
        practice=sorted({practice(each.grade.isolation) for each in students} - {""}),
        final_score=final_score,
        has_marks=has_marks,
        reasons=reasons,
        needs_person=needs_person,
        total_of=total_of,
        results=_results,
        groups=groups,
        like_former=like_former,
        former=former,
        pairs=pairs,
        by_folder={each.folder: each for each in students},
        answers=answers,
        compared=len(answers),
        file=_file,
        lines=_shown_lines,
        matches_shown=_MATCHES_SHOWN,
        ending_words=ENDING_WORDS,
        tone_of=_tone,
        outcome_of=_outcome,
        ending_tones=_ENDING_TONES,
        layer_tones=_LAYER_TONES,
        weak=[layer for layer in layers if layer.state != "holds"],
        script=Markup(_script()),
        script_hash=_hash(_script()),
    )


def _figures(decided: Sequence[Graded], shown: Shown) -> list[tuple[str, Markup, str]]:
    """Heading, drawing and sentence of each distribution that there is something to say about."""
    scores = _finite(final_score(each.grade) for each in decided)
    seconds = _finite(each.grade.seconds for each in decided)
    peaks = (each.grade.peak_megabytes for each in decided)
    megabytes = _finite(peak for peak in peaks if peak is not None)
    found: list[tuple[str, Markup, str]] = []
    if scores:
        drawing = score_figure(scores, max(each.grade.max_score for each in decided))
        found.append(("Scores", drawing, distribution_words(scores, "points")))
    for measured in _of_kind(Measured, shown).values():
        unit = f"{measured[0].unit} {measured[0].of}".strip()
        words = distribution_words([each.value for each in measured], unit)
        found.append((measured[0].title, measured_figure(measured), words))
    if seconds:
        words = distribution_words(seconds, "seconds")
        found.append(("Time to grade", time_figure(seconds), words))
    if megabytes:
        words = f"{distribution_words(megabytes, 'MB')} {_WHOSE_MEMORY}"
        found.append(("Memory at the peak", memory_figure(megabytes), words))
    return [*found, *_tables(shown)]


def _tables(shown: Shown) -> list[tuple[str, Markup, str]]:
    """Return what tables of counts give that are added up."""
    whole = (together(tables, _ALL) for tables in _of_kind(Table, shown).values())
    return [(one.heading, one.drawing(_ALL), one.words) for one in whole if one]


def _of_kind(kind: type[Kind], shown: Shown) -> dict[str, list[Kind]]:
    """Return the evidence of this kind, by name."""
    found: dict[str, list[Kind]] = {}
    for name, each in ((name, each) for student in shown for name, each in student.items()):
        if isinstance(each, kind):
            found.setdefault(name, []).append(each)
    return found


def _finite(values: Iterable[float]) -> list[float]:
    return [value for value in values if math.isfinite(value)]


def _results(student: Graded) -> dict[str, QuestionResult]:
    return {result.question: result for result in student.grade.questions}


def _outcome(result: QuestionResult) -> str:
    """Return how a question went, in the words that the search knows."""
    if not result.attempted and result.score <= 0:
        return "not attempted"
    if _is_in_part(result):
        return f"in part, {OUTCOME_WORDS[result.outcome]}".removesuffix(", passed")
    return OUTCOME_WORDS[result.outcome]


def _tone(result: QuestionResult) -> str:
    if not result.attempted and result.score <= 0:
        return "blank"
    return "stop" if _is_in_part(result) else TONES.get(result.outcome, "stop")


def _is_in_part(result: QuestionResult) -> bool:
    """Whether it has some points, and others are lost, by a check or by who marked it."""
    lost = result.outcome is Outcome.FAILED or not result.is_full
    return lost and result.score > 0 and result.outcome in (Outcome.FAILED, Outcome.PASSED)


def _file(student: Graded, name: str) -> str:
    """The address of a student's file, seen from the report."""
    return f"students/{quote(student.folder)}/{quote(name)}"


def _shown_lines(side: Side) -> list[tuple[str, bool]]:
    """The lines of an answer, each with whether the other one has it; a long answer is cut."""
    lines = [
        (line, place in side.marked) for place, line in enumerate(side.lines[:_LINES_SHOWN], 1)
    ]
    return [*lines, ("…", False)] if len(side.lines) > _LINES_SHOWN else lines


@cache
def _script() -> str:
    return files("autograder.reports").joinpath("class_report.js").read_text("utf-8")


def _hash(script: str) -> str:
    """How a content security policy names an inline script."""
    digest = hashlib.sha256(script.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"

"""A class in numbers, without names: how each question and check went, and which causes were met.

For a colleague, a paper, or next year's course. No text of a student's is in it: causes stand by
their ids, which the lesson's own checks have given.
"""

import csv
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from autograder.plain_text import one_line
from autograder.records import CaseResult, Grade, Outcome, QuestionResult
from autograder.reports.feedback import environment
from autograder.reports.gradebook import harmless_cell
from autograder.reports.words import was_graded

LEAST_CLASS = 5
"""Fewer notebooks are no statistics: who is behind a number could be guessed."""
COLUMNS = ("question", "check", "hidden", "notebooks", "passed", "mean", "discrimination", "causes")


@dataclass(frozen=True)
class Line:
    """One question, or one check of it."""

    question: str
    check: str
    """Its title; '' for the question as a whole."""
    hidden: bool
    notebooks: int
    """How many it could be judged in: what the grader itself failed at counts nowhere."""
    passed: float
    """The share with all points, 0 to 1."""
    mean: float
    """The mean share of the points, 0 to 1."""
    discrimination: float | None
    """How the share of the points goes with that of all other questions (Pearson's r); None where
    one of both is the same for everybody."""
    causes: tuple[tuple[str, int], ...]
    """Ids of the causes with the number of notebooks, the commonest first."""


def statistics(grades: Sequence[Grade], questions: Sequence[str]) -> tuple[Line, ...]:
    """Return a line for each of `questions` and then for each of its checks.

    Counted are notebooks that were graded to the end; of a question only those in which something
    was written for it.
    """
    counted = [grade for grade in grades if was_graded(grade)]
    rest = {
        name: [_share([q for q in grade.questions if q.question != name]) for grade in counted]
        for name in questions
    }
    lines: list[Line] = []
    for name in questions:
        found = [
            (result, others)
            for grade, others in zip(counted, rest[name], strict=True)
            for result in grade.questions
            if result.question == name
            and result.attempted
            and result.outcome is not Outcome.GRADER_ERROR
        ]
        if found:
            lines.append(_of_question(name, found))
            lines += _of_checks(name, found)
    return tuple(lines)


def as_csv(lines: Sequence[Line]) -> str:
    """Return the statistics as a table: UTF-8, lines ended by a newline, shares from 0 to 1."""
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(COLUMNS)
    for line in lines:
        shares = (line.passed, line.mean, line.discrimination)
        causes = "; ".join(f"{cause} {count}" for cause, count in line.causes)
        writer.writerow(
            [
                harmless_cell(line.question),
                harmless_cell(line.check),
                "yes" if line.hidden else "no",
                line.notebooks,
                *("" if share is None else f"{share:.3f}" for share in shares),
                harmless_cell(causes),
            ]
        )
    return table.getvalue()


def as_page(title: str, notebooks: int, lines: Sequence[Line], titles: Mapping[str, str]) -> str:
    """Return the statistics as an HTML document."""
    template = environment().get_template("statistics.html.j2")
    return template.render(title=title, notebooks=notebooks, lines=lines, titles=titles)


def _of_question(name: str, found: Sequence[tuple[QuestionResult, float]]) -> Line:
    shares = [_share([result]) for result, _ in found]
    causes = Counter(
        cause
        for result, _ in found
        for cause in {cause for case in result.cases for cause in case.causes}
    )
    return _line(name, "", False, shares, [others for _, others in found], causes)


def _of_checks(name: str, found: Sequence[tuple[QuestionResult, float]]) -> list[Line]:
    by_title: dict[tuple[bool, str], list[tuple[CaseResult, float]]] = {}
    for result, others in found:
        for case in result.cases:
            by_title.setdefault((case.hidden, one_line(case.title, 200)), []).append((case, others))
    return [
        _line(
            name,
            title,
            hidden,
            [case.points / case.max_points if case.max_points else 1.0 for case, _ in cases],
            [others for _, others in cases],
            Counter(cause for case, _ in cases for cause in set(case.causes)),
        )
        for (hidden, title), cases in by_title.items()
    ]


def _line(
    name: str,
    check: str,
    hidden: bool,
    shares: Sequence[float],
    others: Sequence[float],
    causes: Counter[str],
) -> Line:
    return Line(
        name,
        check,
        hidden,
        len(shares),
        sum(share >= 1 for share in shares) / len(shares),
        sum(shares) / len(shares),
        _goes_with(shares, others),
        tuple(sorted(causes.items(), key=lambda item: (-item[1], item[0]))),
    )


def _share(results: Sequence[QuestionResult]) -> float:
    worth = sum(result.worth for result in results)
    return sum(result.score for result in results) / worth if worth else 0.0


def _goes_with(one: Sequence[float], other: Sequence[float]) -> float | None:
    if len(one) < 2 or np.std(one) < 1e-9 or np.std(other) < 1e-9:
        return None
    return float(np.corrcoef(one, other)[0, 1])

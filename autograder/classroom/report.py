"""Writes the report on a class from its store; the grades themselves stay as they are."""

import math
from collections.abc import Sequence
from pathlib import Path

from autograder.classroom.page.class_report import class_page
from autograder.classroom.page.statistics import LEAST_CLASS, as_csv, as_page, statistics
from autograder.classroom.reading import read_class
from autograder.classroom.views import Views
from autograder.reports.words import was_graded
from autograder.similarity.answers import answers_in
from autograder.similarity.former import FILE, FormerClass, as_json, like_former, marks_of
from autograder.similarity.identical import same_answers
from autograder.similarity.pairs import SHOWN_PAIRS, similar_pairs
from autograder.store.writing import StoreError

CLASS_REPORT = "class-report.html"
STATISTICS = "statistics"


def write_class_report(views: Views, release: Path, former: Sequence[FormerClass] = ()) -> Path:
    """Write the report on a class, and its fingerprints beside it, and return the report's path.

    `release` is the notebook that students start from: what it holds is nobody's own. `former` are
    classes to compare with. Raises `StoreError`.
    """
    graded = read_class(views)
    known = frozenset(graded.run.questions)
    answers = {
        student.folder: {question: found[question] for question in known & found.keys()}
        for student in graded.students
        if student.notebook and (found := answers_in(student.notebook))
    }
    starter = answers_in(release) or {}
    groups = same_answers(answers, starter)
    together = [frozenset(group.students) for group in groups]
    pairs = [
        pair
        for pair in similar_pairs(answers, starter, SHOWN_PAIRS + sum(map(_inside, together)))
        if not any({pair.first, pair.second} <= group for group in together)
    ][:SHOWN_PAIRS]
    marks = marks_of(answers, starter)
    views.store.write_file(FILE, as_json(marks))
    alike = like_former(marks, former)
    page = class_page(graded, groups, pairs, answers, alike, [each.name for each in former])
    return views.store.write_file(CLASS_REPORT, page)


def write_statistics(views: Views) -> tuple[Path, ...]:
    """Write what `statistics_files` gives, and return the files."""
    return tuple(
        views.store.write_file(name, content) for name, content in statistics_files(views).items()
    )


def statistics_files(views: Views) -> dict[str, str]:
    """Return what the class's marks say, without names: a page and a table, by file name.

    Raises `StoreError` for a class so small that a number would tell who is behind it.
    """
    graded = read_class(views)
    grades = [student.grade for student in graded.students]
    notebooks = sum(map(was_graded, grades))
    if notebooks < LEAST_CLASS:
        raise StoreError(
            f"{views.store.folder} holds {notebooks} graded notebooks. Statistics without names "
            f"need {LEAST_CLASS}: of fewer, everybody would know who is meant."
        )
    lines = statistics(grades, graded.run.questions)
    page = as_page(graded.run.title, notebooks, lines, graded.run.titles)
    return {f"{STATISTICS}.html": page, f"{STATISTICS}.csv": as_csv(lines)}


def _inside(group: frozenset[str]) -> int:
    """How many pairs there are in a group."""
    return math.comb(len(group), 2)

"""Writes the report on a class from its grades folder; the grades themselves stay as they are."""

from pathlib import Path

from autograder.class_folder import read_class
from autograder.reports.class_report import class_page
from autograder.similarity.answers import answers_in
from autograder.similarity.pairs import similar_pairs
from autograder.store import Store

CLASS_REPORT = "class-report.html"


def write_class_report(folder: Path, release: Path) -> Path:
    """Writes the report on the grades in `folder` and returns its path. Raises `StoreError`.

    `release` is the notebook that students start from: what it holds is nobody's own.
    """
    graded = read_class(folder)
    known = frozenset(graded.run.questions)
    answers = {
        student.folder: {question: found[question] for question in known & found.keys()}
        for student in graded.students
        if student.notebook and (found := answers_in(student.notebook))
    }
    pairs = similar_pairs(answers, answers_in(release) or {})
    content = class_page(graded, pairs, len(answers))
    return Store(folder).write_file(CLASS_REPORT, content.encode("utf-8", "replace"))

"""Writes the report on a class from its store; the grades themselves stay as they are."""

from pathlib import Path

from autograder.classroom.reading import read_class
from autograder.classroom.views import Views
from autograder.reports.class_report import class_page
from autograder.similarity.answers import answers_in
from autograder.similarity.pairs import similar_pairs

CLASS_REPORT = "class-report.html"


def write_class_report(views: Views, release: Path) -> Path:
    """Write the report on a class and return its path. Raises `StoreError`.

    `release` is the notebook that students start from: what it holds is nobody's own.
    """
    graded = read_class(views)
    known = frozenset(graded.run.questions)
    answers = {
        student.folder: {question: found[question] for question in known & found.keys()}
        for student in graded.students
        if student.notebook and (found := answers_in(student.notebook))
    }
    pairs = similar_pairs(answers, answers_in(release) or {})
    return views.store.write_file(CLASS_REPORT, class_page(graded, pairs, len(answers)))

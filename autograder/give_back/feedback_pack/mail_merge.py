"""A table for the instructor's mail program: who gets which page."""

import csv
import io
from collections import defaultdict
from collections.abc import Callable, Sequence

from autograder.course.late import final_score
from autograder.gradebooks.matching import match
from autograder.gradebooks.rows import Gradebook
from autograder.records import Grade, Person, Submission
from autograder.reports.gradebook import harmless_cell
from autograder.reports.words import number, was_graded

COLUMNS = ("student", "name", "email", "score", "max_score", "page", "notebook")

People = Callable[[Submission], Sequence[Person]]


def authors(submission: Submission) -> Sequence[Person]:
    """Return the authors as the download names them."""
    return submission.people


def from_gradebook(gradebook: Gradebook, submissions: Sequence[Submission]) -> People:
    """Return what gives a submission's authors as `gradebook` knows them, addresses included."""
    rows: dict[str, list[Person]] = defaultdict(list)
    matched = match(gradebook, submissions).submissions
    for row in gradebook.rows:
        if submission := matched.get(row.number):
            email = dict(row.keys).get("email", "")
            rows[submission.student].append(Person("", row.label, row.name, email))
    return lambda submission: rows.get(submission.student) or submission.people


def merge_rows(people: Sequence[Person], grade: Grade, page: str, notebook: str) -> list[list[str]]:
    """Return a row for each author; one for a student of whom no more than the id is known."""
    if not people:
        people = [Person("", grade.student, "", grade.student if "@" in grade.student else "")]
    score = number(final_score(grade)) if was_graded(grade) else ""
    return [
        [
            *(harmless_cell(text) for text in (one.id or grade.student, one.name, one.email)),
            *(score, number(grade.max_score), page, notebook),
        ]
        for one in people
    ]


def table(rows: Sequence[Sequence[str]]) -> bytes:
    """Return the CSV file: UTF-8, lines ended by a newline."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(rows)
    return stream.getvalue().encode("utf-8", "replace")

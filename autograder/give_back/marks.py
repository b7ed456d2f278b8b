"""Gives marks back: the gradebook that the instructor exported, with the marks filled in."""

from collections import defaultdict
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.course.late import final_score
from autograder.gradebooks import canvas, moodle, simple
from autograder.gradebooks.matching import match
from autograder.gradebooks.points import SAME, Scale, refused
from autograder.gradebooks.rows import Gradebook
from autograder.gradebooks.table import GradebookError, names_of, read_table
from autograder.plain_text import one_line
from autograder.records import Grade, Submission
from autograder.reports.words import has_marks, number, reasons, was_graded

_SYSTEMS = (
    canvas,
    *simple.STYLES,
    moodle,
    simple.BY_EMAIL,
)


@dataclass(frozen=True)
class Filled:
    """A gradebook with marks in it, not yet written."""

    content: bytes
    marks: int
    """How many rows have a mark."""
    remarks: tuple[str, ...]
    """Sentences on what was left out, replaced or may surprise."""


def read_gradebook(path: Path, column: str, names: Sequence[str]) -> Gradebook:
    """The gradebook in the file `path`, and where the marks go: `column`, or the only one possible.

    `names` is what the assignment is called: its title, and the notebook's name without a suffix.

    Raises `GradebookError` for what is none of a known system's, or only half of one.
    """
    table = read_table(path)
    for system in _SYSTEMS:
        if system.recognises(table):
            return replace(system.read(table, column, names), names=tuple(names))
    raise GradebookError(
        f"{one_line(path.name)} is neither Canvas's gradebook (Student, ID, …, Section, …) nor "
        "Moodle's grading worksheet (Identifier, …, Grade, …), Brightspace's or Blackboard's "
        "export, nbgrader's grades.csv or a table with a column of e-mail addresses: it has "
        f"{names_of(table.header, 4)}."
    )


def fill_in(
    gradebook: Gradebook,
    submissions: Sequence[Submission],
    grades: Sequence[Grade],
    scale: Scale = SAME,
) -> Filled:
    """The gradebook with the final score of every grade that has marks, in points of `scale`.

    A grade that waits for an instructor leaves its cell as it is. Members of a group get the
    group's score.
    """
    matched = match(gradebook, submissions)
    by_student = {grade.student: grade for grade in grades}
    changes: dict[tuple[int, int], str] = {}
    remarks = [*scale.remarks]
    for row in gradebook.rows:
        submission = matched.submissions.get(row.number)
        grade = by_student.get(submission.student) if submission else None
        if grade is None:
            continue
        cell = gradebook.table.rows[row.number][gradebook.column].text
        before = cell.strip()
        problem = _left_open(grade, before) or (_LOCKED if row.locked else "")
        if problem:
            remarks.append(f"{one_line(row.label)}: {problem}")
            continue
        value = scale.factor * final_score(grade)
        if told := refused(gradebook, value):
            remarks.append(f"{one_line(row.label)}: {told}")
        mark = number(value)
        mark = mark.replace(".", ",") if gradebook.decimal_comma else mark
        same = _same_number(before, mark)
        changes[row.number, gradebook.column] = cell if same else mark
        if grade.open_points:
            more = number(scale.factor * grade.open_points)
            remarks.append(
                f"{one_line(row.label)}: {mark} for now; up to {more} points are to be given by a "
                "person."
            )
        if before not in ("", "-") and not same:
            remarks.append(f"{one_line(row.label)}: {one_line(before)} was replaced by {mark}.")
    remarks += _of_groups(gradebook, matched.submissions, {number for number, _ in changes})
    content = gradebook.table.content(changes)
    return Filled(content, len(changes), (*remarks, *matched.remarks))


def _of_groups(
    gradebook: Gradebook, submissions: Mapping[int, Submission], filled: Container[int]
) -> list[str]:
    """A sentence for each mark that several rows have: whose hand-in it is."""
    rows: dict[str, list[str]] = defaultdict(list)
    for row in gradebook.rows:
        if row.number in filled:
            rows[submissions[row.number].student].append(one_line(row.label))
    by_student = {submission.student: submission for submission in submissions.values()}
    remarks: list[str] = []
    for student, labels in rows.items():
        if len(labels) > 1:
            group = by_student[student].group
            whose = f"'{one_line(student)}'" + (f", group {one_line(group)}" if group else "")
            *some, last = labels
            remarks.append(f"{', '.join(some)} and {last} have the mark of one hand-in: {whose}.")
    return remarks


def _same_number(before: str, mark: str) -> bool:
    """Whether both are one number, as 8, 8.0 and 8,00 are."""
    try:
        return float(before.replace(",", ".")) == float(mark.replace(",", "."))
    except ValueError:
        return False


_LOCKED = "the learning system says that this grade cannot be changed: left as it is."


def _left_open(grade: Grade, before: str) -> str:
    """Why no mark is written, or ''."""
    if grade.excused:
        return "excused by an instructor: left as it is."
    if not has_marks(grade):
        why = one_line(reasons(grade), 200)
        told = f" ({why})" if why else ""
        return f"the marks are open until an instructor has looked{told}; left as it is."
    if not was_graded(grade):
        why = one_line(grade.message, 200)
        return f"what was handed in could not be read, so no zero is written: {why}"
    if before.casefold() == "ex":
        return "excused in Canvas: left as it is."
    return ""

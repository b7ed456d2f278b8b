"""The class's marks as a table that spreadsheets and learning platforms read."""

import csv
import io
import re
from collections.abc import Mapping, Sequence

from autograder.late import final_score
from autograder.plain_text import clean
from autograder.records import Grade, Outcome
from autograder.reports.words import has_marks, number, to_look_at, was_graded

IDENTITY_COLUMNS = ("student", "submission", "ending", "score", "max_score")
LATE_COLUMNS = ("late_deduction", "final_score")
GROUP_COLUMN = "hand_in_of"

# Spreadsheets run cells that begin so, some of them after dropping blanks and quotes. The last four
# are the wide forms of the signs, which East Asian editions take for the plain ones.
_FORMULA = re.compile(r"[\s'\"]*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")


def gradebook(
    grades: Sequence[Grade],
    questions: Sequence[str] = (),
    *,
    late_policy: bool = False,
    others: Mapping[str, Sequence[str]] | None = None,
) -> str:
    """The gradebook as CSV: UTF-8 without a byte order mark, lines ended by a newline.

    Columns: student, submission, ending, score, max_score, then the points of each question,
    then `review`, which is "yes" where an instructor must look. `questions` gives the columns in
    the order of the assignment; without it they are taken from the grades. With a late policy,
    `late_deduction` and `final_score` follow `max_score`; `score` is what the work earned.

    `others` are the members of groups who did not hand in themselves, by the student who did: each
    has a row with the group's marks, and the column `hand_in_of` says whose hand-in it is.

    An unreadable submission has score 0, no points of questions, and asks for a look. Where the
    marks are open, the score is left empty (so are the points of the questions at fault): an empty
    cell cannot be taken for a zero.
    """
    columns = tuple(questions) or question_ids(grades)
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    named = [harmless_cell(column) for column in columns]
    late = LATE_COLUMNS if late_policy else ()
    group = [GROUP_COLUMN] if others else []
    writer.writerow([*IDENTITY_COLUMNS, *late, *named, "review", *group])
    for grade in grades:
        row = _row(grade, columns, late_policy)
        writer.writerow([*row, *([""] if group else [])])
        for member in (others or {}).get(grade.student, ()):
            writer.writerow([harmless_cell(member), *row[1:], harmless_cell(grade.student)])
    return table.getvalue()


def question_ids(grades: Sequence[Grade]) -> tuple[str, ...]:
    """The questions of all grades, in the order of the assignment."""
    # Every grade lists its questions in order; the fullest one misses none in between.
    fullest_first = sorted(grades, key=lambda grade: -len(grade.questions))
    found = (question.question for grade in fullest_first for question in grade.questions)
    return tuple(dict.fromkeys(found))


def harmless_cell(text: str) -> str:
    """`text` as a cell that no spreadsheet runs as a formula."""
    # Cleaning may bring a sign to the front; newlines stay, CSV allows them.
    shown = clean(text)
    return f"'{shown}" if _FORMULA.match(text) or _FORMULA.match(shown) else shown


def _row(grade: Grade, columns: Sequence[str], late_policy: bool) -> list[str]:
    late = [number(grade.late_deduction), number(final_score(grade))] if late_policy else []
    points = {
        question.question: number(question.score)
        for question in grade.questions
        if question.outcome is not Outcome.GRADER_ERROR
    }
    return [
        harmless_cell(grade.student),
        harmless_cell(grade.source),
        grade.ending.value,
        number(grade.score) if has_marks(grade) else "",
        number(grade.max_score),
        *(late if has_marks(grade) else [""] * len(late)),
        *(points.get(column, "") for column in columns),
        "" if was_graded(grade) and not to_look_at(grade) else "yes",
    ]

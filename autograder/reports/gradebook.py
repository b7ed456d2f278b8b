"""The class's marks as a table that spreadsheets and learning platforms read."""

import csv
import io
import re
from collections.abc import Mapping, Sequence

from autograder.course.late import final_score
from autograder.plain_text import clean
from autograder.records import Decided, Grade, QuestionResult
from autograder.reports.words import has_marks, needs_person, number

IDENTITY_COLUMNS = ("student", "submission", "ending", "score", "max_score")
DECISION_COLUMNS = ("engine_score", "open_points", "decisions")
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

    Where people have decided something, or have yet to mark a part, `engine_score` (what the
    checks alone gave), `open_points` and `decisions` follow; what is dropped or excused is empty.

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
    group = [GROUP_COLUMN] if others else []
    by_people = any(grade.decided or grade.open_points for grade in grades)
    final = late_policy or any(grade.added_after or grade.late_deduction for grade in grades)
    late = LATE_COLUMNS if final else ()
    extra = DECISION_COLUMNS if by_people else ()
    writer.writerow([*IDENTITY_COLUMNS, *late, *named, "review", *extra, *group])
    for grade in grades:
        row = [*_row(grade, columns, final), *(_by_people(grade) if by_people else [])]
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


def _row(grade: Grade, columns: Sequence[str], final: bool) -> list[str]:
    late = [number(grade.late_deduction), number(final_score(grade))] if final else []
    points = {
        question.question: number(question.score)
        for question in grade.questions
        if question.counts and _is_known(question)
    }
    return [
        harmless_cell(grade.student),
        harmless_cell(grade.source),
        grade.ending.value,
        number(grade.score) if has_marks(grade) else "",
        number(grade.max_score),
        *(late if has_marks(grade) else [""] * len(late)),
        *(points.get(column, "") for column in columns),
        "yes" if needs_person(grade) else "",
    ]


def _is_known(question: QuestionResult) -> bool:
    """Whether the question has points: the checks' or those that a person gave instead."""
    return not question.at_fault


def _by_people(grade: Grade) -> list[str]:
    """What the checks alone gave, the points that are open, and every decision with its author."""
    hidden = grade.withheld or not has_marks(grade)
    checks = grade.score if grade.engine_score is None else grade.engine_score
    told = (
        f"{each.kind}{f' {each.question}' if each.question else ''}{_moved(each)} "
        f"({each.who}, {each.when}: {each.why})"
        for each in grade.decided
    )
    return [
        "" if hidden else number(checks),
        number(grade.open_points) if grade.open_points else "",
        harmless_cell("; ".join(told)),
    ]


def _moved(entry: Decided) -> str:
    if entry.before is None or entry.after is None:
        return ""
    return f" {number(entry.before)} → {number(entry.after)}"

"""The changes of a regrade, as a table in the terminal and as CSV."""

import csv
import io
from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from autograder.classroom.regrade.changes import Change, Move
from autograder.plain_text import one_line
from autograder.reports.gradebook import harmless_cell
from autograder.reports.words import number

_SHOWN = 40


def show_changes(changes: Sequence[Change], students: int, console: Console) -> None:
    """Prints who of `students` would move; a long list ends with how many more there are."""
    if not changes:
        console.print(Text(f"No marks change: {students} graded anew."))
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for header in ("Student", "Before", "After", "Change", "Questions", "Remark"):
        points = header in ("Before", "After", "Change")
        table.add_column(header, justify="right" if points else "left", no_wrap=points)
    for change in changes[:_SHOWN]:
        table.add_row(
            Text(one_line(change.student, 40)),
            Text(_points(change.before)),
            Text(_points(change.after)),
            Text(_signed(change.difference), _style(change.difference)),
            Text(_moves(change.moves)),
            Text(change.remark),
        )
    console.print(table)
    if len(changes) > _SHOWN:
        console.print(Text(f"… and {len(changes) - _SHOWN} more, see the CSV file."))
    console.print(Text(summary(changes, students)), soft_wrap=True)


def summary(changes: Sequence[Change], students: int) -> str:
    """The regrade in one sentence."""
    differences = [change.difference or 0 for change in changes]
    up, down = sum(each > 0 for each in differences), sum(each < 0 for each in differences)
    return f"{len(changes)} of {students} would move: {up} up, {down} down."


def changes_csv(changes: Sequence[Change]) -> str:
    """The changes as CSV: UTF-8, one row a student and a column for each question that moves."""
    questions = dict.fromkeys(move.question for change in changes for move in change.moves)
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    named = [harmless_cell(question) for question in questions]
    writer.writerow(["student", "before", "after", "change", *named, "remark"])
    for change in changes:
        moves = {move.question: _signed(_difference(move)) or "open" for move in change.moves}
        writer.writerow(
            [
                harmless_cell(change.student),
                _points(change.before, ""),
                _points(change.after, ""),
                _signed(change.difference),
                *(moves.get(question, "") for question in questions),
                change.remark,
            ]
        )
    return table.getvalue()


def _moves(moves: Sequence[Move]) -> str:
    return ", ".join(
        f"{one_line(move.question, 20)} {_points(move.before)} → {_points(move.after)}"
        for move in moves
    )


def _difference(move: Move) -> float | None:
    return None if move.before is None or move.after is None else move.after - move.before


def _points(value: float | None, unknown: str = "–") -> str:
    return unknown if value is None else number(value)


def _signed(value: float | None) -> str:
    if value is None:
        return ""
    return f"+{number(value)}" if value > 0 else number(value)


def _style(difference: float | None) -> str:
    if difference is None:
        return "magenta"
    return "green" if difference > 0 else "red" if difference < 0 else ""

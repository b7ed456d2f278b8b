"""What an instructor sees in the terminal while a class is graded, and at the end."""

import threading
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from types import TracebackType

from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as RichProgress
from rich.table import Table
from rich.text import Text

from autograder.course.late import final_score
from autograder.plain_text import one_line
from autograder.records import Ending, Grade, Isolation, Outcome, QuestionResult, Submission
from autograder.reports.words import (
    ENDING_WORDS,
    has_marks,
    needs_person,
    number,
    practice,
    reasons,
    score,
    to_look_at,
    total,
    was_graded,
)

_STATE_STYLES = {"holds": "green", "absent": "yellow", "failed": "bold red"}
_NAMES_SHOWN = 3
_REST_SHOWN = 20
_FILE_WIDTH = 1000
_NAME_WIDTH = 40
_NARROWEST_NAME = 12
_ESTIMATE_OVER_SECONDS = 600
"""Submissions take seconds to minutes: a shorter memory would make the estimate jump."""


class Progress:
    """Live progress in a terminal, a line for each submission elsewhere; for many threads."""

    def __init__(
        self,
        submissions: Collection[Submission],
        graded: Collection[str] = (),
        console: Console | None = None,
    ) -> None:
        """`graded` are the students among `submissions` whose grade is known already."""
        self._console = console or Console(highlight=False)
        self._total = len(submissions)
        self._done = len(graded)
        self._running: list[str] = []
        self._lock = threading.Lock()
        self._bar = RichProgress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            # Names are students' text: never read as Rich's markup.
            TextColumn("{task.fields[running]}", markup=False),
            console=self._console,
            transient=True,
            speed_estimate_period=_ESTIMATE_OVER_SECONDS,
            disable=not self._console.is_terminal,
        )
        self._task = self._bar.add_task("Grading", total=self._total, running="")

    def __enter__(self) -> "Progress":
        if self._done:
            left = self._total - self._done
            self._print(f"{self._done} of {self._total} are graded already; {left} to do.")
        self._bar.update(self._task, completed=self._done)
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bar.stop()

    def started(self, student: str) -> None:
        """Counts `student` as running."""
        with self._lock:
            self._running.append(student)
            self._show()

    def described(self, where: str) -> None:
        """Says where it is graded, such as on how many workers."""
        with self._lock:
            self._bar.update(self._task, description=where)
            if not self._console.is_terminal:
                self._print(where)

    def finished(self, grade: Grade) -> None:
        """Counts a grade as done; says so in a line if nobody sees the bar or it needs a look."""
        with self._lock:
            if grade.student in self._running:
                self._running.remove(grade.student)
            self._done += 1
            self._show()
            if not self._console.is_terminal or grade.ending is not Ending.COMPLETED:
                self._print(_line(grade, self._done, self._total))

    def _show(self) -> None:
        names = ", ".join(one_line(name, 24) for name in self._running[:_NAMES_SHOWN])
        more = len(self._running) - _NAMES_SHOWN
        left = self._total - self._done - len(self._running)
        running = f"{names}{f' and {more} more' if more > 0 else ''}; {left} waiting"
        self._bar.update(self._task, completed=self._done, running=running)

    def _print(self, line: str) -> None:
        self._console.print(Text(line), soft_wrap=True)


def _line(grade: Grade, done: int, total: int) -> str:
    count = f"[{done:>{len(str(total))}}/{total}]"
    outcome = f"{ENDING_WORDS[grade.ending]}, {score(grade)}, {grade.seconds:.1f} s"
    message = f" ({one_line(grade.message, 200)})" if grade.message else ""
    return f"{count} {one_line(grade.student, 40)}: {outcome}{message}"


def show_isolation(isolation: Isolation, console: Console | None = None) -> None:
    """Prints the tier and which of its layers hold; those that do not come with the reason."""
    console = console or Console(highlight=False)
    tier = f"{isolation.tier}: {isolation.name}"
    line = Text.assemble("Isolation, tier ", (one_line(tier), "bold"), ": ")
    for place, layer in enumerate(isolation.layers):
        state = one_line(layer.state)
        line.append(f"{', ' if place else ''}{one_line(layer.name)} ")
        line.append(state, _STATE_STYLES.get(state, ""))
    console.print(line, soft_wrap=True)
    for layer in isolation.layers:
        if layer.state != "holds" and layer.detail:
            console.print(Text(f"  {one_line(layer.name)}: {one_line(layer.detail, 300)}"))
    if isolation.shortfall:
        told = f"Good for practice only: {isolation.shortfall}."
        console.print(Text(told, "bold yellow"), soft_wrap=True)


def show_summary(
    grades: Sequence[Grade],
    questions: Sequence[str],
    output: Path,
    console: Console | None = None,
) -> None:
    """Prints a table of all grades, then the totals and where the reports are."""
    console = console or Console(highlight=False)
    _print_table(console, grades, questions)
    console.print(Text(totals(grades)), soft_wrap=True)
    for told in sorted({practice(grade.isolation) for grade in grades} - {""}):
        console.print(Text(told, "bold yellow"), soft_wrap=True)
    console.print(Text(f"Gradebook, class report and feedback: {output}"), soft_wrap=True)
    for grade in grades:
        if reasons(grade):
            reason = one_line(reasons(grade), 300)
            console.print(Text(f"  review {one_line(grade.student, 40)}: {reason}"), soft_wrap=True)
        for question in to_look_at(grade):
            name = f"{one_line(grade.student, 40)}, {one_line(question.question, 12)}"
            reason = one_line(question.review, 300)
            console.print(Text(f"  look at {name}: {reason}"), soft_wrap=True)


def show_remarks(heading: str, remarks: Sequence[str], console: Console | None = None) -> None:
    """Prints `heading`, then each remark on a line of its own."""
    console = console or Console(highlight=False)
    console.print(Text(one_line(heading, 300)), soft_wrap=True)
    for remark in remarks:
        console.print(Text(f"  {one_line(remark, 400)}"), soft_wrap=True)


def show_rest(
    submissions: Collection[Submission], grades: Sequence[Grade], console: Console | None = None
) -> None:
    """Print who is in the class and not among `submissions`."""
    given = {submission.student for submission in submissions}
    rest = [one_line(grade.student, 40) for grade in grades if grade.student not in given]
    if rest:
        console = console or Console(highlight=False)
        heading = f"{len(rest)} of the class are not among the submissions and stay as they were: "
        more = f" and {len(rest) - _REST_SHOWN} more" if rest[_REST_SHOWN:] else ""
        console.print(Text(f"{heading}{', '.join(rest[:_REST_SHOWN])}{more}."), soft_wrap=True)


def show_outdated(outdated: Mapping[str, str], console: Console | None = None) -> None:
    """Print how many marks stand that would be made otherwise now, and what to do about it."""
    if outdated:
        console = console or Console(highlight=False)
        parts = ", ".join(sorted({one_line(part) for part in outdated.values()}))
        told = (
            f"{len(outdated)} settled marks stand, though they would be graded anew now (what "
            f"differs: {parts}). To see who would move before anything is replaced: make regrade. "
            "To grade them anew at once: make grade FORCE=1."
        )
        console.print(Text(told, "bold yellow"), soft_wrap=True)


def totals(grades: Sequence[Grade]) -> str:
    """The class in one line. The mean is over those notebooks that were run and have marks."""
    excused = sum(grade.excused for grade in grades)
    open_marks = sum(not has_marks(grade) for grade in grades) - excused
    to_mark = sum(bool(grade.open_points) for grade in grades)
    unreadable = sum(grade.ending is Ending.UNREADABLE for grade in grades)
    scores = [final_score(grade) for grade in grades if was_graded(grade)]
    parts = [f"{len(scores)} graded"]
    parts += [f"{unreadable} could not be read"] if unreadable else []
    parts += [f"{open_marks} need{'s' * (open_marks == 1)} review"]
    parts += [f"{to_mark} with a part to be marked by a person"] if to_mark else []
    parts += [f"{excused} excused"] if excused else []
    if scores:
        mean = number(round(sum(scores) / len(scores), 1))
        parts.append(f"mean {mean} of {number(max(grade.max_score for grade in grades))}")
    return ", ".join(parts) + "."


def _print_table(console: Console, grades: Sequence[Grade], questions: Sequence[str]) -> None:
    """The table as it fits: a file gets all of it, a narrow terminal no single questions."""
    if not console.is_terminal:
        table = _table(grades, questions, _NAME_WIDTH)
        console = Console(file=console.file, width=_FILE_WIDTH, highlight=False)
    else:
        spare = console.width - console.measure(_table(grades, questions, 0)).minimum
        if spare < _NARROWEST_NAME:
            questions = ()
            spare = console.width - console.measure(_table(grades, (), 0)).minimum
        table = _table(grades, questions, min(_NAME_WIDTH, max(spare, _NARROWEST_NAME)))
    console.print(table)


def _table(grades: Sequence[Grade], questions: Sequence[str], name_width: int) -> Table:
    rows = [_row(grade, questions, name_width) for grade in grades]
    headers = ["Student"[:name_width], "Ending", "Score", *questions, "Review"]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for place, header in enumerate(one_line(header, 12) for header in headers):
        width = max(len(header), *(row[place].cell_len for row in rows), 0)
        # A minimum for every column: otherwise Rich takes the room of a long name from all.
        justify = "left" if header in ("Student", "Ending", "Review") else "right"
        table.add_column(Text(header), justify=justify, no_wrap=True, min_width=width)
    for row in rows:
        table.add_row(*row)
    return table


def _row(grade: Grade, questions: Sequence[str], name_width: int) -> list[Text]:
    results = {result.question: result for result in grade.questions}
    return [
        Text(one_line(grade.student, name_width) if name_width else ""),
        Text(grade.ending.value.replace("_", " "), _ending_style(grade)),
        Text(total(grade)),
        *(_points(results.get(question)) for question in questions),
        Text(_review(grade), "bold magenta"),
    ]


def _review(grade: Grade) -> str:
    """What a person has to look at: everything, or single questions."""
    questions = (one_line(question.question, 12) for question in to_look_at(grade))
    named = " ".join(questions)
    return named if named and was_graded(grade) else "review" * needs_person(grade)


def _ending_style(grade: Grade) -> str:
    if grade.ending is Ending.COMPLETED:
        return "green"
    return "yellow" if has_marks(grade) else "bold magenta"


def _points(result: QuestionResult | None) -> Text:
    if result is None:
        return Text("")
    if result.at_fault:
        return Text("?", "bold magenta")
    style = "" if result.outcome is Outcome.PASSED else "yellow"
    return Text(number(result.score), style)

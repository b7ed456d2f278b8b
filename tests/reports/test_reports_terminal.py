"""The terminal: progress and summary, with students' text as text."""

import io
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from autograder.records import Grade, Isolation, Layer, Submission
from autograder.reports.terminal import Progress, show_isolation, show_summary, totals
from tests.support.sample_grades import (
    COMPLETED,
    GRADE,
    GRADER_ERROR,
    HOSTILE_NAMES,
    UNREADABLE,
    hostile_grade,
)


def _console(terminal: bool = False, width: int = 80) -> tuple[Console, io.StringIO]:
    file = io.StringIO()
    console = Console(
        file=file, force_terminal=terminal, width=width, color_system=None, highlight=False
    )
    return console, file


def _submissions(*grades: Grade) -> list[Submission]:
    return [Submission(grade.student, Path(grade.source)) for grade in grades]


def _summary(*grades: Grade, terminal: bool = False, width: int = 80) -> str:
    console, file = _console(terminal, width)
    show_summary(grades, ("q1", "q3"), Path("grades"), console)
    return file.getvalue()


def test_without_a_terminal_every_grade_is_a_plain_line() -> None:
    console, file = _console()
    with Progress(_submissions(COMPLETED, UNREADABLE), console=console) as progress:
        for grade in (COMPLETED, UNREADABLE):
            progress.started(grade.student)
            progress.finished(grade)
    assert file.getvalue() == (
        "[1/2] student_001: ran to the end, 7.5 of 12.5, 52.2 s\n"
        "[2/2] student_002: could not be read, 0 of 12.5, 0.0 s (It is broken.)\n"
    )


def test_grades_of_an_earlier_run_count_as_done() -> None:
    console, file = _console()
    with Progress(_submissions(COMPLETED, UNREADABLE), ["student_001"], console) as progress:
        progress.finished(UNREADABLE)
    assert file.getvalue().startswith("1 of 2 are graded already; 1 to do.\n[2/2] student_002")


def test_in_a_terminal_only_trouble_is_a_line() -> None:
    console, file = _console(terminal=True, width=120)
    with Progress(_submissions(COMPLETED, UNREADABLE), console=console) as progress:
        progress.started("student_001")
        progress.finished(COMPLETED)
        progress.finished(UNREADABLE)
    assert "[2/2] student_002: could not be read" in file.getvalue()
    assert "[1/2]" not in file.getvalue()


def test_many_threads_may_report_at_once() -> None:
    console, file = _console()
    grades = [replace(COMPLETED, student=f"student_{number:03}") for number in range(200)]
    with Progress(_submissions(*grades), console=console) as progress:

        def report(some: list[Grade]) -> None:
            for grade in some:
                progress.started(grade.student)
                progress.finished(grade)

        threads = [threading.Thread(target=report, args=(grades[n::8],)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    counts = [int(line[1:4]) for line in file.getvalue().splitlines()]
    assert counts == list(range(1, 201))


def test_the_summary_has_a_row_for_each_student_and_the_totals() -> None:
    lines = [line.split() for line in _summary(GRADE, GRADER_ERROR, UNREADABLE).splitlines()]
    assert ["Student", "Ending", "Score", "q1", "q3", "Review"] in lines
    assert ["student_001", "time", "limit", "7.5", "5", "2.5"] in lines
    assert ["student_003", "grader", "error", "open", "5", "review"] in lines
    assert ["student_002", "unreadable", "0", "review"] in lines


def test_the_totals_leave_open_and_unread_grades_out_of_the_mean() -> None:
    assert totals([GRADE, replace(COMPLETED, score=12.5), GRADER_ERROR, UNREADABLE]) == (
        "2 graded, 1 could not be read, 1 needs review, mean 10 of 12.5."
    )
    assert totals([GRADER_ERROR, GRADER_ERROR]) == "0 graded, 2 need review."


def test_what_needs_review_is_named_with_its_reason() -> None:
    assert "review student_003: RuntimeError: secret 42" in _summary(GRADER_ERROR)


@pytest.mark.parametrize("width", [20, 50, 80, 200])
def test_a_table_fits_the_terminal(width: int) -> None:
    table = _summary(replace(GRADE, student="x" * 300), terminal=True, width=max(width, 50))
    rows = [line for line in table.splitlines() if "time limit" in line]
    assert len(rows) == 1 and len(rows[0]) <= max(width, 50)
    _summary(GRADE, terminal=True, width=width)


def test_a_summary_of_nobody_is_no_error() -> None:
    assert "0 graded" in _summary()


@pytest.mark.parametrize("name", HOSTILE_NAMES, ids=lambda name: repr(name)[:24])
def test_a_hostile_name_writes_one_line_of_text(name: str) -> None:
    console, file = _console()
    with Progress(_submissions(hostile_grade(name)), console=console) as progress:
        progress.started(name)
        progress.finished(hostile_grade(name))
    assert file.getvalue().count("\n") == 1
    shown = file.getvalue() + _summary(hostile_grade(name), replace(GRADER_ERROR, message=name))
    assert not set("\x1b\x00\r\x07\u202e\ud800") & set(shown)
    shown.encode()
    if "[red]" in name:
        assert "[red]" in shown


@pytest.mark.parametrize("name", HOSTILE_NAMES, ids=lambda name: repr(name)[:24])
def test_a_hostile_name_beside_the_bar_is_no_markup(name: str) -> None:
    console, file = _console(terminal=True, width=200)
    # Still running at the end, so that the last picture of the bar shows the name.
    with Progress(_submissions(hostile_grade(name)), console=console) as progress:
        progress.started(name)
    assert "<script>alert(1)" in file.getvalue() or "script" not in name
    assert not set("\x00\x07\u202e\ud800") & set(file.getvalue())


def test_a_running_name_in_brackets_is_shown() -> None:
    console, file = _console(terminal=True, width=200)
    with Progress(_submissions(COMPLETED), console=console) as progress:
        progress.started("[bold]a[/red]")
    assert "[bold]a[/red]; 0 waiting" in file.getvalue()


def test_layers_that_do_not_hold_come_with_the_reason() -> None:
    console, file = _console()
    layers = (Layer("network", "holds"), Layer("landlock", "absent", "[b]no kernel support"))
    show_isolation(Isolation(3, "container", layers), console)
    assert file.getvalue() == (
        "Isolation, tier 3: container: network holds, landlock absent\n"
        "  landlock: [b]no kernel support\n"
    )

"""A term: 200 students, late ones, an extension, a dropped question, marks by hand, a complaint.

Every mark in the end is that of a plain table. The engine's grades are made here; everything after
them is the kit's own: store, decisions, desk, gradebooks.
"""

import csv
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from autograder.classroom.showing import Showing
from autograder.classroom.views import Views
from autograder.course.rubric import Criterion, Rubric
from autograder.course.settings import LatePolicy
from autograder.give_back.marks import fill_in
from autograder.records import ByHand, Ending, Grade, Outcome, Person, QuestionResult
from autograder.store.decisions.model import Decision, Kind
from autograder.store.decisions.writing import add_decisions
from autograder.store.kept import Attempt, Run
from autograder.store.store import Store
from tests.support.assignments import read_gradebook
from tests.support.browser import browser
from tests.support.running_desk import Running, running_desk
from tests.support.sample_class import BASIS
from tests.support.sample_grades import case

DUE = datetime(2026, 3, 1, 12, tzinfo=UTC)
NOON = datetime(2026, 3, 5, 12, tzinfo=UTC)
FULL, WORTH = 32.0, {"q1": 10.0, "q2": 10.0, "q3": 12.0}
RUBRIC = Rubric("filter_notes", (Criterion("detector", 1.0), Criterion("evidence", 1.0)))
ON_TIME, WRITERS = 200, 40
LATE, EXTENDED = "student_201", "student_202"
COMPLAINT, REGRADED = "student_011", "student_010"


def engines_points(number: int) -> dict[str, float]:
    return {"q1": number % 11, "q2": (3 * number) % 11, "q3": (7 * number) % 11}


def graded(number: int, **changed: float) -> Grade:
    notes = f"Filter {number} looks for edges." if number <= WRITERS else ""
    questions: list[QuestionResult] = []
    for name, points in (engines_points(number) | changed).items():
        outcome = Outcome.PASSED if points == 10 else Outcome.FAILED
        check = replace(case("Check", outcome), points=float(points), max_points=10.0)
        by_hand = ByHand(2.0, notes) if name == "q3" else None
        questions.append(QuestionResult(name, points, 10.0, outcome, (check,), by_hand=by_hand))
    score = float(sum(each.score for each in questions))
    name = f"student_{number:03d}"
    return Grade(name, f"{name}.ipynb", Ending.COMPLETED, "", score, FULL, tuple(questions))


def hand_in(views: Views, numbers: range, submitted: datetime, **changed: float) -> None:
    """Keep the grades of some students, as a run of the engine does."""
    store = views.store
    store.begin(Run("grade", BASIS, "ann"))
    for number in numbers:
        grade = graded(number, **changed)
        people = (
            Person("canvas", f"{1000 + number}", ""),
            Person("moodle", f"{5000 + number}", ""),
        )
        store.save(
            grade, Attempt(grade.source, "bytes", people, submitted=submitted, due=DUE), None
        )
    views.refresh()


@pytest.fixture
def views(tmp_path: Path) -> Iterator[Views]:
    showing = Showing(
        "CNN",
        questions=tuple(WORTH),
        late=LatePolicy(percent_per_day=10),
        rubrics={"q3": RUBRIC},
        worth=WORTH,
        full=FULL,
    )
    made = Views(Store(tmp_path / "grades"), showing)
    yield made
    made.store.close()


def decide(views: Views, kind: Kind, student: str = "", **more: object) -> None:
    said = {"who": "ann", "when": NOON, "why": "as the course has decided"}
    made = Decision(kind, student=student, **(said | more))  # type: ignore[arg-type]
    add_decisions(views.store.folder, [made], views.showing.known)


def marks_by_hand(number: int) -> tuple[float, float]:
    return float(number % 2), 0.5 * (number % 3)


def mark_all(desk: Running) -> None:
    """Ann and Bob mark in a browser each, by turns, what falls to them by their names."""
    with browser() as chrome:
        pages: list[Any] = []
        for who in ("ann", "bob"):
            address = desk.desk.gate.address_for(who)
            page = chrome.new_context(viewport={"width": 1366, "height": 900}).new_page()
            page.goto(address)
            pages.append(page)
        for page, who in zip(pages, ("ann", "bob"), strict=True):
            page.goto(f"{desk.origin}/marking/q3")
            page.get_by_role("link", name=who, exact=True).click()
            page.wait_for_url("**parts=2**")
        for place in range(WRITERS // 2):
            for page in pages:
                mark_one(page, place)
        for page in pages:
            assert page.locator("input:invalid").count() == 0
            page.context.close()


def mark_one(page: Any, place: int) -> None:
    """Fill in the points of one answer; one key saves them, and the next answer is chosen."""
    form = page.locator("form.marking").nth(place)
    number = int(form.locator("h2 a").inner_text().removeprefix("student_"))
    assert f"Filter {number} looks" in form.inner_text()
    for field, points in zip(
        form.locator("input[type=number]").all(), marks_by_hand(number), strict=True
    ):
        field.fill(f"{points:g}")
    form.focus()
    chosen = f"document.querySelector('form.here')?.id === {form.get_attribute('id')!r}"
    for _ in range(WRITERS):
        if not page.evaluate(chosen):
            page.keyboard.press("j")
    assert page.evaluate(chosen)
    with page.expect_navigation():
        page.keyboard.press("s")


def expected() -> dict[str, float]:
    """Every total, from what happened, without anything of the kit's."""
    totals: dict[str, float] = {}
    for number in range(1, ON_TIME + 3):
        student = f"student_{number:03d}"
        points = engines_points(number)
        if student == COMPLAINT:
            points["q1"] = 9.5
        if student == REGRADED:
            points["q1"] = 10
        by_hand = sum(marks_by_hand(number)) if number <= WRITERS else 0.0
        counted = points["q1"] + points["q3"] + by_hand
        total = counted * FULL / (FULL - WORTH["q2"])  # q2 counts for nobody
        if student == LATE:
            total -= 2 * 0.1 * FULL
        totals[student] = round(max(total, 0.0), 2)
    return totals


def canvas_export() -> str:
    lines = ["Student,ID,SIS User ID,SIS Login ID,Section,CNN (77)", "    Points Possible,,,,,32"]
    lines += [f'"Doe, N{n}",{1000 + n},s{n},login{n},A,' for n in range(1, ON_TIME + 3)]
    return "\n".join(lines) + "\n"


def moodle_export() -> str:
    head = "Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,"
    lines = [f"{head}Last modified (grade)"]
    lines += [
        f"Participant {5000 + n},N{n} Doe,n{n}@x.example,,,32.00,Yes,-" for n in range(1, 203)
    ]
    return "\n".join(lines) + "\n"


@pytest.mark.slow
def test_every_mark_of_a_term_is_that_of_a_plain_table(views: Views, tmp_path: Path) -> None:
    hand_in(views, range(1, ON_TIME + 1), DUE - timedelta(hours=3))
    # Two hand in late, one of them has more time; the others stay.
    hand_in(views, range(201, 203), DUE + timedelta(days=1, hours=6))
    assert len(views.table()) == ON_TIME + 2
    decide(views, Kind.EXTENSION, EXTENDED, until=DUE + timedelta(days=3))
    # A broken question counts for nobody; a complaint is right; notes are marked at the desk.
    decide(views, Kind.DROP, question="q2")
    decide(views, Kind.OVERRIDE, COMPLAINT, question="q1", points=9.5)
    release = tmp_path / "release.ipynb"
    release.write_text('{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}')
    with running_desk(views, release) as desk:
        mark_all(desk)
    # One is graded again, and so is the one with a decision, which stands.
    hand_in(views, range(10, 12), DUE - timedelta(hours=3), q1=10)
    views.refresh()
    with (views.store.folder / "gradebook.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["student"]: row for row in csv.DictReader(file)}
    assert {name: float(row["final_score"]) for name, row in rows.items()} == expected()
    assert not any(row["open_points"] for row in rows.values())
    for export, title in ((canvas_export(), "CNN (77)"), (moodle_export(), "Grade")):
        path = tmp_path / "export.csv"
        path.write_text(export, "utf-8")
        filled = fill_in(read_gradebook(path, "", "CNN"), views.handed_in(), views.table())
        assert filled.marks == ON_TIME + 2
        back = list(csv.reader(filled.content.decode().splitlines()))
        column = back[0].index(title)
        marks = [float(row[column]) for row in back[-(ON_TIME + 2) :]]
        assert marks == list(expected().values())

"""Deciding at the desk: forms become decisions, keys give marks, two people see each other."""

import csv
import json
import random
import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from autograder.classroom.views import Views
from autograder.course.rubric import Criterion, Rubric
from autograder.records import ByHand, Grade
from autograder.store.decisions.reading import FILE, read_decisions
from tests.support.browser import browser
from tests.support.running_desk import Answered, Running, running_desk
from tests.support.sample_class import OWN, STARTER, executed, ordinary_grade, write_class
from tests.support.sample_grades import UNREADABLE

RUBRIC = Rubric("filter_notes", (Criterion("detector", 1.0), Criterion("evidence", 1.0, "numbers")))
SETS = {"kind": "override", "student": "student_001", "why": "w"}
NOTES = {
    "student_001": "A filter is bright above and dark below: it answers to horizontal edges.",
    "student_002": "They look for edges. <script>document.title = 'taken'</script>",
    "student_003": "",
    "student_004": "One filter blurs.",
}


def class_with_notes(folder: Path) -> Views:
    """Four students whose q12 has a part that people mark, and a file that can't be read."""
    rng = random.Random(7)
    made = {student: without_pictures(ordinary_grade(student, rng)) for student in NOTES}
    given = [with_notes(made[student], text) for student, text in NOTES.items()]
    others = [replace(UNREADABLE, student="student_005")]
    answers = {student: {"q3": OWN} for student in NOTES}
    views = write_class(folder / "grades", [*given, *others], answers)
    views.showing = replace(
        views.showing,
        rubrics={"q12": RUBRIC},
        worth={each.question: each.worth for each in given[0].questions},
    )
    return views


def without_pictures(grade: Grade) -> Grade:
    """The grade with nothing to draw, which takes most of the time of writing a class."""
    plain = tuple(
        replace(each, cases=tuple(replace(case, evidence={}) for case in each.cases))
        for each in grade.questions
    )
    return replace(grade, questions=plain)


def with_notes(grade: Grade, text: str) -> Grade:
    *others, last = grade.questions
    return replace(grade, questions=(*others, replace(last, by_hand=ByHand(2.0, text))))


@pytest.fixture
def views(tmp_path: Path) -> Views:
    return class_with_notes(tmp_path)


@pytest.fixture
def door(views: Views, tmp_path: Path) -> Iterator[Running]:
    release = tmp_path / "release.ipynb"
    release.write_text(json.dumps(executed(STARTER)))
    with running_desk(views, release) as running:
        yield running


def send(desk: Running, path: str = "/decide", **fields: str) -> Answered:
    return desk.ask(
        path, "POST", body=urlencode({k.replace("__", ":"): v for k, v in fields.items()})
    )


def key_of(desk: Running, student: str) -> str:
    page = desk.ask("/marking/q12").text
    found = re.search(rf'id="a-(\w+)".*?students/{student}"', page, re.DOTALL)
    assert found
    return re.findall(r'id="a-(\w+)"', page[: found.end()])[-1]


def mark(desk: Running, student: str, one: str, two: str, stamp: str = "", **more: str) -> Answered:
    key = key_of(desk, student)
    fields = {"kind": "mark", "question": "q12", "key": key, "stamp": stamp, **more}
    return send(desk, **fields, criterion__detector=one, criterion__evidence=two)


def test_points_that_are_set_count_and_are_kept_with_who_and_why(door: Running, views: Views):
    ann = door.let_in("ann")
    fields = {"student": "student_001", "question": "q3", "why": "too strict", "back": "/students"}
    answer = send(ann, kind="override", points="1,5", **fields)
    assert (answer.status, answer.headers["location"]) == (303, "/students")
    (made,) = read_decisions(views.store.folder).standing
    assert (made.who, made.why, made.points, made.question) == ("ann", "too strict", 1.5, "q3")
    assert "too strict" in ann.ask("/students/student_001").text
    views.refresh()
    with (views.store.folder / "gradebook.csv").open() as file:
        rows = {row["student"]: row for row in csv.DictReader(file)}
    assert rows["student_001"]["q3"] == "1.5"


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"kind": "override", "student": "student_001", "points": "2"}, "Say why"),
        (SETS | {"points": "x"}, "of points"),
        (SETS | {"points": "nan"}, "of points"),
        ({"kind": "override", "student": "nobody", "points": "2", "why": "w"}, "in the class"),
        ({"kind": "comment", "student": "student_001"}, "Write the comment"),
        ({"kind": "extension", "student": "student_001", "why": "ill"}, "Until when"),
        ({"kind": "marvel"}, "choose one of the buttons"),
        ({}, "choose one of the buttons"),
        (SETS | {"question": "q3", "points": "99"}, "isn&#39;t between"),
        ({"kind": "mark", "question": "q3", "student": "student_001"}, "every criterion"),
    ],
)
def test_a_form_that_cannot_be_used_is_told_and_decides_nothing(
    door: Running, views: Views, fields: dict[str, str], told: str
):
    answer = send(door.let_in(), **fields)
    assert answer.status in (400, 500) and told in answer.text.replace("’", "'")
    assert not (views.store.folder / FILE).exists()


@pytest.mark.parametrize("back", ["//evil.example", "https://evil.example", "/\\evil", "x"])
def test_after_a_form_the_desk_leads_nowhere_else(door: Running, back: str):
    form = {"kind": "accept", "student": "student_005", "back": back}
    assert send(door.let_in(), **form).headers["location"] == "/"


def test_a_form_of_another_page_decides_nothing(door: Running, views: Views):
    ann = door.let_in()
    body = urlencode({"kind": "accept", "student": "student_005"})
    for origin in ("http://evil.example", "null", ""):
        assert ann.ask("/decide", "POST", {"Origin": origin}, body).status == 403
    assert ann.ask("/decide?kind=accept&student=student_005").status == 405
    assert send(ann, why="x" * 200_000).status == 413
    assert not (views.store.folder / FILE).exists()


def test_a_group_with_the_same_answer_is_decided_at_once_or_not_at_all(door: Running, views: Views):
    ann = door.let_in()
    page = ann.ask("/questions/q3").text
    groups = [each.split() for each in re.findall(r'name="group" value="([^"]+)"', page)]
    whole = max(groups, key=len)
    assert len(whole) == 4
    fields = {"question": "q3", "why": "the text was unclear", "points": "4", "kind": "override"}
    unknown = send(ann, **fields, group=" ".join([*whole, "0123456789abcdef"]))
    too_much = send(ann, **(fields | {"points": "99"}), group=" ".join(whole))
    for_all = send(ann, kind="drop", why="w", question="q3", group=" ".join(whole))
    assert (unknown.status, too_much.status, for_all.status) == (400, 500, 400)
    assert not (views.store.folder / FILE).exists()
    assert send(ann, **fields, group=" ".join(whole)).status == 303
    made = read_decisions(views.store.folder).standing
    assert {each.student for each in made} == set(NOTES) and len(made) == 4
    assert {(each.who, each.points, each.why) for each in made} == {("ann", 4.0, fields["why"])}


def test_what_stands_as_it_is_leaves_todays_list(door: Running):
    ann = door.let_in()
    assert "Could not be read" in ann.ask("/").text
    send(ann, kind="accept", student="student_005")
    assert "Could not be read" not in ann.ask("/").text


def test_a_decision_is_taken_back_and_another_in_its_line_is_not(door: Running, views: Views):
    ann = door.let_in()
    send(ann, kind="comment", student="student_001", comment="Well done.")
    page = ann.ask("/students/student_001").text
    (line,) = re.findall(r'name="line" value="(\d+)"', page)
    (stamp,) = re.findall(r'name="stamp" value="([^"]+)"', page)
    assert send(ann, "/take-back", line=line, stamp=f"{stamp}x", why="wrong").status == 500
    assert send(ann, "/take-back", line=line, stamp=stamp).status == 400
    assert send(ann, "/take-back", line=line, stamp=stamp, why="wrong").status == 303
    assert read_decisions(views.store.folder).standing == ()


def test_whose_total_moves_is_shown_before_a_question_is_dropped(door: Running, views: Views):
    ann = door.let_in()
    page = ann.ask("/questions/q3/preview?kind=drop&why=ambiguous").text
    moved = int(re.findall(r"(\d+) of 5 totals would move", page)[0])
    assert moved and page.count("<tr class") == moved
    assert not (views.store.folder / FILE).exists()
    assert send(ann, kind="drop", question="q3", why="ambiguous").status == 303
    assert "0 of 5 totals" in ann.ask("/questions/q3/preview?kind=drop&why=again").text


def test_a_mark_by_hand_counts_and_shows_who_gave_it(door: Running):
    ann, bob = door.let_in("ann"), door.let_in("bob")
    assert "3 answers to q12 have no points yet" in ann.ask("/").text
    assert mark(ann, "student_001", "1", "0.5", comment="Which numbers?").status == 303
    page = bob.ask("/marking/q12").text
    assert "1.5 of 2 by ann" in page and "Which numbers?" in page
    assert "2 answers to q12 have no points yet" in bob.ask("/").text


def test_a_mark_that_somebody_gave_meanwhile_is_not_replaced_unseen(door: Running):
    ann, bob = door.let_in("ann"), door.let_in("bob")
    mark(ann, "student_001", "1", "1")
    refused = mark(bob, "student_001", "0", "0")
    assert refused.status == 400
    assert "ann has marked this answer meanwhile (detector 1, evidence 1)" in refused.text
    page = bob.ask("/marking/q12").text
    stamps = [each for each in re.findall(r'name="stamp" value="([^"]*)"', page) if each]
    assert mark(bob, "student_001", "0", "1", stamp=stamps[0]).status == 303
    assert "1 of 2 by bob" in bob.ask("/marking/q12").text


def test_blind_marking_shows_no_name_and_keeps_its_order(door: Running):
    ann = door.let_in()
    first, again = (ann.ask("/marking/q12?blind=1").text for _ in range(2))
    assert first == again and "Answer 3" in first
    assert not any(name in first for name in NOTES)
    assert "student_001" in ann.ask("/marking/q12").text


def test_the_work_is_split_and_what_is_left_is_found(door: Running):
    ann = door.let_in()
    keys = [
        re.findall(r'id="a-(\w+)"', ann.ask(f"/marking/q12?parts=2&part={part}").text)
        for part in (1, 2)
    ]
    assert [len(each) for each in keys] == [2, 1] and not set(keys[0]) & set(keys[1])
    mark(ann, "student_002", "1", "1")
    assert len(re.findall(r'id="a-(\w+)"', ann.ask("/marking/q12?left=1").text)) == 2
    assert ann.ask("/marking/q3").status == 404


def keys_in(page: str) -> list[str]:
    return re.findall(r'id="a-(\w+)"', page)


def test_those_at_the_desk_share_the_work_by_their_names(door: Running):
    ann, bob = door.let_in("ann"), door.let_in("bob")
    shares = re.findall(
        r'href="(/marking/q12[^"]*parts=2[^"]*)"[^>]*>(\w+)</a>', ann.ask("/marking/q12").text
    )
    assert [name for _, name in shares] == ["ann", "bob"]
    theirs = [keys_in(bob.ask(unescape(address)).text) for address, _ in shares]
    assert [len(each) for each in theirs] == [2, 1] and not set(theirs[0]) & set(theirs[1])
    assert set(theirs[0] + theirs[1]) == set(keys_in(ann.ask("/marking/q12").text))


@pytest.mark.parametrize(
    ("ends", "found"),
    [
        ("first=student_002", 2),
        ("last=STUDENT_002", 2),
        ("first=student_002&last=student_003", 1),
        ("first=b&last=r", 0),
        ("first=S&last=s", 3),
        ("last=student_001&blind=1", 1),
        ("first=%3Cb%3E&last=%22", 0),
    ],
)
def test_the_work_is_split_by_the_names_of_students(door: Running, ends: str, found: int):
    page = door.let_in().ask(f"/marking/q12?{ends}").text
    assert len(keys_in(page)) == found
    assert "<b>" not in page


def test_answers_are_marked_by_keys_alone(door: Running, views: Views):
    with browser() as chrome:
        page: Any = chrome.new_page(viewport={"width": 1366, "height": 900})
        page.goto(door.desk.gate.address_for("ann"))
        page.goto(f"{door.origin}/marking/q12")
        for keys in ("j12s", "1s", "2s"):  # after saving, the next answer is chosen
            with page.expect_navigation():
                for key in keys:
                    if key == "s":  # what was typed is there before it is saved
                        missing = "form.here input:invalid"
                        page.evaluate(
                            f"document.querySelectorAll({missing!r}).forEach(e => e.value = '0')"
                        )
                    page.keyboard.press(key)
        assert page.title() != "taken"
        page.set_viewport_size({"width": 390, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.close()
    given = {each.student: each.criteria for each in read_decisions(views.store.folder).standing}
    assert given == {
        "student_001": {"detector": 1, "evidence": 1},
        "student_002": {"detector": 1, "evidence": 0},
        "student_004": {"detector": 0, "evidence": 1},
    }

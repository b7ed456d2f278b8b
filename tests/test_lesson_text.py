"""What the lesson says of itself is true: points, contents, links, order and length."""

import re

from tests.assignments import LESSON
from tests.lesson import notebook_cells, questions

CELLS = notebook_cells()
QUESTIONS = questions(CELLS)
TEXTS = [source for kind, source in CELLS if kind == "markdown"]
TEXT = "\n".join(TEXTS)


def number(name: str) -> int:
    return int(name.removeprefix("q"))


def test_the_points_that_the_lesson_promises_are_those_of_the_course() -> None:
    totals = LESSON.course.totals
    assert sum(each.points for each in QUESTIONS.values()) == totals.core + totals.bonus
    said = " ".join(TEXT.split())
    assert f"give {totals.core:g} points, the bonus questions from q15 on another" in said
    assert f"from q15 on another {totals.bonus:g}." in said


def test_every_link_within_the_lesson_leads_somewhere() -> None:
    targets = set(re.findall(r'<a id="([^"]+)">', TEXT))
    links = set(re.findall(r"\]\(#([^)]+)\)", TEXT))
    assert not links - targets


def test_the_contents_name_every_section_and_every_question() -> None:
    contents = TEXTS[0]
    for section in re.findall(r'<a id="(section-\d+)">', TEXT):
        assert f"(#{section})" in contents
    for name in QUESTIONS:
        assert f"(#{name})" in contents


def test_the_badge_of_a_question_tells_its_points() -> None:
    for name, question in QUESTIONS.items():
        text = next(source for source in TEXTS if f'<a id="{name}"></a>' in source)
        told = re.search(r"⏱ .*· (\d+) (?:bonus )?points", text)
        assert told and float(told[1]) == question.points, name

"""What the lesson says of itself is true: points, contents, links, order and length."""

import re

import pytest
import torch
import torch.nn.functional as F
from cnnlab import data
from torch import nn

from labkit.words import with_article
from tests.support.assignments import LESSON
from tests.support.lesson import lesson_questions, notebook

CELLS = [(cell.kind, cell.source) for cell in notebook().cells]
QUESTIONS = lesson_questions()
TEXTS = [source for kind, source in CELLS if kind == "markdown"]
TEXT = "\n".join(TEXTS)
LETTERS_AT_480_PX = 46
"""What JupyterLab shows in one line of print beside its margins."""


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


def test_the_lesson_is_short_enough_to_be_read() -> None:
    assert len(TEXT.split()) <= 9_500


def test_the_core_takes_about_three_hours_by_the_badges() -> None:
    minutes = 0
    for name in QUESTIONS:
        text = next(source for source in TEXTS if f'<a id="{name}"></a>' in source)
        badge = re.search(r"⏱ (\d+) minutes", text)
        assert badge, name
        minutes += int(badge[1]) if number(name) <= 14 else 0
    assert "core takes about three hours" in TEXT and 150 <= minutes <= 195


def test_the_contents_list_the_questions_in_the_order_of_the_notebook() -> None:
    listed = re.findall(r"\[(q\d+)\]\(#q\d+\)", TEXTS[0])
    assert listed == list(QUESTIONS)


def test_each_part_says_in_one_line_what_it_is_good_for() -> None:
    for text in TEXTS:
        if re.match(r'<a id="section-\d+"></a>\n## \d', text):
            assert re.search(r"\n\*Good for: [^*]+\*\n", text), text.splitlines()[1]


def test_the_two_formulas_of_convolution_stand_in_one_place() -> None:
    assert sum(r"K(x - m" in text for text in TEXTS) == 1
    assert sum(r"(I \star K)" in text for text in TEXTS) == 1


def test_what_the_lesson_prints_or_draws_in_letters_fits_a_narrow_page(capsys) -> None:
    drawn = [block for text in TEXTS for block in re.findall(r"```text\n(.*?)```", text, re.DOTALL)]
    images, _ = data.tensors("train", 100)
    names = {"torch": torch, "nn": nn, "F": F, "data": data, "some_digits": images}
    names["shift_error"] = lambda *_: 0.9320003986358643
    beginnings = ("rng = torch", "from cnnlab import fitting, progress", "toy =", "image = torch")
    runnable = [
        source
        for kind, source in CELLS
        if kind == "code" and (source.startswith(beginnings) or "shift_error(pooling" in source)
    ]
    assert len(runnable) == len(beginnings) + 1
    for source in runnable:
        exec(source, names)
    lines = [*capsys.readouterr().out.splitlines(), *"\n".join(drawn).splitlines()]
    assert len(lines) > 40
    assert [line for line in lines if len(line) > LETTERS_AT_480_PX] == []


@pytest.mark.parametrize(
    ("what", "told"),
    [
        (8, "an 8"),
        ("8×9", "an 8×9"),
        ("18×2", "an 18×2"),
        (11, "an 11"),
        (80, "an 80"),
        (7, "a 7"),
        ("1×8", "a 1×8"),
        (110, "a 110"),
        ("int", "an int"),
        ("IndentationError", "an IndentationError"),
        ("SyntaxError", "a SyntaxError"),
        ("ndarray", "an ndarray"),
        ("Unet", "a Unet"),
    ],
)
def test_numbers_and_names_have_the_article_they_are_spoken_with(what: object, told: str) -> None:
    assert with_article(what) == told

"""The feedback page: complete, accessible in its structure, and deaf to hostile text."""

import html
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.records import CellRun, Ending, Grade, Outcome
from autograder.reports.feedback import page
from autograder.reports.words import ENDING_ADVICE, ENDING_WORDS
from tests.support.sample_grades import (
    COMPLETED,
    FAILED,
    GRADE,
    GRADER_ERROR,
    HOSTILE_NAMES,
    PASSED,
    UNREADABLE,
    case,
    hostile_grade,
    question,
)

_VOID = {"meta", "link", "br", "hr", "img", "input"}


class _Page(HTMLParser):
    """The tags and the visible text of a page; fails on tags that do not nest."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(source)
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in _VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self._open:
            self.text += data

    def names(self) -> list[str]:
        return [tag for tag, _ in self.tags]

    def attributes(self, name: str) -> list[str]:
        return [
            value or ""
            for _, attributes in self.tags
            for key, value in attributes.items()
            if key == name
        ]


def _text(grade: Grade) -> str:
    return " ".join(_Page(page(grade)).text.split())


def test_the_page_tells_score_ending_and_what_to_do() -> None:
    text = _text(GRADE)
    assert "7.5 of 12.5 points" in text
    assert "Your notebook reached the time limit." in text
    assert "cell 3: it ran longer than 40 s" in text
    assert ENDING_ADVICE[Ending.TIME_LIMIT] in text


@pytest.mark.parametrize("ending", Ending)
def test_every_ending_has_words_and_all_but_the_ordinary_one_advice(ending: Ending) -> None:
    assert ENDING_WORDS[ending] in _text(replace(GRADE, ending=ending))
    assert bool(ENDING_ADVICE[ending]) == (ending is not Ending.COMPLETED)


def test_each_check_has_title_kind_points_and_message() -> None:
    text = _text(GRADE)
    assert (
        "Stride public check, 0 / 2.5 points ✗ not yet right conv2d: the stride is ignored" in text
    )
    assert "Padding hidden check, 0 / 2.5 points ✗ not yet right rows are missing" in text


def test_cells_that_were_stopped_are_counted_from_one() -> None:
    assert "Cell 3 after 40.0 s ◷ time limit it ran longer than 40 s" in _text(GRADE)


def test_notes_are_shown() -> None:
    assert "The notebook was run 2 times" in _text(GRADE)


def test_an_unreadable_submission_has_no_empty_sections() -> None:
    names = _Page(page(UNREADABLE)).names()
    assert "article" not in names and names.count("h2") == 1


def test_a_fault_of_the_grader_is_open_not_zero() -> None:
    text = _text(GRADER_ERROR)
    assert "Open of 12.5 points: not decided yet" in text
    assert "open / 2.5" in text
    assert "An instructor will look at it" in text


def test_the_text_of_a_fault_of_the_grader_is_not_shown() -> None:
    assert "secret" not in page(GRADER_ERROR)


@pytest.mark.parametrize("grade", [GRADE, COMPLETED, UNREADABLE, GRADER_ERROR, hostile_grade()])
def test_the_page_runs_and_loads_nothing(grade: Grade) -> None:
    parsed = _Page(page(grade))
    assert {"script", "iframe", "img", "link", "object", "form"}.isdisjoint(parsed.names())
    assert not any(key.startswith("on") for _, attributes in parsed.tags for key in attributes)
    assert all(target.startswith("#") for target in parsed.attributes("href"))
    assert "default-src 'none'" in page(grade)
    assert "@import" not in page(grade) and "url(" not in page(grade)


def test_the_page_has_language_and_landmarks() -> None:
    parsed = _Page(page(GRADE))
    names = parsed.names()
    assert ("html", {"lang": "en"}) in parsed.tags
    assert names.count("main") == 1 and names.count("h1") == 1 and "header" in names
    assert any("width=device-width" in content for content in parsed.attributes("content"))


def test_what_lost_points_comes_first_and_what_passed_is_folded() -> None:
    source = page(GRADE, titles={"q3": "Shapes", "q1": "By hand"})
    lost, folded = source.index("q3 · Shapes"), source.index("<details")
    assert lost < folded < source.index("q1 · By hand")
    assert "1 other check passed." in source and "1 question with full points" in source


def test_core_and_bonus_are_two_numbers_and_open_bonus_is_not_attempted() -> None:
    open_bonus = question(
        "q15", case("Shift", Outcome.FAILED, message="q15: shift is not there yet. Write it.")
    )
    grade = replace(GRADE, score=10.0, questions=(PASSED, FAILED, question("q14", case("A"))))
    assert "7.5 of 12.5 points +2.5 of 2.5 bonus points" in _text(grade)
    text = _text(replace(GRADE, questions=(PASSED, FAILED, open_bonus)))
    assert "Bonus questions not attempted q15 (2.5 points)" in text
    assert "q15: shift" not in text


def test_the_same_message_is_told_once() -> None:
    same = "f is not there yet, line 3: SyntaxError"
    cases = [case(title, Outcome.FAILED, message=same) for title in ("A", "B")]
    cells = (CellRun(1, Outcome.STUDENT_ERROR, 0.1, "line 3: SyntaxError"),)
    text = _text(replace(GRADE, questions=(question("q1", *cases),), cells=cells))
    assert text.count("SyntaxError") == 1


def test_backticks_are_code_and_nothing_else_is_markup() -> None:
    failed = question("q1", case("A", Outcome.FAILED, message="end with `return <b>` now"))
    source = page(replace(GRADE, questions=(failed,)))
    assert "end with <code>return &lt;b&gt;</code> now" in source


def test_one_link_leads_to_the_executed_notebook() -> None:
    assert _Page(page(GRADE, executed=True)).attributes("href").count("executed.ipynb") == 1
    assert "executed.ipynb" not in page(GRADE)


def test_every_reference_has_its_target() -> None:
    parsed = _Page(page(GRADE))
    ids = parsed.attributes("id")
    assert len(ids) == len(set(ids))
    wanted = {target[1:] for target in parsed.attributes("href")}
    assert wanted | set(parsed.attributes("aria-labelledby")) <= set(ids)


@pytest.mark.parametrize("text", HOSTILE_NAMES, ids=lambda text: repr(text)[:24])
def test_hostile_text_adds_no_tag_and_no_control_character(text: str) -> None:
    source = page(hostile_grade(text))
    assert (
        _Page(source).names()
        == _Page(page(hostile_grade("harmless" if text.strip() else text))).names()
    )
    assert not set("\x1b\x00\r\x07\u202e\ud800") & set(source)
    source.encode()


@settings(deadline=None, max_examples=100)
@given(st.text(st.characters(), min_size=1, max_size=40))
def test_any_text_is_shown_as_text(text: str) -> None:
    source = page(replace(GRADE, message=f"x{text}x", notes=()))
    assert html.unescape(source).count("<script") == text.count("<script")
    assert _Page(source).names() == _Page(page(replace(GRADE, notes=()))).names()

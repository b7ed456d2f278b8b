"""What a student controls is text in every report, and nothing that a reader's program obeys."""

import csv
import io
import re
from dataclasses import replace
from pathlib import Path

from autograder.classroom.page.class_report import class_page
from autograder.classroom.reading import read_class
from autograder.plain_text import clean, one_line
from autograder.reports.gradebook import gradebook
from autograder.reports.markdown import escaped
from tests.support.sample_class import write_class
from tests.support.sample_grades import COMPLETED, hostile_grade

ESCAPES = ("\x1b[31m", "\x1b[2J", "\x1b]0;title\x07", "\x1bPq\x1b\\", "\x9b31m", "\x1bc")


def page_of(folder: Path, *names: str) -> str:
    hostile = (replace(hostile_grade(name), source="a") for name in names)
    views = write_class(folder, [*hostile, COMPLETED])
    return class_page(read_class(views), [], [], {})


def tags(page: str) -> list[str]:
    return re.findall(r"<(/?[a-z]\w*)", page)


def test_no_name_is_markup_on_the_page_of_a_class(tmp_path: Path) -> None:
    hostile = page_of(tmp_path / "a", "<img src=x onerror=alert(1)>", "</script><b>")
    harmless = page_of(tmp_path / "b", "a1", "a2")
    assert tags(hostile) == tags(harmless)
    assert "&lt;img src=x" in hostile


def test_the_page_of_a_class_runs_its_own_script_alone(tmp_path: Path) -> None:
    page = page_of(tmp_path, "student_007")
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', page)
    assert re.search(r"default-src 'none'", policy)
    assert re.search(r"script-src '(sha256-[\w+/=]+)'", policy)
    assert "unsafe-inline" not in policy.split("script-src")[1]


def test_a_file_called_as_a_formula_is_none_in_the_gradebook() -> None:
    named = replace(COMPLETED, source="=cmd|' /C calc'!A0.ipynb")
    (row,) = csv.DictReader(io.StringIO(gradebook([named])))
    assert row["submission"].startswith("'=")


def test_text_in_markdown_is_on_one_line() -> None:
    for text in ("a\nb", "a\n\n# b", "a\r\n- b", "a\u2028b", "a  \nb"):
        assert "\n" not in escaped(text) and escaped(text).startswith("a / ")


def test_a_terminal_escape_leaves_no_trace() -> None:
    for escape in ESCAPES:
        assert clean(f"a{escape}b") == one_line(f"a{escape}b") == "ab"

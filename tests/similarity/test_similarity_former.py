"""Former classes: likeness is found by fingerprints, of which no code can be read."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from autograder.classroom.report import write_class_report
from autograder.cli.app import app
from autograder.similarity.former import (
    FILE,
    FormerClass,
    as_json,
    like_former,
    marks_of,
    read_former,
)
from autograder.store.writing import StoreError
from tests.support.sample_class import COPIED, OTHER, OWN, RENAMED, STARTER, sample_class


def unlike(number: int) -> dict[str, str]:
    """An answer that shares nothing with others."""
    lines = "\n".join(f"    v{n} = x[{number}] * {n} + {number * n} - {n}" for n in range(9))
    return {"q3": f"def conv2d(x):\n{lines}\n    return v{number % 9}"}


def several(first: int, count: int) -> dict[str, dict[str, str]]:
    return {f"student_{n:03d}": unlike(n) for n in range(first, first + count)}


def former(name: str, answers: dict[str, dict[str, str]]) -> FormerClass:
    return FormerClass(name, marks_of(answers, STARTER))


def test_who_has_the_answers_of_a_former_student_is_named_with_them() -> None:
    now = several(0, 10) | {"student_500": {"q3": RENAMED}}
    last = former("2025", several(100, 10) | {"former_7": {"q3": COPIED}})
    older = former("2024", several(200, 10))
    [found] = like_former(marks_of(now, STARTER), [older, last])
    assert (found.student, found.former_class, found.former) == ("student_500", "2025", "former_7")
    assert found.share > 0.9 and found.questions == ("q3",)


def test_what_many_have_is_no_likeness() -> None:
    now = {name: {"q3": OWN} for name in several(0, 10)}
    last = former("2025", {name: {"q3": OWN} for name in several(100, 10)})
    assert like_former(marks_of(now, STARTER), [last]) == ()


def test_who_wrote_little_or_nothing_is_like_nobody() -> None:
    now = {"student_001": {"q3": ""}, "student_002": {}, "student_003": {"q3": STARTER["q3"]}}
    assert like_former(marks_of(now, STARTER), [former("2025", several(100, 3))]) == ()
    assert like_former({}, []) == ()


def test_fingerprints_come_back_as_they_were_and_hold_no_code(tmp_path: Path) -> None:
    marks = marks_of({"student_001": {"q3": OTHER}}, STARTER)
    (tmp_path / FILE).write_text(as_json(marks))
    assert read_former(tmp_path).students == marks
    text = (tmp_path / FILE).read_text()
    assert not any(word in text for word in ("answer", "strip", "kernel", "tensordot", "def"))


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"students": []}', '{"students": {"a": {"q1": ["x"]}}}', "\xff"]
)
def test_what_holds_no_fingerprints_is_told(tmp_path: Path, content: str) -> None:
    (tmp_path / FILE).write_text(content, "latin-1")
    with pytest.raises(StoreError, match="cannot be read as fingerprints"):
        read_former(tmp_path)


def test_a_folder_without_fingerprints_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"make report OUTPUT="):
        read_former(tmp_path / "last-year")


def test_the_report_leaves_fingerprints_and_tells_of_former_classes(tmp_path: Path) -> None:
    release = tmp_path / "release.ipynb"
    release.write_text('{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}')
    write_class_report(sample_class(tmp_path / "2025"), release)
    views = sample_class(tmp_path / "2026", students=8)
    assert "former classes" not in write_class_report(views, release).read_text("utf-8")
    told = write_class_report(views, release, [read_former(tmp_path / "2025")]).read_text("utf-8")
    assert "Compared with the fingerprints of 2025, which hold no code." in told
    assert " of 2025" in told.split('id="former"')[1]


def test_a_missing_class_is_told_before_anything_is_graded(tmp_path: Path) -> None:
    (tmp_path / "class").mkdir()
    command = ["grade", str(tmp_path / "class"), "--output", str(tmp_path / "grades")]
    done = CliRunner().invoke(app, [*command, "--compare", str(tmp_path / "last-year")])
    assert done.exit_code == 2
    assert "to compare with" in done.output.replace("\n", " ")
    assert not (tmp_path / "grades").exists()

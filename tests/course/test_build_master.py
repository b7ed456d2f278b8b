"""What the author of the master notebook is told: the sentence names question and cell."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.course.build.master import BuildError, Master, read_master
from tests.support import small_assignment as small

Cells = list[tuple[str, str]]


def read(folder: Path, listed: Cells) -> Master:
    return read_master(small.write_assignment(folder, listed) / "cnn.ipynb")


def test_questions_come_in_the_order_of_the_lesson(tmp_path: Path) -> None:
    assert [question.name for question in read(tmp_path, small.cells()).questions] == ["q1", "q15"]


def test_a_question_knows_its_tests(tmp_path: Path) -> None:
    first = read(tmp_path, small.cells()).questions[0]
    assert [(test.title, test.hidden, test.points) for test in first.tests] == [
        ("Doubles 2", False, 1.0),
        ("Doubles other numbers", True, 2.0),
    ]


def replaced(old: str, new: str) -> Callable[[Cells], Cells]:
    def change(listed: Cells) -> Cells:
        assert any(old in source for _, source in listed)
        return [(kind, source.replace(old, new)) for kind, source in listed]

    return change


def without(index: int) -> Callable[[Cells], Cells]:
    return lambda listed: [cell for number, cell in enumerate(listed, 1) if number != index]


def twice(index: int) -> Callable[[Cells], Cells]:
    return lambda listed: [*listed[:index], listed[index - 1], *listed[index:]]


FAULTS: dict[str, tuple[Callable[[Cells], Cells], str]] = {
    "no configuration": (without(1), "no raw cell '# ASSIGNMENT CONFIG'"),
    "no name": (replaced("name: q1\npoints", "points"), "Cell 4: a question needs 'name: q1'"),
    "one name twice": (replaced("name: q15", "name: q1"), "q1 (cell 4): two questions"),
    "two answer cells": (twice(7), "q1 (cell 4): needs exactly one answer cell"),
    "nothing marked": (replaced(" # SOLUTION", ""), "q15 (cell 18): the answer cell marks no"),
    "solution not ended": (replaced("    # END SOLUTION", ""), "q1 (cell 7): '# BEGIN SOLUTION"),
    "block not ended": (without(12), "Cell 12: '# END QUESTION' does not fit here (question"),
    "question not ended": (without(13), "Cell 14: '# BEGIN QUESTION' does not fit here (question"),
    "points do not add up": (replaced("points: 2\n", "points: 1\n"), "q1 (cell 4): the tests'"),
    "points left out": (replaced("points: 2\n", ""), "q1 (cell 11): a test's configuration"),
    "a key otter breaks": (
        replaced("points: 2\n", "points: 2\nfailure_message: no\n"),
        "failure_message is not known",
    ),
    "one function name twice": (
        replaced("test_hidden", "test_public"),
        "q1 (cell 10): two tests are called test_public",
    ),
    "no title": (replaced('"""Doubles other numbers"""', "pass"), "test_hidden needs a docstring"),
    "no public test": (
        replaced('CONFIG\npoints: 1\n"', 'CONFIG\nhidden: true\npoints: 1\n"'),
        "q1 (cell 4): has no public test",
    ),
    "a test that does not parse": (replaced("def test_hidden(double)", "def test_hidden("), "cell"),
    "more than a function": (
        replaced("def test_hidden", "import os\n\ndef test_hidden"),
        "q1 (cell 11): a test cell holds one function",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_named_with_its_cell(fault: str, tmp_path: Path) -> None:
    change, sentence = FAULTS[fault]
    with pytest.raises(BuildError) as raised:
        read(tmp_path, change(small.cells()))
    assert sentence in str(raised.value)


def test_a_file_that_is_no_notebook_is_named(tmp_path: Path) -> None:
    (tmp_path / "cnn.ipynb").write_text("not json", encoding="utf-8")
    with pytest.raises(BuildError, match=r"cnn\.ipynb cannot be read"):
        read_master(tmp_path / "cnn.ipynb")


def test_an_old_format_is_refused_with_the_way_out(tmp_path: Path) -> None:
    old = small.notebook(small.cells()) | {"nbformat_minor": 4}
    (tmp_path / "cnn.ipynb").write_text(json.dumps(old), encoding="utf-8")
    with pytest.raises(BuildError, match="open and save it"):
        read_master(tmp_path / "cnn.ipynb")

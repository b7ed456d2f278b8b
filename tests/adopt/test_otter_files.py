"""otter's test files are read in both formats as otter does; what can't be is a sentence."""

from pathlib import Path

import pytest

from autograder.course.otter_files import TestFileError, read_test_file, without_hidden

OK = """
test = {{
    "name": "q1.2",
    {more}
    "suites": [{{
        "type": "doctest",
        "cases": [
            {{"code": ">>> x\\n2", "hidden": False}},
            {{"code": ">>> x + 1\\n3", "points": 2}},
        ],
    }}],
}}
"""
EXCEPTION = """
from otter.test_files import test_case

OK_FORMAT = False

name = "q1"
points = 4


@test_case(hidden=False, success_message="good")
def test_public(x):
    assert x


@test_case(hidden=True, failure_message="look at the sign")
def test_secret(x):
    assert x == 1234567
"""


def written(folder: Path, text: str, name: str = "q1.2.py") -> Path:
    path = folder / name
    path.write_text(text)
    return path


@pytest.mark.parametrize("first", ["", "OK_FORMAT = True\n"])
def test_an_ok_file_has_the_points_and_hidden_cases_that_otter_gives_it(
    tmp_path: Path, first: str
) -> None:
    read = read_test_file(written(tmp_path, first + OK.format(more="")))
    assert (read.question, read.name, read.form) == ("q1.2", "q1.2", "ok")
    assert [(case.hidden, case.points) for case in read.cases] == [(False, 0.0), (True, 2)]
    assert not read.all_or_nothing


@pytest.mark.parametrize(
    ("more", "points"),
    [
        ('"points": 6,', [4, 2]),
        ('"points": [1, 5],', [1, 5]),
        ('"points": None, "all_or_nothing": True,', [0, 2]),
    ],
)
def test_points_of_the_whole_are_shared_out_as_otter_does(
    tmp_path: Path, more: str, points: list[float]
) -> None:
    read = read_test_file(written(tmp_path, OK.format(more=more)))
    assert [case.points for case in read.cases] == points
    assert read.all_or_nothing == ("all_or_nothing" in more)


def test_an_exception_based_file_keeps_messages_and_what_is_hidden(tmp_path: Path) -> None:
    read = read_test_file(written(tmp_path, EXCEPTION, "q1.py"))
    assert [(case.name, case.hidden, case.points) for case in read.cases] == [
        ("q1 - 1", False, 2),
        ("q1 - 2", True, 2),
    ]
    assert read.cases[0].success_message == "good"
    assert read.cases[1].failure_message == "look at the sign"


def test_nothing_of_a_hidden_function_is_left_where_public_ones_are_judged(tmp_path: Path) -> None:
    read = read_test_file(written(tmp_path, EXCEPTION, "q1.py"))
    left = without_hidden(read)
    assert "1234567" in read.source
    assert "1234567" not in left
    assert "secret" not in left
    assert "look at the sign" not in left
    assert left.count("\n") == read.source.count("\n")
    assert left.split("\n")[10] == read.source.split("\n")[10] == "def test_public(x):"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("test = {", "line 1 isn't Python"),
        ("x = 1", "isn't a test file of otter's"),
        ("test = 3", "isn't a dictionary"),
        ('test = {"name": "q1", "suites": []}', "has 0 suites"),
        ('test = {"suites": [{"cases": []}]}', "needs a 'name'"),
        ('test = {"name": "q1", "suites": [{"cases": [], "setup": ">>> 1"}]}', "'setup'"),
        ('test = {"name": "q1", "suites": [{"type": "wwpp", "cases": []}]}', "'wwpp'"),
        ('test = {"name": "q1", "suites": [{"cases": [{"hidden": True}]}]}', "case 1 needs 'code'"),
        (
            'test = {"name": "q1", "suites": [{"cases": [{"code": ">>>x"}]}]}',
            "case 1 isn't a doctest",
        ),
        (
            'test = {"name": "q1", "points": [1], "suites": [{"cases": []}]}',
            "different length",
        ),
        ("import no_such_package_at_all\ntest = {}", "no_such_package_at_all"),
        ("name = 1 / 0", "division by zero"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_with_its_name(
    tmp_path: Path, text: str, words: str
) -> None:
    with pytest.raises(TestFileError, match=r"q9\.py: ") as told:
        read_test_file(written(tmp_path, text, "q9.py"))
    assert words in str(told.value)

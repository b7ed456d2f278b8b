"""Answer and check cells are found however a student's tool wrote the notebook."""

import time
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from autograder.records import Notebook
from tests.support.handed_in import code, read_content, whole


@pytest.fixture
def read(tmp_path: Path) -> Any:
    return partial(read_content, tmp_path)


def _roles(notebook: Notebook) -> list[tuple[str, tuple[str, ...]]]:
    return [(cell.answers, cell.checks) for cell in notebook.cells]


def answer(source: str) -> dict[str, Any]:
    return code(source, metadata={"tags": ["otter_answer_cell"]})


def check(question: str) -> dict[str, Any]:
    return code(f'grader.check("{question}")')


def test_an_answer_cell_belongs_to_the_next_check(read: Any) -> None:
    cells = [answer("a"), code("scratch"), check("q1"), code("given"), answer("b"), check("q2")]
    assert _roles(read(whole(*cells))) == [
        ("q1", ()),
        ("", ()),
        ("", ("q1",)),
        ("", ()),
        ("q2", ()),
        ("", ("q2",)),
    ]


def test_an_answer_whose_check_was_deleted_belongs_to_no_question(read: Any) -> None:
    roles = _roles(read(whole(answer("a"), answer("b"), check("q2"))))
    assert [answers for answers, _ in roles] == ["", "q2", ""]


def test_without_tags_the_cell_before_a_check_is_the_answer(read: Any) -> None:
    roles = _roles(read(whole(code("import"), code("a"), check("q1"), code("b"), check("q2"))))
    assert [answers for answers, _ in roles] == ["", "q1", "", "q2", ""]


def test_without_tags_only_the_first_check_of_a_question_has_an_answer(read: Any) -> None:
    roles = _roles(read(whole(code("a"), check("q1"), code("plot"), check("q1"))))
    assert [answers for answers, _ in roles] == ["q1", "", "", ""]


def test_a_check_cell_is_no_answer(read: Any) -> None:
    roles = _roles(read(whole(check("q1"), check("q2"))))
    assert [answers for answers, _ in roles] == ["", ""]


def test_an_answer_and_its_check_may_share_a_cell(read: Any) -> None:
    assert _roles(read(whole(answer('x = 1\ngrader.check("q1")')))) == [("q1", ("q1",))]


@pytest.mark.parametrize(
    ("source", "questions"),
    [
        ('grader.check("q1")', ("q1",)),
        ("grader.check('q1');", ("q1",)),
        ('result = grader.check(question="q1")', ("q1",)),
        ('if True:\n    print(grader.check("q1"))', ("q1",)),
        ('grader.check("q2"); grader.check("q1"); grader.check("q2")', ("q2", "q1")),
        ('%%time\ngrader.check("q1")', ("q1",)),
        ('%%capture out\n\n%%time\ngrader.check("q1")', ("q1",)),
        ("%%time\n" * 500_000 + 'grader.check("q1")', ("q1",)),
        ('%time grader.check("q1")', ("q1",)),
        ('%matplotlib inline\n!ls\nx = !ls\nconv2d?\n?conv2d\ngrader.check("q1")', ("q1",)),
        ('grader.check("q1")\nthis is no Python', ("q1",)),
        ('%%bash\ngrader.check("q1")', ()),
        ('# grader.check("q1")', ()),
        ('text = """\ngrader.check("q1")\n"""', ()),
        ("grader.check_all()", ()),
        ('other.check("q1")', ()),
        ("grader.check(name)", ()),
        ('grader.check("../q1")', ()),
        ('grader.check("q1")\0', ("q1",)),
        ("grader.check(" * 5000, ()),
        ('grader.check("q1")\n' + "-" * 50_000 + "1", ("q1",)),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_checks_are_found_however_they_are_written(
    read: Any, source: str, questions: tuple[str, ...]
) -> None:
    assert read(whole(code(source))).cells[0].checks == questions


@pytest.mark.parametrize(
    "line", ["!ls\n", "%x\n", "grader.check(\n", " \n", "a = ", "%%time\n", "grader.check ", "x?\n"]
)
def test_a_hostile_cell_does_not_keep_the_grader_busy(read: Any, line: str) -> None:
    start = time.perf_counter()
    read(whole(*[code("grader.check " + line * (100_000 // len(line)))] * 10))
    read(whole(code(line * (4_900_000 // len(line)) + "grader.check")))
    assert time.perf_counter() - start < 10

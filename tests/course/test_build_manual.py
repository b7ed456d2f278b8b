"""Questions that people mark: in the master notebook, unknown to otter, handed in as text."""

import inspect
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from autograder.course.build.manual import without_manual
from autograder.course.build.master import BuildError, read_master
from autograder.course.build.products import build, built_in
from autograder.course.rubric import Criterion, Rubric
from autograder.judge.score import Question, load_questions, score_question
from tests.support.small_assignment import (
    PUBLIC_ANSWER,
    assignment,
    cells,
    notebook,
    question,
    write_assignment,
)

CONFIG = """\
# BEGIN QUESTION
name: q16
points: 4
manual: true
answer: notes
rubric:
  - name: kind
    points: 1.5
    text: names the kind
  - name: evidence
    points: 0.5
    text: says why"""
RUBRIC = Rubric(
    "notes", (Criterion("kind", 1.5, "names the kind"), Criterion("evidence", 0.5, "says why"))
)


def listed(config: str = CONFIG) -> list[tuple[str, str]]:
    manual = question(
        "q16", 4, "notes = 'because' # SOLUTION", PUBLIC_ANSWER.replace("test_answer", "test_16")
    )
    return [*cells()[:-1], ("raw", config), *manual[1:], ("markdown", "The end.")]


def read(folder: Path, config: str) -> Any:
    return read_master(write_assignment(folder, listed(config)) / "cnn.ipynb")


def test_the_rubric_is_read_and_its_points_are_among_those_of_the_question(tmp_path: Path) -> None:
    found = read(tmp_path, CONFIG).questions[-1]
    assert (found.name, found.points, found.rubric) == ("q16", 4.0, RUBRIC)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("points: 4", "points: 5", "the tests' and the rubric's points add up to 4"),
        ("manual: true\n", "", "answer needs 'manual: true'"),
        ("manual: true", "manual: perhaps", "needs 'manual: true' and 'answer: name'"),
        ("answer: notes", "answer: two words", "needs 'manual: true' and 'answer: name'"),
        ("answer: notes\n", "", "needs 'manual: true' and 'answer: name'"),
        ("name: evidence", "name: kind", "a name of its own"),
        ("points: 0.5", "points: 0", "points: <number above 0>"),
        ("points: 0.5", "points: half", "points: <number above 0>"),
        ("    text: says why", "", "text: <what gives them>"),
        (CONFIG[CONFIG.index("rubric") :], "rubric: []", "lists one criterion or more"),
    ],
)
def test_a_rubric_that_is_not_clear_is_told_with_question_and_cell(
    tmp_path: Path, old: str, new: str, says: str
) -> None:
    with pytest.raises(BuildError, match=r"q16 \(cell \d+\)") as raised:
        read(tmp_path, CONFIG.replace(old, new))
    assert says in str(raised.value)


def test_otter_gets_the_question_with_the_points_of_its_tests() -> None:
    raw = notebook(listed())["cells"]
    changed = without_manual(raw)
    (cell,) = (one for one, other in zip(changed, raw, strict=True) if one != other)
    assert "".join(cell["source"]) == "# BEGIN QUESTION\nname: q16\npoints: 2.0\n"


def test_a_build_keeps_rubrics_and_worth_and_its_tests_score_as_ever(tmp_path: Path) -> None:
    built = build(assignment(tmp_path / "assignment", listed()), tmp_path / "build")
    assert built == built_in(built.assignment, tmp_path / "build")
    assert built.rubrics == {"q16": RUBRIC}
    assert built.worth == {"q1": 3.0, "q15": 2.0, "q16": 4.0}
    last = load_questions(built.hidden_tests)[-1]
    assert (last.id, last.max_score) == ("q16", 2.0)
    for place in (built.student, built.hidden_tests):
        found = (path for path in place.rglob("*") if path.suffix in (".py", ".ipynb"))
        files = [path for path in found if path.parent.name != "labkit"]
        text = "".join(path.read_text("utf-8") for path in files)
        assert "evidence" not in text and "rubric" not in text
    given = score_question(
        _with(last, RUBRIC), MappingProxyType({"the_answer": 42, "notes": " A. "})
    )
    assert given.by_hand and (given.by_hand.worth, given.by_hand.answer) == (2.0, "A.")
    assert (given.score, given.max_score, given.worth) == (2.0, 2.0, 4.0)


@pytest.mark.parametrize("notes", [None, 7, ..., ["text"], "  \n"])
def test_what_is_no_text_is_nothing_to_mark(notes: object) -> None:
    result = score_question(Question("q16", (), RUBRIC), {"notes": notes})
    assert result.by_hand and not result.by_hand.is_open


def _with(found: Question, rubric: Rubric) -> Question:
    return Question(found.id, found.cases, rubric)


def test_a_long_answer_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    result = score_question(Question("q16", (), RUBRIC), {"notes": "x" * 10**6})
    assert result.by_hand and len(result.by_hand.answer) == 20_000
    assert "rubric" in inspect.signature(Question).parameters

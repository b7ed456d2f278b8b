"""A notebook of something else is no zero, and an answer in the wrong place is found."""

import copy
import json
import textwrap
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from autograder.intake.notebook import NotThisAssignment, read_notebook
from autograder.intake.released import Released, read_released
from autograder.paths import PROJECT
from autograder.records import Notebook, Submission
from tests.support.handed_in import code, whole

ANSWER = "def manual_convolution2d(image, kernel):\n    return image * kernel"


def _released() -> Path:
    return PROJECT / "student_release" / "cnn.ipynb"


@cache
def _assignment() -> Released:
    return read_released(_released())


def _read(folder: Path, document: Any) -> Notebook:
    path = folder / "cnn.ipynb"
    path.write_bytes(document if isinstance(document, bytes) else json.dumps(document).encode())
    return read_notebook(Submission("student_001", path), _assignment())


def _blank() -> dict[str, Any]:
    return json.loads(_released().read_bytes())


def _place(document: dict[str, Any], question: str = "q1") -> int:
    check = f'grader.check("{question}")'
    return next(n for n, c in enumerate(document["cells"]) if "".join(c["source"]) == check) - 1


def _answered(question: str = "q1", answer: str = ANSWER) -> tuple[dict[str, Any], int]:
    document = _blank()
    place = _place(document, question)
    document["cells"][place]["source"] = answer
    return document, place


def _older_release() -> dict[str, Any]:
    document = _blank()
    for old, new in (("q1", "manual_convolution2d"), ("q5", "conv2d(")):
        cell = document["cells"][_place(document, old)]
        cell["source"] = "".join(cell["source"]).replace(new, new.replace("(", "_old("))
        cell["source"] = cell["source"].replace("manual_convolution2d", "convolve")
    document["cells"].append(code('grader.check("q0")'))
    return document


TUTORIAL = """
import torch
class SimpleCNN(torch.nn.Module):
    def forward(self, x):
        return x
def train_one_epoch(epoch_index, tb_writer):
    pass
model = SimpleCNN()
"""


@pytest.mark.parametrize(
    ("document", "says"),
    [
        (
            whole(
                code("x = 1"),
                code('grader.check("q1")'),
                code('grader.check("q2_1")'),
                metadata={"otter": {"assignment_name": "hw05"}},
            ),
            "hw05",
        ),
        (whole(code("import pandas as pd\npd.read_csv('a.csv')")), "another assignment"),
        (whole(code("")), "one empty cell"),
        (whole(*[code("")] * 40), "All 40 cells"),
        (whole({"cell_type": "markdown", "metadata": {}, "source": "# Diary"}), "another"),
        (whole(), "no cells"),
        (whole(code("import tensorflow\nmodel = tensorflow.keras.Sequential()")), "another"),
        (whole(code(TUTORIAL)), "another"),
        (_older_release, "older release"),
    ],
    ids=[
        *("other course", "unrelated", "empty cell", "sources lost", "text", "no cells"),
        *("another's model", "tutorial", "older release"),
    ],
)
def test_a_notebook_of_something_else_is_told_apart(
    tmp_path: Path, document: Any, says: str
) -> None:
    with pytest.raises(NotThisAssignment, match=says):
        _read(tmp_path, document() if callable(document) else document)


def test_the_notebook_as_released_belongs_and_asks_for_nobody(tmp_path: Path) -> None:
    read = _read(tmp_path, _blank())
    assert (read.review, dict(read.reviews)) == ("", {})


def test_answers_alone_belong_without_tags_texts_and_checks(tmp_path: Path) -> None:
    assert _read(tmp_path, whole(code(ANSWER))).cells[0].source == ANSWER


def _to(kind: str) -> Any:
    def change(cells: list[Any], place: int) -> None:
        cells[place]["cell_type"] = kind

    return change


def _fenced(cells: list[Any], place: int) -> None:
    text = f"My answer:\n\n```python\n{ANSWER}\n```\nDone."
    cells[place] = {"cell_type": "markdown", "metadata": {}, "source": text}


def _blank_copy_after(cells: list[Any], place: int) -> None:
    blank = _blank()
    cells.insert(place + 1, blank["cells"][_place(blank)])


def _again_at_the_end(cells: list[Any], place: int) -> None:
    blank = _blank()
    cells += [blank["cells"][_place(blank)], copy.deepcopy(cells[place + 1])]


def _turned_off(magic: str) -> Any:
    def change(cells: list[Any], place: int) -> None:
        cells[place]["source"] = f"{magic}\n{ANSWER}"

    return change


def _written(*form: str) -> Any:
    """Changes the answer's cell: its kind, what begins each line, and what stands around."""
    kind, begin, before, after = form

    def change(cells: list[Any], place: int) -> None:
        cells[place]["cell_type"] = kind
        cells[place]["source"] = before + textwrap.indent(ANSWER, begin) + after

    return change


def _after_its_check(cells: list[Any], place: int) -> None:
    blank = _blank()
    cells.append(code(ANSWER))
    cells[place] = blank["cells"][_place(blank)]


@pytest.mark.parametrize(
    ("change", "because"),
    [
        (_to("markdown"), "Markdown"),
        (_to("raw"), "raw cell"),
        (_fenced, "Markdown"),
        (_blank_copy_after, "blank copy"),
        (_again_at_the_end, "blank copy"),
        (_after_its_check, "below the question's last check"),
        (_turned_off("%%script false --no-raise-error"), "`%%script false --no-raise-error`"),
        (_turned_off("%%writefile q1.py"), "keeps it from being run"),
        (_turned_off("\n%%timeit -n 1"), "`%%timeit -n 1`"),
        (_written("code", "# ", "", ""), "commented out"),
        (_written("code", "#", "# q1\n\n", "\n# That was hard!"), "commented out"),
        (_written("code", "    ", "if False:\n", ""), "a condition that is false"),
        (_written("code", "", '"""\n', '\n"""'), "quotation marks"),
        (_written("markdown", "", "My answer is this:\n\n", "\n\nIt works."), "Markdown"),
        (_written("markdown", "    ", "", ""), "Markdown"),
    ],
    ids=[
        "markdown",
        "raw",
        "fenced",
        "blank copy",
        "pasted again",
        "after its check",
        "script",
        "file",
        "timed",
        "comment",
        "comment without blanks",
        "condition",
        "string",
        "prose",
        "indented",
    ],
)
def test_the_only_answer_is_taken_wherever_it_stands(
    tmp_path: Path, change: Any, because: str
) -> None:
    document, place = _answered()
    change(document["cells"], place)
    read = _read(tmp_path, document)
    [answer] = [cell for cell in read.cells if cell.answers == "q1"]
    assert ANSWER in answer.source
    assert list(read.reviews) == ["q1"]
    assert f"cell {answer.index + 1} holds an answer to q1" in read.reviews["q1"]
    assert because in read.reviews["q1"]
    definitions = [c.index for c in read.cells if "def manual_convolution2d" in c.source]
    last_check = max(cell.index for cell in read.cells if "q1" in cell.checks)
    assert definitions == [answer.index] and answer.index <= last_check


@pytest.mark.parametrize("magic", ["%%time", "%%capture out", "%%memit"])
def test_a_magic_under_which_a_cell_is_run_changes_nothing(tmp_path: Path, magic: str) -> None:
    document, place = _answered(answer=f"{magic}\n{ANSWER}")
    read = _read(tmp_path, document)
    assert not read.reviews
    assert [cell.source for cell in read.cells if cell.index == place] == [f"{magic}\n{ANSWER}"]


def test_a_name_that_is_set_to_nothing_is_no_answer(tmp_path: Path) -> None:
    document = _blank()
    place = _place(document, "q12")
    document["cells"].insert(place, code("import time\n\nmodel = filters_before = None"))
    assert not _read(tmp_path, document).reviews


def test_two_answers_that_do_not_count_are_told_and_none_is_taken(tmp_path: Path) -> None:
    document, place = _answered()
    document["cells"][place]["cell_type"] = "markdown"
    document["cells"].append(code(ANSWER.replace("*", "+")))
    read = _read(tmp_path, document)
    assert "text cell" in read.reviews["q1"] and "last check" in read.reviews["q1"]
    assert not any("image * kernel" in cell.source for cell in read.cells)


def test_a_better_answer_below_the_last_check_is_told(tmp_path: Path) -> None:
    document, _ = _answered()
    document["cells"].append(code(ANSWER.replace("*", "+")))
    assert "last check" in _read(tmp_path, document).reviews["q1"]


@pytest.mark.parametrize("kind", ["markdown", "code"])
def test_a_copy_of_what_counts_anyway_asks_for_nobody(tmp_path: Path, kind: str) -> None:
    document, _ = _answered()
    document["cells"].append({**code(ANSWER), "cell_type": kind})
    assert not _read(tmp_path, document).reviews


def test_a_name_that_many_use_belongs_where_the_notebook_asks_its_question(tmp_path: Path) -> None:
    document = whole(code("model = 1"), code('grader.check("q12")'))
    assert _read(tmp_path, document).cells

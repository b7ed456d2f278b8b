"""The same notebook twice is one; of different ones the newest is graded, and a person asked."""

import json
import os
from pathlib import Path

import pytest

from autograder.intake.notebook import read_notebook
from autograder.intake.unreadable import Unreadable
from autograder.records import Submission
from tests.intake.test_notebook_files import NOTEBOOK, OTHER, document
from tests.intake.test_notebook_files import _file as file
from tests.intake.test_notebook_files import _read as sources
from tests.intake.test_notebook_files import _zip as zip_file

SAVED_AGAIN = json.dumps(document("x = 1  \n"), indent=1).encode()


def _dated(path: Path, when: int) -> None:
    os.utime(path, (when, when))


def test_of_two_different_notebooks_the_newest_is_graded_and_a_person_asked(tmp_path: Path) -> None:
    _dated(file(tmp_path, OTHER, "a/one.ipynb"), 2_000_000_000)
    _dated(file(tmp_path, NOTEBOOK, "a/deep/two.ipynb"), 1_000_000_000)
    read = read_notebook(Submission("student_001", tmp_path / "a"))
    assert [cell.source for cell in read.cells] == ["x = 2"]
    assert "deep/two.ipynb" in read.review and "one.ipynb, was graded" in read.review


@pytest.mark.parametrize("again", [NOTEBOOK, b"\xef\xbb\xbf" + NOTEBOOK, SAVED_AGAIN])
def test_the_same_answers_twice_are_one_notebook(tmp_path: Path, again: bytes) -> None:
    file(tmp_path, NOTEBOOK, "a/cnn.ipynb")
    file(tmp_path, again, "a/cnn (1).ipynb")
    read = read_notebook(Submission("student_001", tmp_path / "a"))
    assert ([cell.source.strip() for cell in read.cells], read.review) == (["x = 1"], "")


def test_a_damaged_copy_beside_the_notebook_costs_nothing(tmp_path: Path) -> None:
    file(tmp_path, NOTEBOOK, "a/cnn.ipynb")
    file(tmp_path, NOTEBOOK[:30], "a/cnn (1).ipynb")
    assert sources(tmp_path / "a") == ["x = 1"]


def test_a_folder_with_nothing_but_the_zip_to_hand_in_is_a_submission(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    zip_file(tmp_path / "a", {"cnn.ipynb": NOTEBOOK})
    assert sources(tmp_path / "a") == ["x = 1"]


def test_a_zip_of_another_state_beside_the_notebook_is_told_and_the_newest_counts(
    tmp_path: Path,
) -> None:
    _dated(file(tmp_path, OTHER, "a/cnn.ipynb"), 100_000_000)
    zip_file(tmp_path / "a", {"cnn.ipynb": NOTEBOOK})
    read = read_notebook(Submission("student_001", tmp_path / "a"))
    assert [cell.source for cell in read.cells] == ["x = 1"]
    assert "zip: cnn.ipynb, was graded" in read.review


def test_a_zip_of_the_same_or_of_nothing_beside_the_notebook_asks_for_nobody(
    tmp_path: Path,
) -> None:
    for content in ({"cnn.ipynb": NOTEBOOK}, {"data.csv": b"x"}, {"x.ipynb": b"{"}):
        file(tmp_path, NOTEBOOK, "a/cnn.ipynb")
        zip_file(tmp_path / "a", content)
        assert read_notebook(Submission("student_001", tmp_path / "a")).review == ""


def test_many_notebooks_in_a_zip_beside_the_notebook_are_material(tmp_path: Path) -> None:
    file(tmp_path, NOTEBOOK, "a/cnn.ipynb")
    zip_file(tmp_path / "a", {f"{number}.ipynb": OTHER for number in range(20)})
    assert sources(tmp_path / "a") == ["x = 1"]


def test_the_later_of_two_versions_of_one_time_counts(tmp_path: Path) -> None:
    for number, content in ((9, OTHER), (10, NOTEBOOK)):
        _dated(file(tmp_path, content, f"a/Version {number}/cnn.ipynb"), 1_000_000_000)
    assert sources(tmp_path / "a") == ["x = 1"]


def test_a_backup_of_jupyters_is_named_where_nothing_else_is(tmp_path: Path) -> None:
    file(tmp_path, NOTEBOOK, "a/.ipynb_checkpoints/cnn-checkpoint.ipynb")
    with pytest.raises(Unreadable, match="only a backup copy that Jupyter made"):
        sources(tmp_path / "a")

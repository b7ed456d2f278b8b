"""What crosses a cluster is what was handed in and what the store writes."""

import os
import pickle
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.classroom.slots import Graded
from autograder.cluster.message import (
    pack_grade,
    pack_submission,
    unpack_grade,
    unpack_submission,
)
from autograder.files import walk
from autograder.intake.unreadable import MAX_BYTES
from autograder.records import Submission
from tests.support.sample_grades import COMPLETED


def there(submission: Submission, folder: Path) -> Submission:
    folder.mkdir()
    return unpack_submission(pack_submission(submission), folder)


def test_a_file_arrives_with_its_name_and_date(tmp_path: Path) -> None:
    file, rival = tmp_path / "a b.ipynb", tmp_path / "a b (1).ipynb"
    file.write_bytes(b"\xff\x00{}")
    rival.write_text("{}")
    os.utime(file, ns=(5, 1_700_000_000_000_000_000))
    sent = there(Submission("a\udcff", file, rivals=(rival,)), tmp_path / "there")
    assert (sent.student, sent.source.name) == ("a\udcff", "a b.ipynb")
    assert sent.source.read_bytes() == b"\xff\x00{}"
    assert sent.source.stat().st_mtime_ns == 1_700_000_000_000_000_000
    assert [each.name for each in sent.rivals] == ["a b (1).ipynb"]


def test_a_folder_arrives_with_all_that_lies_in_it(tmp_path: Path) -> None:
    folder = tmp_path / "student_001"
    (folder / "deep").mkdir(parents=True)
    (folder / "deep" / "work.ipynb").write_text("{}")
    (folder / "link").symlink_to("/etc/hostname")
    os.mkfifo(folder / "pipe")
    with (folder / "huge.bin").open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    sent = there(Submission("student_001", folder), tmp_path / "there").source
    shown = [[(e.path, e.kind, e.size) for e in walk(top).files] for top in (folder, sent)]
    assert shown[0] == shown[1]
    kinds = [{entry.path: entry.kind for entry in walk(top).entries} for top in (folder, sent)]
    assert kinds[0] == kinds[1] and kinds[0]["pipe"] == "other"
    assert os.readlink(sent / "link") == "/etc/hostname"
    assert (sent / "deep" / "work.ipynb").read_text() == "{}"


def test_what_is_not_there_any_more_has_the_sentence_that_it_would_have_here(
    tmp_path: Path,
) -> None:
    gone = Submission("student_001", tmp_path / "gone.ipynb")
    sent = there(gone, tmp_path / "there")
    assert "gone.ipynb" in sent.problem


def test_a_known_problem_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "a.pdf"
    file.write_text("x")
    assert there(Submission("a", file, problem="It is a PDF."), tmp_path / "x").problem == (
        "It is a PDF."
    )


def test_a_grade_comes_back_as_it_was() -> None:
    executed = {"cells": [{"outputs": [{"data": {"text/plain": "é\udc80"}}]}]}
    sent = Graded(COMPLETED, executed)
    assert unpack_grade(pack_grade(sent)) == sent


@pytest.mark.parametrize("message", [b"{}", b"[]", b"{", b'{"grade": {}, "outputs": []}'])
def test_what_is_no_grade_is_none(message: bytes) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        unpack_grade(message)


class Opened:
    """Makes a file where an object of it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return open, (str(self.path), "w")


@pytest.mark.parametrize(
    "read",
    [unpack_grade, lambda message: unpack_submission(message, Path("/nowhere"))],
    ids=["unpack_grade", "unpack_submission"],
)
def test_an_object_that_would_run_when_it_is_read_is_no_message(
    read: Callable[[bytes], object], tmp_path: Path
) -> None:
    made = tmp_path / "made"
    with pytest.raises(ValueError):
        read(pickle.dumps(Opened(made)))
    assert not made.exists()

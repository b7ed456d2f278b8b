"""No entry of a class stops the others: keys, reading, and the downloads of learning systems."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder import files
from autograder.classroom.plan import content_key
from autograder.intake.notebook import read_notebook
from autograder.intake.unreadable import Unreadable
from autograder.similarity.answers import answers_in
from proofs.attacks.changing import CONTENT, class_folder
from tests.intake.test_files import HOSTILE
from tests.support.assignments import collect_class
from tests.support.lms_downloads import entry, gradescope_export, submitter

METADATA = entry(1, submitter("Jane Doe", "s1", "jane@x.example")) + entry(
    2, submitter("Kim Lee", "s2", "kim@x.example")
)


def _plain(top: Path) -> tuple[Path, Path]:
    return top / "student_001", top / "student_002.ipynb"


def _moodle(top: Path) -> tuple[Path, Path]:
    honest = top / "Kim Lee_502_assignsubmission_file"
    honest.mkdir(parents=True)
    return top / "Jane Doe_501_assignsubmission_file", honest / "cnn.ipynb"


def _brightspace(top: Path) -> tuple[Path, Path]:
    honest = top / "101-2 - Kim Lee - 5 May, 2026 1000 AM"
    honest.mkdir(parents=True)
    return top / "101-1 - Jane Doe - 5 May, 2026 1000 AM", honest / "cnn.ipynb"


def _gradescope(top: Path) -> tuple[Path, Path]:
    export = gradescope_export(top, METADATA, "submission_2")
    return export / "submission_1", export / "submission_2" / "cnn.ipynb"


def _blackboard(top: Path) -> tuple[Path, Path]:
    start = "gradebook_cnn_ex_{}_attempt_2026-05-05-10-00-00"
    for user in ("jane", "kim"):
        (top / f"{start.format(user)}.txt").write_text(f"Name: {user} ({user})\n")
    hostile, honest = (f"{start.format(user)}_cnn.ipynb" for user in ("jane", "kim"))
    return top / hostile, top / honest


def _locked(top: Path) -> None:
    top.mkdir()
    (top / "locked-by-its-owner").mkdir()
    (top / "locked-by-its-owner" / "cnn.ipynb").write_bytes(CONTENT)


def _fleeting(top: Path) -> None:
    top.mkdir()
    (top / "gone-when-it-is-opened").mkdir()


@pytest.fixture
def unreadable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Folders that cannot be entered, for root too, and such that go away at that moment."""
    real = os.open

    def opening(path, flags, *rest, **keywords):
        if path == "locked-by-its-owner":
            raise PermissionError(13, "Permission denied", path)
        if path == "gone-when-it-is-opened":
            os.rmdir(path, dir_fd=keywords["dir_fd"])
        return real(path, flags, *rest, **keywords)

    monkeypatch.setattr(files.os, "open", opening)


@pytest.mark.parametrize("layout", [_plain, _moodle, _brightspace, _gradescope, _blackboard])
@pytest.mark.parametrize("make", [*HOSTILE, _locked, _fleeting])
@pytest.mark.usefixtures("unreadable")
def test_a_hostile_entry_costs_nobody_else_anything(
    tmp_path: Path, layout: Callable[[Path], tuple[Path, Path]], make: Callable[[Path], None]
) -> None:
    top = tmp_path / "class"
    top.mkdir()
    hostile, honest = layout(top)
    make(hostile)
    honest.write_bytes(CONTENT)
    found = collect_class(top, tmp_path)
    again = collect_class(top, tmp_path)
    assert [one.student for one in found.submissions] == [one.student for one in again.submissions]
    keys = [content_key(one) for one in found.submissions]
    assert keys == [content_key(one) for one in again.submissions]
    read, refused = list[str](), list[str]()
    for one in found.submissions:
        try:
            read += [cell.source for cell in read_notebook(one).cells]
        except Unreadable as problem:
            refused.append(str(problem))
    assert read == ["x = 1"]
    assert all(len(sentence) < 500 for sentence in refused)
    if make.__name__ != "_missing":
        assert len(refused) == 1


def test_one_students_thousands_of_files_hide_nobody(tmp_path: Path) -> None:
    for number in range(3):
        folder = tmp_path / "wrapped" / f"Jane {number}_{number}_assignsubmission_file"
        folder.mkdir(parents=True)
        (folder / "cnn.ipynb").write_bytes(CONTENT)
    crowd = tmp_path / "wrapped" / "Jane 0_0_assignsubmission_file" / "crowd"
    crowd.mkdir()
    for number in range(3_000):
        (crowd / str(number)).touch()
    found = collect_class(tmp_path / "wrapped", tmp_path)
    assert found.layout == "Moodle download"
    assert len(found.submissions) == 3


@pytest.mark.parametrize("make", HOSTILE)
def test_what_lies_in_the_place_of_an_executed_notebook_is_not_compared(
    tmp_path: Path, make: Callable[[Path], None]
) -> None:
    make(tmp_path / "executed.ipynb")
    assert answers_in(tmp_path / "executed.ipynb") is None


def test_a_pipe_in_the_place_of_an_executed_notebook_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "executed.ipynb")
    assert answers_in(tmp_path / "executed.ipynb") is None


@pytest.mark.parametrize("seed", range(12))
def test_a_class_that_changes_while_it_is_read_ends_in_no_error(seed: int) -> None:
    class_folder(str(seed).encode())

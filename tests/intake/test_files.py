"""The walk through students' files: bounded, following no links, and never raising."""

import os
import signal
import stat
from pathlib import Path

import pytest

from autograder.classroom.plan import content_key
from autograder.files import NotOrdinary, read, walk
from autograder.intake.notebook_source import notebooks_in
from autograder.intake.unreadable import Unreadable
from autograder.records import Submission
from proofs.attacks.changing import BAIT

LEVELS = 60
"""Folders of names of 200 bytes each: the path is three times as long as the kernel takes."""


def _nested(top: Path) -> None:
    top.mkdir()
    place = os.open(top, os.O_RDONLY)
    for _ in range(LEVELS):
        os.mkdir("d" * 200, dir_fd=place)
        below = os.open("d" * 200, os.O_RDONLY, dir_fd=place)
        os.close(place)
        place = below
    os.close(place)


def _outside(top: Path) -> Path:
    """A folder of the test's own with a notebook, which lies outside of what is handed in."""
    room = next(above for above in top.parents if above.name.startswith("test_"))
    (room / "outside").mkdir(exist_ok=True)
    (room / "outside" / "cnn.ipynb").write_bytes(BAIT)
    return room / "outside"


def _link_out(top: Path) -> None:
    top.mkdir()
    (top / "all").symlink_to(_outside(top))


def _link_alone(top: Path) -> None:
    top.symlink_to(_outside(top))


def _loop(top: Path) -> None:
    top.mkdir()
    (top / "again").symlink_to(top)


def _special(top: Path) -> None:
    top.mkdir()
    os.mkfifo(top / "pipe.ipynb")
    os.mknod(top / "socket", stat.S_IFSOCK | 0o600)


def _crowded(top: Path) -> None:
    top.mkdir()
    for number in range(10_100):
        (top / str(number)).touch()


def _odd_name(top: Path) -> None:
    top.mkdir()
    Path(os.fsdecode(os.fsencode(top) + b"/\xff\n.txt")).touch()


def _missing(_top: Path) -> None:
    pass


HOSTILE = (_nested, _link_out, _link_alone, _loop, _special, _crowded, _odd_name, _missing)


@pytest.mark.parametrize("make", HOSTILE)
def test_whatever_a_student_hands_in_has_a_key_and_a_sentence(make, tmp_path: Path):
    top = tmp_path / "student_001"
    make(top)
    submission = Submission("student_001", top)
    assert content_key(submission) == content_key(submission)
    with pytest.raises(Unreadable) as refusal:
        notebooks_in(top)
    assert len(str(refusal.value)) < 500


def test_what_is_nested_too_deeply_is_told_and_the_rest_is_found(tmp_path: Path):
    _nested(tmp_path / "a")
    (tmp_path / "a" / "cnn.ipynb").write_text("{}")
    found = walk(tmp_path / "a")
    assert "too deep" in found.problem and len(found.problem) < 200
    assert [entry.path for entry in found.files] == ["cnn.ipynb"]


def test_nothing_behind_a_link_is_seen(tmp_path: Path):
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "cnn.ipynb").write_text("{}")
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "link").symlink_to(tmp_path / "secret")
    found = walk(tmp_path / "a")
    assert [(entry.path, entry.kind) for entry in found.entries] == [
        ("", "folder"),
        ("link", "link"),
    ]
    with pytest.raises(OSError, match="directory"):
        read(tmp_path / "a", "link/cnn.ipynb", 10)
    with pytest.raises(NotOrdinary):
        read(tmp_path / "a", "link", 10)


def test_a_folder_that_changes_while_it_is_read_ends_in_no_error(tmp_path: Path, monkeypatch):
    top = tmp_path / "a"
    (top / "folder").mkdir(parents=True)
    (top / "folder" / "b").write_text("b")
    real, opened = os.open, []

    def exchange(path, flags, *rest, **keywords):
        if path == "folder" and not opened:
            opened.append(path)
            (top / "folder").rename(tmp_path / "away")
            (top / "folder").symlink_to(tmp_path / "away")
        return real(path, flags, *rest, **keywords)

    monkeypatch.setattr(os, "open", exchange)
    found = walk(top)
    assert opened and "folder cannot be read" in found.problem
    assert [entry.path for entry in found.entries] == ["", "folder"]


def test_a_walk_stops_at_its_limit(tmp_path: Path):
    for number in range(30):
        (tmp_path / str(number)).touch()
    found = walk(tmp_path, most=10)
    assert len(found.entries) == 11 and "more than 10" in found.problem


def test_the_key_tells_a_changed_notebook_behind_many_other_files(tmp_path: Path):
    top = tmp_path / "a"
    (top / ".venv").mkdir(parents=True)
    for number in range(1_200):
        (top / ".venv" / str(number)).touch()
        (top / f"{number:04}.png").touch()
    notebook = top / "zzz.ipynb"
    notebook.write_text("1")
    before = content_key(Submission("student_001", top))
    notebook.write_text("2")
    assert content_key(Submission("student_001", top)) != before


def test_a_file_is_read_up_to_the_limit_and_one_byte(tmp_path: Path):
    (tmp_path / "b").write_bytes(b"12345")
    assert read(tmp_path, "b", 3) == b"1234"
    assert read(tmp_path / "b", "", 9) == b"12345"


def test_a_pipe_that_takes_a_files_place_makes_nobody_wait(tmp_path: Path, monkeypatch):
    (tmp_path / "b").write_bytes(b"12345")
    real = os.stat

    def exchange(path, *rest, **keywords):
        found = real(path, *rest, **keywords)
        if path == "b":
            os.unlink(tmp_path / "b")
            os.mkfifo(tmp_path / "b")
        return found

    def waited(*_):
        raise AssertionError("opening the pipe waits for a writer")

    monkeypatch.setattr(os, "stat", exchange)
    before = signal.signal(signal.SIGALRM, waited)
    signal.setitimer(signal.ITIMER_REAL, 5)
    try:
        with pytest.raises(NotOrdinary):
            read(tmp_path, "b", 9)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)

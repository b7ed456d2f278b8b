"""The grades folder: whole results or none, in folders that no student id can escape from."""

import errno
import json
import os
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.course import Gradescope
from autograder.records import CellRun, Grade, Outcome, Submission
from autograder.store import Store, StoreError
from tests.sample_grades import (
    COMPLETED,
    GRADE,
    GRADER_ERROR,
    HOSTILE_NAMES,
    UNREADABLE,
    hostile_grade,
)


def _submission(grade: Grade) -> Submission:
    return Submission(grade.student, Path(grade.source))


def _name(student: str, store: Store) -> str:
    return store.directory_for(Submission(student, Path("x"))).name


@pytest.mark.parametrize("student", ["student_001", "A.B-c_9", "a..b"])
def test_a_plain_id_names_its_folder_unchanged(tmp_path: Path, student: str) -> None:
    assert _name(student, Store(tmp_path)) == student


@pytest.mark.parametrize("student", HOSTILE_NAMES, ids=lambda name: repr(name)[:30])
def test_a_hostile_id_gives_a_harmless_folder_name(tmp_path: Path, student: str) -> None:
    folder = Store(tmp_path).directory_for(Submission(student, Path("x")))
    assert folder.parent == tmp_path / "students"
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9-]*-[0-9a-f]{10}", folder.name)
    assert len(folder.name) <= 51


@settings(deadline=None, max_examples=200)
@given(st.lists(st.text(st.characters()) | st.sampled_from(["a b", "A B", "a", "A"]), unique=True))
def test_any_two_students_have_two_folders_even_where_case_does_not_count(
    students: list[str],
) -> None:
    store = Store(Path("grades"))
    names = [_name(student, store) for student in students]
    assert len({name.casefold() for name in names}) == len(students)
    assert names == [_name(student, store) for student in students]


def test_a_student_cannot_take_the_folder_of_another(tmp_path: Path) -> None:
    store = Store(tmp_path)
    taken = _name("a b", store)
    assert _name(taken, store) != taken


def test_reserved_names_do_not_depend_on_who_is_graded_first(tmp_path: Path) -> None:
    submissions = [Submission(student, Path("x")) for student in ("ann", "Ann", "ANN")]
    forwards, backwards = Store(tmp_path), Store(tmp_path)
    forwards.reserve(submissions)
    backwards.reserve(reversed(submissions))
    assert [_name(one.student, forwards) for one in submissions] == [
        _name(one.student, backwards) for one in submissions
    ]


def test_a_saved_grade_has_all_its_files(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.save(GRADE, "key", {"cells": []})
    assert sorted(path.name for path in store.directory_for(GRADE).iterdir()) == [
        "executed.ipynb",
        "feedback.html",
        "record.json",
        "results.json",
    ]


def test_a_grade_without_a_notebook_leaves_no_notebook_of_an_earlier_run(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.save(GRADE, "key", {"cells": []})
    store.save(GRADE, "key", None)
    assert not (store.directory_for(GRADE) / "executed.ipynb").exists()


_OUTPUT = {"output_type": "stream", "name": "stdout", "text": "loss: nan\u2028", "n": [1, None]}


@pytest.mark.parametrize(
    "grade",
    [
        GRADE,
        COMPLETED,
        UNREADABLE,
        GRADER_ERROR,
        hostile_grade(),
        replace(GRADE, cells=(CellRun(1, Outcome.PASSED, 0.1, "", (_OUTPUT,)),)),
        replace(GRADE, score=0.1 + 0.2, seconds=float("inf")),
    ],
    ids=["stopped", "completed", "unreadable", "grader_error", "hostile", "outputs", "numbers"],
)
def test_a_grade_comes_back_as_it_was_saved(tmp_path: Path, grade: Grade) -> None:
    store = Store(tmp_path)
    store.save(grade, "key", {"cells": []})
    assert Store(tmp_path).load(_submission(grade), "key") == grade


def test_nothing_is_loaded_before_anything_was_saved(tmp_path: Path) -> None:
    assert Store(tmp_path / "absent").load(_submission(GRADE), "key") is None


def test_a_changed_key_means_grading_again(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.save(GRADE, "key", None)
    assert store.load(_submission(GRADE), "other") is None


def test_another_file_of_the_student_means_grading_again(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.save(GRADE, "key", None)
    assert store.load(Submission(GRADE.student, Path("other.zip")), "key") is None


def test_a_missing_report_means_grading_again(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.save(GRADE, "key", None)
    (store.directory_for(GRADE) / "feedback.html").unlink()
    assert store.load(_submission(GRADE), "key") is None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe\xff",
        b"[]",
        b"null",
        b"[" * 100_000,
        b'{"key": "key"}',
        b'{"key": "key", "grade": {"student": "student_001"}}',
        b"9" * 5000,
    ],
    ids=lambda content: repr(content[:12]),
)
def test_a_broken_record_means_grading_again(tmp_path: Path, content: bytes) -> None:
    store = Store(tmp_path)
    store.save(GRADE, "key", None)
    (store.directory_for(GRADE) / "record.json").write_bytes(content)
    assert store.load(_submission(GRADE), "key") is None


def test_a_record_cut_off_anywhere_means_grading_again(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.save(GRADE, "key", None)
    record = store.directory_for(GRADE) / "record.json"
    whole = record.read_bytes()
    for length in range(0, len(whole.rstrip()), 97):
        record.write_bytes(whole[:length])
        assert store.load(_submission(GRADE), "key") is None


def test_an_unknown_outcome_in_a_record_means_grading_again(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.save(GRADE, "key", None)
    path = store.directory_for(GRADE) / "record.json"
    path.write_text(path.read_text().replace('"failed"', '"excellent"'))
    assert store.load(_submission(GRADE), "key") is None


def test_a_record_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.save(GRADE, "key", None)
    record = store.directory_for(GRADE) / "record.json"
    record.rename(tmp_path / "elsewhere.json")
    record.symlink_to(tmp_path / "elsewhere.json")
    assert store.load(_submission(GRADE), "key") is None


def test_a_link_in_place_of_a_report_is_replaced_not_written_through(tmp_path: Path) -> None:
    store = Store(tmp_path)
    target = tmp_path / "precious"
    target.write_text("precious")
    folder = store.directory_for(GRADE)
    folder.mkdir(parents=True)
    (folder / "feedback.html").symlink_to(target)
    store.save(GRADE, "key", None)
    assert target.read_text() == "precious"
    assert not (folder / "feedback.html").is_symlink()


def test_a_link_in_place_of_a_file_to_be_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("autograder.store.secrets.token_hex", lambda _size: "guessed")
    target = tmp_path / "precious"
    target.write_text("precious")
    (tmp_path / ".gradebook.csv.guessed").symlink_to(target)
    with pytest.raises(StoreError, match="File exists"):
        Store(tmp_path).write_gradebook([GRADE])
    assert target.read_text() == "precious"


def _full_disk(*_arguments: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_full_disk_is_told_and_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(tmp_path)
    store.save(GRADE, "key", None)
    before = {path: path.read_bytes() for path in store.directory_for(GRADE).iterdir()}
    monkeypatch.setattr("autograder.store.os.fsync", _full_disk)
    with pytest.raises(StoreError, match="the disk is full"):
        store.save(replace(GRADE, score=0), "key", None)
    with pytest.raises(StoreError, match=r"gradebook\.csv"):
        store.write_gradebook([GRADE])
    assert {path: path.read_bytes() for path in store.directory_for(GRADE).iterdir()} == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["students"]


def test_what_a_killed_run_was_writing_is_cleared_up_and_nothing_else(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.save(GRADE, "key", None)
    store.write_gradebook([GRADE])
    (tmp_path / ".notes").write_text("an instructor's own")
    kept = sorted(tmp_path.rglob("*"))
    for folder in (tmp_path, store.directory_for(GRADE)):
        (folder / f".record.json.{'0a' * 8}").write_text("{")
    store.clear_up()
    assert sorted(tmp_path.rglob("*")) == kept
    Store(tmp_path / "absent").clear_up()


def test_a_run_that_dies_before_the_record_grades_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(tmp_path)
    replaced: list[str] = []

    def dying(source: str, target: Path) -> None:
        if target.name == "record.json":
            raise KeyboardInterrupt
        replaced.append(target.name)
        os.rename(source, target)

    monkeypatch.setattr("autograder.store.os.replace", dying)
    with pytest.raises(KeyboardInterrupt):
        store.save(GRADE, "key", {"cells": []})
    assert sorted(replaced) == ["executed.ipynb", "feedback.html", "results.json"]
    assert store.load(_submission(GRADE), "key") is None


def test_a_grades_folder_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "grades").write_text("x")
    with pytest.raises(StoreError, match="could not be written"):
        Store(tmp_path / "grades").save(GRADE, "key", None)


def test_results_are_json_for_gradescope(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.shown = Gradescope(hidden_checks="hidden")
    store.save(GRADE, "key", None)
    report = json.loads((store.directory_for(GRADE) / "results.json").read_text())
    assert report["score"] == 7.5
    assert {test["visibility"] for test in report["tests"]} == {"visible", "hidden"}


def test_the_gradebook_is_written_whole(tmp_path: Path) -> None:
    path = Store(tmp_path).write_gradebook([GRADE, UNREADABLE])
    assert path == tmp_path / "gradebook.csv"
    assert len(path.read_text().splitlines()) == 3

"""The folder of a class: whole files or none, in folders that no student id can escape from."""

import errno
import json
import os
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.classroom.showing import Showing
from autograder.classroom.views import Views
from autograder.course.settings import Gradescope
from autograder.records import Grade
from autograder.store.kept import Attempt
from autograder.store.store import Store
from autograder.store.writing import StoreError, clear_up
from tests.support.sample_grades import GRADE, HOSTILE_NAMES, UNREADABLE


def keep(views: Views, grade: Grade, notebook: dict[str, object] | None = None) -> Path:
    """Keep `grade` as a run does, and return the student's folder."""
    views.store.save(grade, Attempt(grade.source, "bytes"), notebook)
    views.write_student(grade.student)
    return views.store.directory_for(grade)


@pytest.fixture
def views(tmp_path: Path) -> Views:
    return Views(Store(tmp_path))


@pytest.mark.parametrize("student", ["student_001", "A.B-c_9", "a..b"])
def test_a_plain_id_names_its_folder_unchanged(tmp_path: Path, student: str) -> None:
    assert Store(tmp_path).folder_of(student) == student


@pytest.mark.parametrize("student", HOSTILE_NAMES, ids=lambda name: repr(name)[:30])
def test_a_hostile_id_gives_a_harmless_folder_name(views: Views, student: str) -> None:
    folder = keep(views, replace(GRADE, student=student))
    assert folder.parent == views.store.folder / "students"
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9-]*-[0-9a-f]{10}", folder.name)
    assert len(folder.name) <= 51
    assert [grade.student for grade in views.table()] == [student]


@settings(deadline=None, max_examples=200)
@given(st.lists(st.text(st.characters()) | st.sampled_from(["a b", "A B", "a", "A"]), unique=True))
def test_any_two_students_have_two_folders_even_where_case_does_not_count(
    students: list[str],
) -> None:
    store = Store(Path("nowhere"))
    names = [store.folder_of(student) for student in students]
    assert len({name.casefold() for name in names}) == len(students)
    assert names == [store.folder_of(student) for student in students]


def test_a_student_cannot_take_the_folder_of_another(tmp_path: Path) -> None:
    store = Store(tmp_path)
    taken = store.folder_of("a b")
    assert store.folder_of(taken) != taken


def test_reserved_names_do_not_depend_on_who_is_graded_first(tmp_path: Path) -> None:
    students = ["ann", "Ann", "ANN"]
    forwards, backwards = Store(tmp_path), Store(tmp_path)
    forwards.reserve(students)
    backwards.reserve(reversed(students))
    assert [forwards.folder_of(one) for one in students] == [
        backwards.folder_of(one) for one in students
    ]


def test_a_folder_stays_the_students_in_later_runs(tmp_path: Path) -> None:
    first = Views(Store(tmp_path))
    folder = keep(first, replace(GRADE, student="Ann"))
    first.store.close()
    store = Store(tmp_path)
    store.reserve(["ANN", "Ann"])
    assert store.folder_of("Ann") == folder.name and store.folder_of("ANN") != folder.name


def test_a_graded_student_has_all_files(views: Views) -> None:
    folder = keep(views, GRADE, {"cells": []})
    assert sorted(path.name for path in folder.iterdir()) == [
        "executed.ipynb",
        "feedback.html",
        "results.json",
    ]


def test_a_grade_without_a_notebook_leaves_no_notebook_of_an_earlier_run(views: Views) -> None:
    keep(views, GRADE, {"cells": []})
    folder = keep(views, GRADE)
    assert not (folder / "executed.ipynb").exists()
    assert "executed.ipynb" not in (folder / "feedback.html").read_text()


def test_a_missing_file_is_written_again_without_grading(views: Views) -> None:
    folder = keep(views, GRADE)
    before = (folder / "feedback.html").read_bytes()
    (folder / "feedback.html").unlink()
    assert views.refresh() == ["student_001"]
    assert (folder / "feedback.html").read_bytes() == before
    assert views.refresh() == []


def test_a_new_title_is_shown_without_grading(views: Views) -> None:
    folder = keep(views, GRADE)
    Views(views.store, Showing("Another course")).refresh()
    assert "<h1>Another course</h1>" in (folder / "feedback.html").read_text()


def test_a_link_in_place_of_a_report_is_replaced_not_written_through(views: Views) -> None:
    target = views.store.folder / "precious"
    target.write_text("precious")
    folder = views.store.directory_for(GRADE)
    folder.mkdir(parents=True)
    (folder / "feedback.html").symlink_to(target)
    keep(views, GRADE)
    assert target.read_text() == "precious"
    assert not (folder / "feedback.html").is_symlink()


def test_a_link_in_place_of_a_file_to_be_is_refused(
    views: Views, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = keep(views, GRADE).parent.parent
    monkeypatch.setattr("autograder.store.writing.secrets.token_hex", lambda _size: "guessed")
    target = folder / "precious"
    target.write_text("precious")
    (folder / ".gradebook.csv.guessed").symlink_to(target)
    with pytest.raises(StoreError, match="File exists"):
        views.write_gradebook()
    assert target.read_text() == "precious"


def _full_disk(*_arguments: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_full_disk_is_told_and_leaves_what_was_there(
    views: Views, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = keep(views, GRADE, {"cells": []})
    before = {path: path.read_bytes() for path in folder.iterdir()}
    monkeypatch.setattr("autograder.store.writing.os.fsync", _full_disk)
    with pytest.raises(StoreError, match="the disk is full"):
        keep(views, replace(GRADE, score=0), {"cells": [1]})
    with pytest.raises(StoreError, match=r"gradebook\.csv"):
        views.write_gradebook()
    assert {path: path.read_bytes() for path in folder.iterdir()} == before
    assert [kept.grade.score for kept in views.store.everybody()] == [GRADE.score]


def test_what_a_killed_run_was_writing_is_cleared_up_and_nothing_else(views: Views) -> None:
    folder = keep(views, GRADE)
    views.write_gradebook()
    top = views.store.folder
    (top / ".notes").write_text("an instructor's own")
    kept = sorted(top.rglob("*"))
    for place in (top, folder):
        (place / f".feedback.html.{'0a' * 8}").write_text("{")
    clear_up(top)
    assert sorted(top.rglob("*")) == kept
    clear_up(top / "absent")


def test_a_grades_folder_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "grades").write_text("x")
    with pytest.raises(StoreError, match="could not be written"):
        keep(Views(Store(tmp_path / "grades")), GRADE)


def test_results_are_json_for_gradescope(tmp_path: Path) -> None:
    showing = Showing(gradescope=Gradescope(hidden_checks="hidden"))
    folder = keep(Views(Store(tmp_path), showing), GRADE)
    report = json.loads((folder / "results.json").read_text())
    assert report["score"] == 7.5
    assert {test["visibility"] for test in report["tests"]} == {"visible", "hidden"}


def test_the_gradebook_has_everybody_who_was_ever_graded(tmp_path: Path) -> None:
    for grade in (UNREADABLE, GRADE):
        views = Views(Store(tmp_path))
        keep(views, grade)
        views.write_gradebook()
        views.store.close()
    rows = (tmp_path / "gradebook.csv").read_text().splitlines()
    assert [row.split(",")[0] for row in rows] == ["student", "student_001", "student_002"]


def test_members_of_groups_have_rows_in_every_later_gradebook(tmp_path: Path) -> None:
    first = Store(tmp_path)
    first.save(GRADE, Attempt(GRADE.source, members=("ann", "bob")), None)
    first.close()
    views = Views(Store(tmp_path))
    keep(views, UNREADABLE)
    rows = [row.split(",") for row in views.write_gradebook().read_text().splitlines()]
    assert [row[0] for row in rows] == ["student", "student_001", "ann", "bob", "student_002"]
    assert [row[-1] for row in rows] == ["hand_in_of", "", "student_001", "student_001", ""]

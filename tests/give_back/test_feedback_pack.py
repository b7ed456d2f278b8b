"""`feedback` packs what each system takes back, for each student only what is theirs."""

import csv
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from typer.testing import CliRunner

from autograder.cli.app import app
from autograder.records import Ending, Grade, Submission
from tests.support.assignments import collect_class
from tests.support.lms_downloads import entry, files, gradescope_export, submitter, zipped
from tests.support.sample_class import executed, write_class
from tests.support.sample_grades import COMPLETED, GRADER_ERROR, UNREADABLE

MOODLE = (
    "Ann Lee_101_assignsubmission_file_/cnn.ipynb",
    "Bo Öz_102_assignsubmission_file/cnn.ipynb",
    "Cy Day_103_assignsubmission_file_cnn.ipynb",
)
CANVAS = (
    "leeann_101_7001_cnn.ipynb",
    "ozbo_LATE_102_7002_cnn-2.zip",
    "daycy_103_7003_cnn.html",
    "anon_x9_7004_cnn.ipynb",
)


def _own(submission: Submission) -> Grade:
    """A grade whose page and notebook name the student, so that a mix-up is seen."""
    return replace(
        COMPLETED,
        student=submission.student,
        source=submission.source.name,
        notes=(f"Note for <{submission.student}>",),
    )


def graded_class(folder: Path, source: Path, changes: Mapping[str, Grade] | None = None) -> Path:
    """Grades for the class at `source`, with executed notebooks, or as `changes` says."""
    room = folder / "room"
    room.mkdir()
    found = collect_class(source, room).submissions
    changes = changes or {}
    grades = [
        replace(changes[one.student], student=one.student, source=one.source.name)
        if one.student in changes
        else _own(one)
        for one in found
    ]
    answers = {
        grade.student: {"q1": f"own = {grade.student!r}"}
        for grade in grades
        if grade.ending is not Ending.UNREADABLE
    }
    write_class(folder / "grades", grades, answers)
    return folder / "grades"


def pack(source: Path, output: Path, *more: str, status: int = 0) -> str:
    ran = CliRunner().invoke(app, ["feedback", str(source), "--output", str(output), *more])
    assert ran.exit_code == status, ran.output
    return ran.stdout if status < 2 else ran.stderr


def contents(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as archive:
        assert len(set(archive.namelist())) == len(archive.namelist())
        return {name: archive.read(name).decode("utf-8", "replace") for name in archive.namelist()}


def merged(output: Path) -> list[dict[str, str]]:
    text = (output / "feedback" / "mail-merge.csv").read_text("utf-8")
    return list(csv.DictReader(io.StringIO(text)))


def packed_files(output: Path) -> list[str]:
    folder = output / "feedback"
    return sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    )


def test_moodle_gets_a_zip_with_the_names_of_its_download(tmp_path: Path) -> None:
    source = files(tmp_path / "class", *MOODLE)
    output = graded_class(tmp_path, source)
    said = pack(source, output)
    found = contents(output / "feedback" / "moodle-feedback.zip")
    starts = [
        "Ann Lee_101_assignsubmission_file_/",
        "Bo Öz_102_assignsubmission_file/",
        "Cy Day_103_assignsubmission_file_",
    ]
    assert sorted(found) == sorted(
        start + name for start in starts for name in ("executed.ipynb", "feedback.html")
    )
    for start, number in zip(starts, ("101", "102", "103"), strict=True):
        assert f"Note for &lt;{number}&gt;" in found[f"{start}feedback.html"]
        assert f"own = '{number}'" in found[f"{start}executed.ipynb"]
    assert "Upload multiple feedback files in a zip" in said and "3 students" in said


def test_no_file_of_a_pack_names_another_student(tmp_path: Path) -> None:
    source = files(tmp_path / "class", *MOODLE, *MOODLE)
    output = graded_class(tmp_path, source)
    pack(source, output)
    for name, content in contents(output / "feedback" / "moodle-feedback.zip").items():
        others = {"101", "102", "103"} - {name.split("_")[1]}
        assert not any(
            mark.format(other) in content
            for other in others
            for mark in ("for &lt;{}", "own = '{}", "_{}_")
        )


def test_moodles_flat_zip_gets_flat_names_that_are_read_back_as_the_same_people(
    tmp_path: Path,
) -> None:
    names = [
        "Ann Lee_101_assignsubmission_file_my_cnn.ipynb",
        "Participant_102_assignsubmission_file_a.ipynb",
    ]
    source = zipped(
        tmp_path / "class.zip", {name: json.dumps(executed({"q1": "1"})) for name in names}
    )
    output = graded_class(tmp_path, source)
    pack(source, output)
    archive = output / "feedback" / "moodle-feedback.zip"
    assert "Ann Lee_101_assignsubmission_file_feedback.html" in contents(archive)
    room = tmp_path / "again"
    room.mkdir()
    again = collect_class(archive, room)
    assert [one.student for one in again.submissions] == ["101", "102"]


def test_canvas_gets_files_of_the_downloads_names_and_kinds(tmp_path: Path) -> None:
    source = files(tmp_path / "class", *CANVAS)
    output = graded_class(tmp_path, source)
    pack(source, output)
    path = output / "feedback" / "canvas-feedback.zip"
    found = contents(path)
    assert sorted(found) == sorted(CANVAS)
    notebook = nbformat.reads(found[CANVAS[0]], as_version=4)
    nbformat.validate(notebook)
    assert "7.5 of 12.5 points" in notebook.cells[0].source
    assert "own = '101'" in notebook.cells[1].source
    assert "Note for &lt;103&gt;" in found[CANVAS[2]]
    with zipfile.ZipFile(path) as outer, zipfile.ZipFile(outer.open(CANVAS[1])) as inner:
        assert sorted(inner.namelist()) == ["executed.ipynb", "feedback.html"]
        assert "Note for &lt;102&gt;" in inner.read("feedback.html").decode()
    assert "own = 'anon_x9'" in found[CANVAS[3]]


def test_what_canvas_cannot_take_back_lies_in_a_folder_and_is_told(tmp_path: Path) -> None:
    names = (
        "leeann_101_7001_cnn.pdf",
        "ozbo_102_text.html",
        "own name.ipynb",
        CANVAS[0].replace("101", "104"),
        CANVAS[1].replace("102", "105"),
        CANVAS[2].replace("103", "106"),
    )
    source = files(tmp_path / "class", *names)
    unreadable = {name: UNREADABLE for name in ("101", "102")}
    output = graded_class(tmp_path, source, unreadable)
    said = pack(source, output)
    assert len(contents(output / "feedback" / "canvas-feedback.zip")) == 3
    for folder in ("101", "102", "own-name-"):
        assert any(
            name.startswith(f"{folder}") and name.endswith("/feedback.html")
            for name in packed_files(output)
        ), folder
    assert "101 has no mark: It is broken." in said
    assert "another kind of file" in said


def test_an_unreadable_notebook_gets_a_notebook_that_says_why(tmp_path: Path) -> None:
    source = files(tmp_path / "class", *CANVAS)
    output = graded_class(tmp_path, source, {"101": UNREADABLE})
    pack(source, output)
    text = contents(output / "feedback" / "canvas-feedback.zip")[CANVAS[0]]
    notebook = nbformat.reads(text, as_version=4)
    nbformat.validate(notebook)
    assert [cell.cell_type for cell in notebook.cells] == ["markdown"]
    assert "It is broken." in notebook.cells[0].source
    assert [row["score"] for row in merged(output)].count("") == 1


@pytest.mark.parametrize("kind", ["folder", "Gradescope"])
def test_every_other_class_gets_a_folder_for_each_student(tmp_path: Path, kind: str) -> None:
    if kind == "folder":
        source = files(tmp_path / "class", "student_001.ipynb", "student 002/cnn.ipynb")
        students = ["student_001", "student 002"]
    else:
        metadata = entry(1, submitter("Ann Lee", "s1", "ann@x.example")) + entry(
            2, submitter("Bo Öz", "s2", "bo@x.example")
        )
        source = gradescope_export(tmp_path, metadata, "submission_1", "submission_2")
        students = ["s1", "s2"]
    output = graded_class(tmp_path, source)
    said = pack(source, output)
    rows = {row["student"]: row for row in merged(output)}
    assert sorted(rows) == sorted(students)
    for student, row in rows.items():
        page = (output / "feedback" / row["page"]).read_text("utf-8")
        assert f"Note for &lt;{student}&gt;" in page
        assert f"own = '{student}'" in (output / "feedback" / row["notebook"]).read_text()
        assert (row["score"], row["max_score"]) == ("7.5", "12.5")
    assert not list((output / "feedback").glob("*.zip"))
    assert ("Gradescope takes no files back" in said) == (kind == "Gradescope")
    if kind == "Gradescope":
        assert [row["email"] for row in merged(output)] == ["ann@x.example", "bo@x.example"]


def test_addresses_come_from_the_gradebook_and_paths_lead_to_pages(tmp_path: Path) -> None:
    source = files(tmp_path / "class", *MOODLE)
    output = graded_class(tmp_path, source)
    worksheet = tmp_path / "worksheet.csv"
    worksheet.write_text(
        "Identifier,Full name,Email address,Status,Grade,Maximum Grade,Last modified (grade)\n"
        "Participant 101,Ann Lee,ann@x.example,,,100.00,-\n"
        "Participant 102,Bo Öz,bo@x.example,,,100.00,-\n"
    )
    pack(source, output, "--gradebook", str(worksheet))
    rows = merged(output)
    assert [row["email"] for row in rows] == ["ann@x.example", "bo@x.example", ""]
    for row, number in zip(rows, ("101", "102", "103"), strict=True):
        page = (output / "feedback" / row["page"]).read_text("utf-8")
        assert f"Note for &lt;{number}&gt;" in page


def test_who_has_no_mark_is_left_out_and_a_missing_page_is_written_again(tmp_path: Path) -> None:
    names = [f"student_00{number}.ipynb" for number in range(1, 6)]
    source = files(tmp_path / "class", *names)
    held = replace(COMPLETED, needs_review=True, review="Two hand-ins differ.")
    output = graded_class(tmp_path, source, {"student_002": GRADER_ERROR, "student_003": held})
    (output / "students" / "student_004" / "feedback.html").unlink()
    files(source, "student_006.ipynb")
    (source / "student_005.ipynb").rename(source / "student_005.zip")
    said = pack(source, output, status=1)
    assert [row["student"] for row in merged(output)] == ["student_001", "student_004"]
    assert {name.split("/")[0] for name in packed_files(output)} == {
        "student_001",
        "student_004",
        "mail-merge.csv",
    }
    for student, why in (
        ("student_002", "open until an instructor has looked"),
        ("student_003", "Two hand-ins differ."),
        ("student_005", "student_005.zip is there now"),
        ("student_006", "no grade is kept"),
    ):
        [line] = [line for line in said.splitlines() if line.strip().startswith(student)]
        assert "left out" in line and why in line


def test_an_older_pack_is_replaced_whole(tmp_path: Path) -> None:
    source = files(tmp_path / "class", "student_001.ipynb", "student_002.ipynb")
    output = graded_class(tmp_path, source)
    pack(source, output)
    (source / "student_002.ipynb").unlink()
    pack(source, output)
    assert {name.split("/")[0] for name in packed_files(output)} == {
        "student_001",
        "mail-merge.csv",
    }
    assert not list(output.glob(".feedback*"))


def test_without_grades_the_command_says_what_to_do(tmp_path: Path) -> None:
    source = files(tmp_path / "class", "student_001.ipynb")
    said = pack(source, tmp_path / "grades", status=2)
    assert "holds no grades" in said and "make grade" in said


def test_another_class_than_the_graded_one_is_refused_and_nothing_is_replaced(
    tmp_path: Path,
) -> None:
    source = files(tmp_path / "class", "student_001.ipynb")
    output = graded_class(tmp_path, source)
    pack(source, output)
    before = packed_files(output)
    other = files(tmp_path / "other", "student_009.ipynb")
    assert "Nobody of this class" in pack(other, output, status=2)
    assert packed_files(output) == before


def test_something_in_the_packs_place_is_not_removed(tmp_path: Path) -> None:
    source = files(tmp_path / "class", "student_001.ipynb")
    output = graded_class(tmp_path, source)
    (output / "feedback").write_text("mine")
    assert "no folder" in pack(source, output, status=2)
    assert (output / "feedback").read_text() == "mine"
    assert not list(output.glob(".feedback*"))

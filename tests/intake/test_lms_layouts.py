"""One function decides where a class begins: in folders and zips, wrapped and unwrapped alike."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from autograder.intake.lms.collected import Collected
from autograder.intake.notebook import read_notebook
from autograder.records import Person
from tests.support.assignments import collect_class
from tests.support.lms_downloads import zipped

CELL = '{"cell_type": "code", "metadata": {}, "outputs": [], "source": "x = 1"}'
NOTEBOOK = f'{{"nbformat": 4, "nbformat_minor": 5, "metadata": {{}}, "cells": [{CELL}]}}'

BOARD = "gradebook_CS101_cnn_student_00{}_attempt_2026-11-{}-10-11-12{}"
SPACE = "10{}-77 - Student {} - Nov {}, 2026 1011 AM/cnn.ipynb"
LAYOUTS: dict[str, tuple[Sequence[str], dict[str, str]]] = {
    "GitHub Classroom download": (
        ("cnn-student_001/cnn.ipynb", "cnn-student_002/work/cnn.ipynb", "cnn-student_002/x.py"),
        {"student_001": "", "student_002": ""},
    ),
    "nbgrader folder": (
        (
            "submitted/student_001/cnn/cnn.ipynb",
            "submitted/student_001/cnn/timestamp.txt",
            "submitted/student_002/cnn/cnn.ipynb",
        ),
        {"student_001": "", "student_002": ""},
    ),
    "Blackboard download": (
        (
            BOARD.format(1, 20, "_cnn.ipynb"),
            BOARD.format(1, 20, ".txt"),
            BOARD.format(1, 21, "_cnn.ipynb"),
            BOARD.format(1, 21, ".txt"),
            BOARD.format(2, 20, "_cnn.zip.ipynb"),
        ),
        {"student_001": "blackboard", "student_002": "blackboard"},
    ),
    "Brightspace download": (
        ("index.html", SPACE.format(1, "One", 20), SPACE.format(2, "Two", 20)),
        {"101-77": "brightspace", "102-77": "brightspace"},
    ),
    "Google Classroom download": (
        ("Student One - cnn.ipynb", "Student Two - Copy of cnn.ipynb", "Student Three - cnn.ipynb"),
        {"Student One": "google", "Student Three": "google"},
    ),
}


def contents(names: Sequence[str]) -> dict[str, bytes | str]:
    receipt = "Name: student 001 (student_001)\nAssignment: cnn\n"
    return {
        name: NOTEBOOK if name.endswith(".ipynb") else receipt if ".txt" in name else "x"
        for name in names
    }


def collected(folder: Path, names: Sequence[str], how: str) -> Collected:
    wrapper = {"wrapped": "cnn-submissions/", "zipped and wrapped": "cnn-submissions/"}.get(how, "")
    made = contents([wrapper + name for name in names])
    (folder / "work").mkdir()
    if how.startswith("zipped"):
        return collect_class(zipped(folder / "class.zip", made), folder / "work")
    for name, content in made.items():
        path = folder / "class" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(str(content))
    return collect_class(folder / "class", folder / "work")


@pytest.mark.parametrize("how", ["unpacked", "wrapped", "zipped", "zipped and wrapped"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_each_system_is_read_however_it_is_packed(tmp_path: Path, layout: str, how: str) -> None:
    names, students = LAYOUTS[layout]
    found = collected(tmp_path, names, how)
    assert found.layout == layout
    systems = {one.student: "".join(p.system for p in one.people) for one in found.submissions}
    assert systems.items() >= students.items()
    assert len(systems) <= 3
    assert all(read_notebook(one).cells for one in found.submissions)


def test_the_newest_attempt_counts_on_blackboard_and_the_receipt_names(tmp_path: Path) -> None:
    found = collected(tmp_path, LAYOUTS["Blackboard download"][0], "unpacked")
    first = found.submissions[0]
    assert "2026-11-21" in first.source.name
    assert first.people == (Person("blackboard", "student_001", "student 001"),)
    assert "2026-11-20" in first.earlier[0]


@pytest.mark.parametrize("word", ["Name", "Nombre", "Nom", "\ufeffName", "氏名"])
def test_a_receipt_in_any_language_tells_where_the_user_begins(tmp_path: Path, word: str) -> None:
    start = "CNN_part_one_{}_attempt_2026-11-20-10-11-12"
    (tmp_path / f"{start.format('j_doe')}.txt").write_text(f"{word}: Doe, Jane (j_doe)\nX: y (z)\n")
    for user in ("j_doe", "k_lee"):
        (tmp_path / f"{start.format(user)}_cnn.ipynb").write_text(NOTEBOOK)
    found = collect_class(tmp_path, tmp_path).submissions
    assert [one.student for one in found] == ["j_doe", "k_lee"]
    assert found[0].people == (Person("blackboard", "j_doe", "Doe, Jane"),)


def test_a_receipt_without_a_file_is_a_row_with_a_sentence(tmp_path: Path) -> None:
    names = (BOARD.format(1, 20, ".txt"), BOARD.format(2, 20, "_cnn.ipynb"))
    one, two = collected(tmp_path, names, "unpacked").submissions
    assert "only a receipt" in one.problem and two.problem == ""


@pytest.mark.parametrize(
    ("early", "late"),
    [
        ("Nov 9, 2026 1011 AM", "Nov 20, 2026 1011 AM"),
        ("Nov 20, 2026 1230 AM", "Nov 20, 2026 1011 AM"),
        ("Nov 20, 2026 1011 AM", "Nov 20, 2026 109 PM"),
        ("9 November, 2026 1011", "20 November, 2026 0911"),
        ("9 nov. 2026 10 h 11", "20 nov. 2026 9 h 11"),
        ("30 juin 2026 23 h 59", "1 juil. 2026 00 h 10"),
        ("9 de septiembre de 2026 1011", "1 de octubre de 2026 0911"),
        ("9. Dezember 2026 10 11 Uhr", "20. Dezember 2026 9 11 Uhr"),
    ],
)
def test_the_later_date_counts_in_any_language(tmp_path: Path, early: str, late: str) -> None:
    for date in (early, late):
        (tmp_path / f"101-77 - Student One - {date}").mkdir()
        (tmp_path / f"101-77 - Student One - {date}" / "cnn.ipynb").write_text(NOTEBOOK)
    [one] = collect_class(tmp_path, tmp_path).submissions
    assert one.source.parent.name.endswith(late)


def test_the_later_folder_of_one_student_counts_on_brightspace(tmp_path: Path) -> None:
    names = (SPACE.format(1, "One", 9), SPACE.format(1, "One", 20))
    [one] = collected(tmp_path, names, "unpacked").submissions
    assert one.source.parent.name.endswith("Nov 20, 2026 1011 AM")


def _class(folder: Path, names: Sequence[str]) -> list[str]:
    return [one.student for one in collected(folder, names, "unpacked").submissions]


@pytest.mark.parametrize(
    ("names", "students"),
    [
        (["student_001/a.ipynb", "student_002/b.ipynb"], ["student_001", "student_002"]),
        (["class/student_001.ipynb", "class/student_002.ipynb"], ["student_001", "student_002"]),
        (
            ["class/student_001/cnn.ipynb", "class/student_002/x.pdf"],
            ["student_001", "student_002"],
        ),
        (["student_001/cnn.ipynb", "student_001/cnn (1).ipynb"], ["student_001"]),
        (["cnn.ipynb", "cnn (1).ipynb"], ["cnn", "cnn (1)"]),
        (
            ["student_001/work/cnn.ipynb", "student_002/cnn/cnn.ipynb"],
            ["student_001", "student_002"],
        ),
    ],
    ids=lambda value: value[0],
)
def test_there_are_no_phantom_students(
    tmp_path: Path, names: list[str], students: list[str]
) -> None:
    assert sorted(_class(tmp_path, names)) == sorted(students)


def test_a_folder_that_holds_the_zip_to_hand_in_is_one_at_every_level(tmp_path: Path) -> None:
    inner = zipped(tmp_path / "cnn.zip", {"cnn.ipynb": NOTEBOOK}).read_bytes()
    packed_files: dict[str, bytes | str] = {
        "s1/cnn.zip": inner,
        "s2/deep/cnn.zip": inner,
        "s3.zip": inner,
    }
    (tmp_path / "work").mkdir()
    packed = collect_class(zipped(tmp_path / "class.zip", packed_files), tmp_path / "work")
    for found in (packed, collect_class(tmp_path / "work" / "class", tmp_path)):
        assert [one.student for one in found.submissions] == ["s1", "s2", "s3"]
        assert [len(read_notebook(one).cells) for one in found.submissions] == [1, 1, 1]


def test_an_unknown_layout_is_told(tmp_path: Path) -> None:
    names = [f"Assign_7_{number}00001_upload.ipynb" for number in (1, 2, 3)]
    found = collected(tmp_path, names, "unpacked")
    assert len(found.submissions) == 3
    assert "3 entries were taken as students" in found.remarks[0]


@pytest.mark.parametrize(
    "names",
    [
        ["One, Student(student_001)/cnn.ipynb", "Two, Student(student_002)/cnn.ipynb"],
        ["One_Student_s001_123/cnn.ipynb", "Two_Student_s002_124/cnn.ipynb"],
    ],
)
def test_names_that_no_student_has_are_told(tmp_path: Path, names: list[str]) -> None:
    found = collected(tmp_path, names, "unpacked")
    assert "2 entries were taken as students" in found.remarks[0]


@pytest.mark.parametrize("prefix", ["cnn-", "lab-3-cnn-"])
def test_repositories_are_called_after_their_assignment(tmp_path: Path, prefix: str) -> None:
    names = [f"{prefix}{student}/cnn.ipynb" for student in ("ann-lee", "ann-marie")]
    assert _class(tmp_path, names) == ["ann-lee", "ann-marie"]


def test_files_of_the_course_are_told(tmp_path: Path) -> None:
    found = collected(tmp_path, ["student_001.ipynb", "class_list.csv"], "unpacked")
    assert "class_list.csv" in found.remarks[0]


def test_moodles_two_files_are_one_submission(tmp_path: Path) -> None:
    start = "Student One_101_assignsubmission_file_/"
    [one] = collected(
        tmp_path, [start + "cnn.ipynb", start + "cnn (1).ipynb"], "zipped"
    ).submissions
    read = read_notebook(one)
    assert (len(read.cells), read.review) == (1, "")


def test_the_zip_of_a_class_alone_in_a_folder_is_the_class(tmp_path: Path) -> None:
    (tmp_path / "class").mkdir()
    (tmp_path / "work").mkdir()
    names = (
        "Ann Lee_101_assignsubmission_file_/cnn.ipynb",
        "Bo_102_assignsubmission_file_/x.ipynb",
    )
    zipped(tmp_path / "class" / "download.zip", contents(names))
    found = collect_class(tmp_path / "class", tmp_path / "work")
    assert (found.layout, [one.student for one in found.submissions]) == (
        "Moodle download",
        ["101", "102"],
    )


def test_the_zip_of_one_student_alone_in_a_folder_is_that_student(tmp_path: Path) -> None:
    (tmp_path / "class").mkdir()
    zipped(tmp_path / "class" / "student_001.zip", contents(["cnn.ipynb"]))
    found = collect_class(tmp_path / "class", tmp_path)
    assert [one.student for one in found.submissions] == ["student_001"]


@pytest.mark.parametrize("copied", ["Copy of ", "Kopie von ", "Copie de ", "Copia de "])
def test_a_copy_of_a_copy_in_drive_is_still_its_students(tmp_path: Path, copied: str) -> None:
    names = [f"Student One - {copied}cnn.ipynb", "Student Two - cnn.ipynb"]
    assert sorted(_class(tmp_path, names)) == ["Student One", "Student Two"]


TEAMS = "Submitted files/Student {}/CNN/Version {}/cnn.ipynb"
SAKAI = "CNN/Day, {}({})/Submission attachment(s)/cnn.ipynb"


@pytest.mark.parametrize(
    ("names", "students"),
    [
        (
            [TEAMS.format("One", 1), TEAMS.format("One", 2), TEAMS.format("Two", 1)],
            ["Student One", "Student Two"],
        ),
        (
            [SAKAI.format("Ann", "ann"), SAKAI.format("Bo", "bo"), "CNN/grades.csv"],
            ["Day, Ann(ann)", "Day, Bo(bo)"],
        ),
    ],
    ids=["Teams", "Sakai"],
)
def test_a_system_of_one_folder_a_student_makes_no_phantoms(
    tmp_path: Path, names: list[str], students: list[str]
) -> None:
    assert sorted(_class(tmp_path, names)) == students

"""Moodle's download, in folders and flat: the number in the name is the worksheet's."""

from pathlib import Path

import pytest

from autograder.intake.lms.collected import Collected
from autograder.records import Person
from tests.support.assignments import collect_class
from tests.support.lms_downloads import files


def collected(folder: Path, *names: str) -> Collected:
    return collect_class(files(folder, *names), folder)


@pytest.mark.parametrize(
    "name",
    [
        "Zoë O'Hara, jr._4711_assignsubmission_file/cnn.ipynb",
        "Zoë O'Hara, jr._4711_assignsubmission_file_/cnn.ipynb",
        "Zoë O'Hara, jr._4711_assignsubmission_file_cnn.ipynb",
        "Zoë_O'Hara,_jr._4711_assignsubmission_file_cnn_v2.ipynb",
    ],
)
def test_a_name_tells_the_student(tmp_path: Path, name: str) -> None:
    found = collected(tmp_path, name)
    assert found.layout == "Moodle download"
    [one] = found.submissions
    assert one.people == (Person("moodle", "4711", "Zoë O'Hara, jr."),)
    assert (one.student, one.problem, one.source.suffix) == ("4711", "", ".ipynb")


@pytest.mark.parametrize("name", ["Participant_123", "Participant 123_123"])
def test_blind_marking_gives_a_number_and_no_name(tmp_path: Path, name: str) -> None:
    [one] = collected(tmp_path, f"{name}_assignsubmission_file_cnn.ipynb").submissions
    assert one.people == (Person("moodle", "123"),)


def test_two_students_of_one_name_stay_two(tmp_path: Path) -> None:
    names = [f"Kim Lee_{number}_assignsubmission_file/cnn.ipynb" for number in (1, 2)]
    assert [one.student for one in collected(tmp_path, *names).submissions] == ["1", "2"]


def test_a_files_own_name_makes_nobody_else(tmp_path: Path) -> None:
    trap = "Kim Lee_1_assignsubmission_file_Ann_2_assignsubmission_file_x.ipynb"
    [one] = collected(tmp_path, trap).submissions
    assert one.people == (Person("moodle", "1", "Kim Lee"),)


def test_typed_text_beside_a_file_does_not_matter(tmp_path: Path) -> None:
    start = "Kim Lee_1_assignsubmission"
    found = collected(
        tmp_path,
        f"{start}_onlinetext/onlinetext.html",
        f"{start}_file/__MACOSX/x",
        f"{start}_file/a.ipynb",
    )
    [one] = found.submissions
    assert (one.source.name, one.problem) == ("a.ipynb", "")


def test_typed_text_alone_is_a_problem(tmp_path: Path) -> None:
    [one] = collected(tmp_path, "K L_1_assignsubmission_onlinetext_onlinetext.html").submissions
    assert "no notebook" in one.problem


def test_folders_in_a_students_folder_are_read_when_graded(tmp_path: Path) -> None:
    [one] = collected(tmp_path, "K L_1_assignsubmission_file/work/cnn.ipynb").submissions
    assert (one.source.name, one.problem) == ("K L_1_assignsubmission_file", "")


def test_the_newest_of_two_files_is_graded(tmp_path: Path) -> None:
    start = "K L_1_assignsubmission_file"
    [one] = collected(tmp_path, f"{start}/hw.ipynb", f"{start}/hw-1.ipynb").submissions
    assert (one.source.name, one.earlier) == ("hw-1.ipynb", ("hw.ipynb",))


def test_a_file_of_another_name_is_graded_and_listed(tmp_path: Path) -> None:
    found = collected(tmp_path, "K L_1_assignsubmission_file_cnn.ipynb", "extra.ipynb")
    assert [one.student for one in found.submissions] == ["1", "extra"]
    assert "extra.ipynb is not named as Moodle" in found.remarks[0]

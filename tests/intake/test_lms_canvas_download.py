"""Canvas's download: all that is known stands in the files' names."""

from pathlib import Path

import pytest

from autograder.intake.lms.collected import Collected
from autograder.records import Person
from tests.support.assignments import collect_class
from tests.support.lms_downloads import files


def collected(folder: Path, *names: str) -> Collected:
    return collect_class(files(folder, *names), folder)


def test_a_name_tells_the_student_and_the_late_mark(tmp_path: Path) -> None:
    found = collected(
        tmp_path, "doejane_1234_5678_hw.ipynb", "müllerzoë_LATE_99_7_my lab, v2.ipynb"
    )
    assert found.layout == "Canvas download"
    jane, zoe = found.submissions
    assert (jane.student, jane.marked_late) == ("1234", False)
    assert jane.people == (Person("canvas", "1234", "doejane"),)
    assert (zoe.student, zoe.marked_late) == ("99", True)
    assert found.remarks == ()


def test_two_students_of_one_name_stay_two(tmp_path: Path) -> None:
    found = collected(tmp_path, "leekim_1_10_hw.ipynb", "leekim_2_11_hw.ipynb")
    assert [one.student for one in found.submissions] == ["1", "2"]


def test_an_anonymous_number_is_nobodys_user_id(tmp_path: Path) -> None:
    found = collected(tmp_path, "anon_1_10_hw.ipynb", "LATE_anon_x9_11_hw.ipynb")
    assert {one.student: one.marked_late for one in found.submissions} == {
        "anon_1": False,
        "anon_x9": True,
    }
    assert all(one.people == () for one in found.submissions)


def test_the_last_resubmission_is_graded(tmp_path: Path) -> None:
    found = collected(
        tmp_path, "a_1_30_hw-1.ipynb", "a_1_20_hw-10.ipynb", "a_1_40_hw.ipynb", "b_2_5_lab-2.ipynb"
    )
    ann, bob = found.submissions
    assert ann.source.name == "a_1_20_hw-10.ipynb"
    assert ann.earlier == ("a_1_40_hw.ipynb", "a_1_30_hw-1.ipynb")
    assert (bob.source.name, bob.earlier) == ("b_2_5_lab-2.ipynb", ())
    assert "a_1_40_hw.ipynb" in found.remarks[0]


def test_of_one_name_twice_the_later_upload_is_graded(tmp_path: Path) -> None:
    [one] = collected(tmp_path, "a_1_30_hw.ipynb", "a_1_200_hw.ipynb").submissions
    assert one.source.name == "a_1_200_hw.ipynb"


def test_files_beside_the_notebook_do_not_matter(tmp_path: Path) -> None:
    [one] = collected(tmp_path, "a_1_2_notes.pdf", "a_1_3_hw.ipynb", "a_1_4_all.zip").submissions
    assert (one.source.name, one.problem) == ("a_1_3_hw.ipynb", "")


def test_two_notebooks_of_different_names_are_rivals(tmp_path: Path) -> None:
    [one] = collected(tmp_path, "a_1_2_draft.ipynb", "a_1_3_hw.ipynb").submissions
    assert (one.source.name, one.problem) == ("a_1_3_hw.ipynb", "")
    assert [path.name for path in one.rivals] == ["a_1_2_draft.ipynb"]


@pytest.mark.parametrize("name", ["a_1_text.html", "a_LATE_1_link.html", "a_1_2_hw.pdf", "a_1_2_x"])
def test_a_student_without_a_notebook_is_kept_with_a_problem(tmp_path: Path, name: str) -> None:
    found = collected(tmp_path, name, "b_2_3_hw.ipynb").submissions
    assert [(one.student, bool(one.problem)) for one in found] == [("1", True), ("2", False)]


def test_a_file_of_another_name_is_graded_and_listed(tmp_path: Path) -> None:
    found = collected(tmp_path, "a_1_2_hw.ipynb", "b_2_3_hw.ipynb", "late.ipynb", "__MACOSX/x")
    assert [one.student for one in found.submissions] == ["1", "2", "late"]
    [remark] = found.remarks
    assert "late.ipynb is not named as Canvas" in remark

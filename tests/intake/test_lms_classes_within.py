"""What lies around or beside a class, or is another class, is nobody's hand-in."""

from pathlib import Path

import pytest

from autograder.intake.folder import CollectError
from tests.intake.test_lms_layouts import collected, contents
from tests.support.assignments import collect_class
from tests.support.lms_downloads import files, zipped


def _moodle(*numbers: int) -> list[str]:
    return [f"Student {n}_{100 + n}_assignsubmission_file_/cnn.ipynb" for n in numbers]


def test_what_a_mac_leaves_beside_a_class_makes_no_phantom(tmp_path: Path) -> None:
    names = [f"CNN/{name}" for name in _moodle(1, 2)]
    found = collected(tmp_path, [*names, "__MACOSX/CNN/._x", ".DS_Store"], "unpacked")
    assert [one.student for one in found.submissions] == ["101", "102"]


def test_lists_beside_a_download_do_not_hide_whose_it_is(tmp_path: Path) -> None:
    names = [*_moodle(1, 2), "grades.csv", "people.xlsx", "README.md", "notes.txt", "cnn.ipynb"]
    found = collected(tmp_path, names, "unpacked")
    assert found.layout == "Moodle download"
    assert [one.student for one in found.submissions] == ["101", "102", "cnn", "notes"]


@pytest.mark.parametrize("how", ["folders", "zip files"])
def test_several_classes_are_no_students(tmp_path: Path, how: str) -> None:
    (tmp_path / "class").mkdir()
    for section in "AB":
        if how == "folders":
            files(tmp_path / "class" / section, *_moodle(1, 2, 3))
        else:
            zipped(tmp_path / "class" / f"{section}.zip", contents(_moodle(1, 2, 3)))
    with pytest.raises(CollectError, match=r"holds a whole class \(A.*, B.*\)"):
        collect_class(tmp_path / "class", tmp_path)
    files(tmp_path / "class", "student_001.ipynb", "student_002/k_101_201_cnn.ipynb")
    one, two, *students = collect_class(tmp_path / "class", tmp_path).submissions
    assert "whole class (Moodle download)" in one.problem and "whole class" in two.problem
    assert [(each.student, each.problem) for each in students] == [
        ("student_001", ""),
        ("student_002", ""),
    ]


def test_a_students_own_versions_are_no_class(tmp_path: Path) -> None:
    versions = [f"student_001/{version} - cnn.ipynb" for version in ("v1", "v2", "final")]
    found = collected(tmp_path, [*versions, "student_002/cnn.ipynb"], "unpacked")
    assert [(one.student, one.problem) for one in found.submissions] == [
        ("student_001", ""),
        ("student_002", ""),
    ]


@pytest.mark.parametrize("name", ["{}/student_{}.ipynb", "{}/student_{}/cnn.ipynb"])
def test_groups_of_a_class_are_told_where_they_can_only_be_guessed(
    tmp_path: Path, name: str
) -> None:
    names = [name.format(group, number) for group in "AB" for number in (1, 2, 3)]
    found = collected(tmp_path, names, "unpacked")
    assert any("in each of A, B. If these are groups" in remark for remark in found.remarks)


@pytest.mark.parametrize("inside", ["download.zip", "export/download.zip", "a/b/download.zip"])
def test_the_zip_of_a_class_is_found_in_folders_around_it(tmp_path: Path, inside: str) -> None:
    (tmp_path / "class" / inside).parent.mkdir(parents=True)
    zipped(tmp_path / "class" / inside, contents(_moodle(1, 2)))
    found = collect_class(tmp_path / "class", tmp_path)
    assert [one.student for one in found.submissions] == ["101", "102"]


def test_the_zip_of_a_class_in_a_zip_is_told(tmp_path: Path) -> None:
    inner = zipped(tmp_path / "class.zip", contents(_moodle(1, 2))).read_bytes()
    outer = zipped(tmp_path / "outer.zip", {"class.zip": inner})
    with pytest.raises(CollectError, match=r"with a whole class\. Unzip outer\.zip"):
        collect_class(outer, tmp_path)


@pytest.mark.parametrize(
    ("name", "start", "says"),
    [("class.rar", b"Rar!\x1a\x07", "a RAR archive. Unpack it"), ("x.csv", b"a,b", "a table")],
)
def test_what_is_no_class_is_named(tmp_path: Path, name: str, start: bytes, says: str) -> None:
    (tmp_path / name).write_bytes(start)
    with pytest.raises(CollectError, match=says):
        collect_class(tmp_path / name, tmp_path)

"""A class's zip is unpacked safely; one student's harm is that student's alone."""

import stat
import zipfile
from pathlib import Path

import pytest

from autograder.intake.folder import CollectError
from autograder.intake.lms.collected import Collected
from autograder.records import Submission
from tests.support.assignments import collect_class
from tests.support.lms_downloads import NOTEBOOK, entry, submitter, zipped

CANVAS = {"a_1_2_hw.ipynb": NOTEBOOK, "b_2_3_hw.ipynb": NOTEBOOK}


def collected(folder: Path, contents: dict[str, bytes | str]) -> Collected:
    (folder / "work").mkdir()
    return collect_class(zipped(folder / "class.zip", contents), folder / "work")


def test_each_layout_is_read_from_its_zip(tmp_path: Path) -> None:
    metadata = entry(1, submitter("A", "31", "a@x.example"))
    layouts: dict[str, dict[str, bytes | str]] = {
        "Canvas download": dict(CANVAS),
        "Moodle download": {"K L_1_assignsubmission_file/hw.ipynb": NOTEBOOK},
        "Gradescope export": {
            "assignment_1_export/submission_metadata.yml": metadata,
            "assignment_1_export/submission_1/hw.ipynb": NOTEBOOK,
            "__MACOSX/assignment_1_export/._submission_1": "x",
        },
        "class folder": {"class/x.ipynb": NOTEBOOK, "class/y.zip": "PK", "class/.DS_Store": "x"},
    }
    for number, (layout, contents) in enumerate(layouts.items()):
        (tmp_path / str(number)).mkdir()
        found = collected(tmp_path / str(number), contents)
        assert found.layout == layout
        assert all(one.source.exists() for one in found.submissions)
        assert found.remarks == ()


@pytest.mark.parametrize("name", ["../x.ipynb", "/x.ipynb", "a/../../x.ipynb", "C:\\x.ipynb"])
def test_a_name_that_leads_outside_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(CollectError, match="outside"):
        collected(tmp_path, CANVAS | {name: NOTEBOOK})
    assert list((tmp_path / "work").iterdir()) == []


def test_a_link_becomes_its_students_problem(tmp_path: Path) -> None:
    path = zipped(tmp_path / "class.zip", CANVAS)
    link = zipfile.ZipInfo("c_3_4_hw.ipynb")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(link, "/etc/passwd")
    found = collect_class(path, tmp_path).submissions
    assert [bool(one.problem) for one in found] == [False, False, True]
    assert not found[2].source.is_symlink() and found[2].source.read_bytes() == b""


def test_a_bomb_becomes_its_students_problem(tmp_path: Path) -> None:
    found = collected(tmp_path, CANVAS | {"c_3_4_hw.ipynb": b" " * 20_000_000}).submissions
    assert "fold when unpacked" in found[2].problem
    assert found[2].source.stat().st_size == 0


def test_a_bomb_in_a_students_folder_counts_only_if_it_is_a_notebook(tmp_path: Path) -> None:
    bomb, start = b" " * 20_000_000, "K L_{}_assignsubmission_file/w/"
    found = collected(
        tmp_path,
        {
            start.format(1) + "hw.ipynb": bomb,
            start.format(2) + "hw.ipynb": NOTEBOOK,
            start.format(2) + "data.txt": bomb,
        },
    ).submissions
    assert [bool(one.problem) for one in found] == [True, False]


def test_names_from_a_mac_keep_their_accents(tmp_path: Path) -> None:
    path = zipped(tmp_path / "class.zip", {"Zo##_1_assignsubmission_file_x.ipynb": NOTEBOOK})
    path.write_bytes(path.read_bytes().replace(b"Zo##", "Zoë".encode()))  # UTF-8, without its flag
    [one] = collect_class(path, tmp_path).submissions
    assert one.people[0].name == "Zoë"


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", b"no zip"])
def test_a_broken_zip_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "class.zip").write_bytes(content)
    with pytest.raises(CollectError, match=r"class\.zip"):
        collect_class(tmp_path / "class.zip", tmp_path)


def test_a_zip_in_a_zip_is_named(tmp_path: Path) -> None:
    with pytest.raises(CollectError, match=r"another zip file, export\.zip"):
        collected(tmp_path, {"export.zip": "PK"})


def test_a_zip_without_notebooks_says_what_was_expected(tmp_path: Path) -> None:
    with pytest.raises(CollectError, match=r"Gradescope.*Canvas.*Moodle"):
        collected(tmp_path, {"report.pdf": "x"})


def test_a_zip_with_one_notebook_is_one_student(tmp_path: Path) -> None:
    found = collected(tmp_path, {"cnn.ipynb": NOTEBOOK, "__zip_filename__": "x"})
    assert found.submissions == (Submission("class", tmp_path / "class.zip"),)

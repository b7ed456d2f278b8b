"""A tar archive is read as a zip is: taken out in memory, bounded, and never past its own place."""

import io
import tarfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from autograder.intake.folder import CollectError, collect
from autograder.intake.notebook import read_notebook
from autograder.intake.unreadable import Unreadable
from autograder.records import Submission
from tests.intake.test_notebook_files import NOTEBOOK, OTHER
from tests.support.assignments import collect_class
from tests.support.lms_downloads import zipped

MODES = {".tar": "", ".tar.gz": "gz", ".tgz": "gz", ".tar.bz2": "bz2", ".tar.xz": "xz"}


def tarred(path: Path, contents: Mapping[str, bytes], mode: str = "gz", **info: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, f"w:{mode}") as archive:
        for name, content in contents.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            for key, value in info.items():
                setattr(entry, key, value)
            archive.addfile(entry, io.BytesIO(content))
    return path


def sources(path: Path) -> list[str]:
    return [cell.source for cell in read_notebook(Submission("a", path)).cells]


@pytest.mark.parametrize("suffix", MODES)
def test_a_tar_in_a_class_folder_is_graded_as_its_student(tmp_path: Path, suffix: str) -> None:
    tarred(tmp_path / f"ann{suffix}", {"work/cnn.ipynb": NOTEBOOK}, MODES[suffix])
    [one] = collect(tmp_path)
    assert (one.student, one.problem) == ("ann", "")
    read = read_notebook(one)
    assert [cell.source for cell in read.cells] == ["x = 1"]
    assert not read.repairs


@pytest.mark.parametrize("inside", ["cnn.zip", "deep/cnn.zip"])
def test_the_zip_to_hand_in_is_found_in_a_tar(tmp_path: Path, inside: str) -> None:
    inner = zipped(tmp_path / "x.zip", {"cnn.ipynb": NOTEBOOK}).read_bytes()
    assert sources(tarred(tmp_path / "ann.tgz", {inside: inner})) == ["x = 1"]


def test_a_tar_in_a_students_folder_or_in_moodles_is_found(tmp_path: Path) -> None:
    tarred(tmp_path / "plain" / "ann" / "cnn.tar.gz", {"cnn.ipynb": NOTEBOOK})
    assert sources(tmp_path / "plain" / "ann") == ["x = 1"]
    folder = tmp_path / "moodle" / "Ann Lee_101_assignsubmission_file_"
    tarred(folder / "cnn.tgz", {"cnn.ipynb": NOTEBOOK})
    [one] = collect_class(tmp_path / "moodle", tmp_path).submissions
    assert [cell.source for cell in read_notebook(one).cells] == ["x = 1"]


def test_what_systems_put_into_a_tar_does_not_count(tmp_path: Path) -> None:
    contents = {"._cnn.ipynb": b"x", ".ipynb_checkpoints/cnn.ipynb": OTHER, "cnn.ipynb": NOTEBOOK}
    assert sources(tarred(tmp_path / "a.tgz", contents)) == ["x = 1"]


@pytest.mark.parametrize(
    ("contents", "info", "says"),
    [
        ({"../cnn.ipynb": NOTEBOOK}, {}, "outside of the archive"),
        ({"/cnn.ipynb": NOTEBOOK}, {}, "outside of the archive"),
        ({"cnn.ipynb": b""}, {"type": tarfile.SYMTYPE, "linkname": "/etc/passwd"}, "a link"),
        ({"cnn.ipynb": b""}, {"type": tarfile.LNKTYPE, "linkname": "x"}, "a link"),
        ({"answers.docx": b"x"}, {}, "holds no notebook"),
        ({"pipe.ipynb": b""}, {"type": tarfile.FIFOTYPE}, "holds no notebook"),
        ({f"{number}.ipynb": NOTEBOOK for number in range(21)}, {}, "more than 20 notebooks"),
    ],
)
def test_an_unsafe_or_useless_tar_is_a_sentence(
    tmp_path: Path, contents: dict[str, bytes], info: dict[str, object], says: str
) -> None:
    with pytest.raises(Unreadable, match=says):
        sources(tarred(tmp_path / "a.tar.gz", contents, **info))


@pytest.mark.parametrize("suffix", [".tar.gz", ".tar.bz2", ".tar.xz"])
def test_a_bomb_is_left_before_it_is_unpacked(tmp_path: Path, suffix: str) -> None:
    bomb = {"cnn.ipynb": b" " * 30_000_000}
    with pytest.raises(Unreadable, match="grows far too big"):
        sources(tarred(tmp_path / f"a{suffix}", bomb, MODES[suffix]))


@pytest.mark.parametrize("suffix", MODES)
def test_a_broken_tar_is_a_sentence(tmp_path: Path, suffix: str) -> None:
    path = tarred(tmp_path / f"a{suffix}", {"cnn.ipynb": NOTEBOOK * 50}, MODES[suffix])
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(Unreadable):
        sources(path)


@pytest.mark.parametrize(
    ("name", "start", "says"),
    [("a.7z", b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"), ("a.rar", b"Rar!\x1a\x07", "a RAR")],
)
def test_another_archive_is_a_row_with_a_sentence(
    tmp_path: Path, name: str, start: bytes, says: str
) -> None:
    (tmp_path / name).write_bytes(start + b"\xff" * 100)
    [one] = collect(tmp_path)
    assert one.student == "a" and says in one.problem


def test_a_whole_class_in_a_tar_is_told_to_be_unpacked(tmp_path: Path) -> None:
    path = tarred(tmp_path / "class.tgz", {"ann/cnn.ipynb": NOTEBOOK, "bo/cnn.ipynb": OTHER})
    with pytest.raises(CollectError, match="whole class"):
        collect_class(path, tmp_path)
    one = tarred(tmp_path / "ann.tgz", {"cnn.ipynb": NOTEBOOK})
    assert [each.student for each in collect_class(one, tmp_path).submissions] == ["ann"]

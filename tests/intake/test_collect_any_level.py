"""What is a notebook in a folder is one in a zip or tar file, and in an archive in an archive."""

import gzip
import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from autograder.intake.folder import collect
from autograder.intake.notebook import Unreadable, read_notebook
from autograder.records import Submission
from tests.intake.test_notebook_files import NOTEBOOK, OTHER

Files = dict[str, bytes]


def _folder(files: Files, path: Path) -> Path:
    for name, content in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(content)
    return path


def _zipped(files: Files) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


def _tarred(files: Files) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(f"./{name}")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return stream.getvalue()


def _handed_in(how: str, files: Files, folder: Path) -> Submission:
    if how == "folder":
        return Submission("student_001", _folder(files, folder / "a"))
    packed = {
        "zip": ("a.zip", _zipped(files)),
        "tar": ("a.tgz", _tarred(files)),
        "zip in a zip": ("a.zip", _zipped({"inner.zip": _zipped(files)})),
        "tar in a zip": ("a.zip", _zipped({"inner.tar.gz": _tarred(files)})),
        "zip in a folder": ("a/cnn.zip", _zipped(files)),
    }
    name, content = packed[how]
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_bytes(content)
    return Submission("student_001", folder / name.partition("/")[0])


HOW = ["folder", "zip", "tar", "zip in a zip", "tar in a zip", "zip in a folder"]
HELD: dict[str, Files] = {
    "a notebook among other files": {"cnn.ipynb": NOTEBOOK, "cnn.pdf": b"%PDF", "data/x": b"x"},
    "a notebook in capitals": {"CNN.IPYNB": NOTEBOOK},
    "a notebook with a hidden name": {".cnn.ipynb": NOTEBOOK},
    "a text file": {"cnn.ipynb.txt": NOTEBOOK, "notes.txt": b"done"},
    "no suffix": {"cnn": NOTEBOOK},
    "another suffix": {"cnn.json": NOTEBOOK},
    "gzip": {"cnn.ipynb.gz": gzip.compress(NOTEBOOK)},
    "what a Mac adds": {
        "__MACOSX/._cnn.ipynb": b"\0\5\x16\7",
        "._cnn.ipynb": b"\0\5\x16\7",
        ".DS_Store": b"x",
        "sub/cnn.ipynb": NOTEBOOK,
    },
    "what Jupyter adds": {
        ".ipynb_checkpoints/cnn-checkpoint.ipynb": OTHER,
        "cnn.ipynb": NOTEBOOK,
    },
    "a broken copy beside it": {"cnn.ipynb": NOTEBOOK, "cnn (1).ipynb": NOTEBOOK[:20]},
}


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("held", HELD)
def test_a_notebook_is_found_wherever_it_lies(tmp_path: Path, how: str, held: str) -> None:
    read = read_notebook(_handed_in(how, HELD[held], tmp_path))
    assert [cell.source for cell in read.cells] == ["x = 1"]
    renamed = not any(name.lower().endswith(".ipynb") for name in HELD[held])
    assert any("read as a notebook" in note for note in read.repairs) == renamed


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({"cnn.pdf": b"%PDF", "x.html": b"<html>"}, "only cnn.pdf, x.html"),
        (
            {".ipynb_checkpoints/cnn-checkpoint.ipynb": NOTEBOOK},
            "only a backup copy that Jupyter made",
        ),
        ({"cnn.zip": b"x"}, "is no zip file, though it is named like one"),
        ({"cnn.ipynb": b""}, "is empty"),
    ],
)
def test_what_is_there_instead_is_named(tmp_path: Path, how: str, files: Files, says: str) -> None:
    with pytest.raises(Unreadable, match=says):
        read_notebook(_handed_in(how, files, tmp_path))


def test_a_folder_with_one_other_file_says_what_that_is(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=r"only cnn\.rar, which is a RAR archive"):
        read_notebook(_handed_in("folder", {"cnn.rar": b"Rar!\x1a\x07"}, tmp_path))


def test_a_notebook_that_is_called_a_zip_file_is_read_and_noted(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(NOTEBOOK)
    [one] = collect(tmp_path)
    assert "a.zip was read as a notebook, which is what it holds." in read_notebook(one).repairs

"""Submissions as files, zip files and folders: what is refused, and in which words."""

import json
import os
import stat
import struct
import warnings
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.intake.notebook import Unreadable, read_notebook
from autograder.records import Submission


def document(*sources: str) -> dict[str, Any]:
    cells = [
        {
            "cell_type": "code",
            "id": f"c{number}",
            "metadata": {},
            "execution_count": 1,
            "outputs": [{"output_type": "stream", "name": "stdout", "text": "printed"}],
            "source": source,
        }
        for number, source in enumerate(sources)
    ]
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}


NOTEBOOK = json.dumps(document("x = 1")).encode()
OTHER = json.dumps(document("x = 2")).encode()


def _read(path: Path) -> list[str]:
    return [cell.source for cell in read_notebook(Submission("student_001", path)).cells]


def _refusal(path: Path) -> str:
    with pytest.raises(Unreadable) as caught:
        read_notebook(Submission("student_001", path))
    return str(caught.value)


def _file(folder: Path, content: bytes, name: str = "a.ipynb") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def _zip(folder: Path, entries: dict[str, bytes], **options: Any) -> Path:
    path = folder / "a.zip"
    with zipfile.ZipFile(path, "w", **options) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return path


def test_a_known_problem_is_the_reason(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="it is a link"):
        read_notebook(Submission("a", tmp_path / "a.ipynb", "it is a link"))


def test_a_notebook_file_is_read(tmp_path: Path) -> None:
    assert _read(_file(tmp_path, NOTEBOOK)) == ["x = 1"]


def test_a_zip_file_of_otter_export_is_read(tmp_path: Path) -> None:
    extras = {"cnn.pdf": b"%PDF", ".OTTER_LOG": b"x", "__zip_filename__": b"a.zip"}
    path = _zip(tmp_path, {"cnn.ipynb": NOTEBOOK, **extras}, compression=zipfile.ZIP_DEFLATED)
    assert _read(path) == ["x = 1"]


def test_a_zip_file_ignores_what_systems_add(tmp_path: Path) -> None:
    extras = {
        "__MACOSX/._cnn.ipynb": b"x",
        ".ipynb_checkpoints/cnn-checkpoint.ipynb": b"x",
        "hw/.ipynb_checkpoints/cnn-checkpoint.ipynb": b"x",
    }
    assert _read(_zip(tmp_path, {"hw/": b"", "hw/cnn.ipynb": NOTEBOOK, **extras})) == ["x = 1"]


def test_a_zip_file_named_as_a_notebook_is_read(tmp_path: Path) -> None:
    path = _zip(tmp_path, {"cnn.ipynb": NOTEBOOK}).rename(tmp_path / "b.ipynb")
    assert _read(path) == ["x = 1"]


def test_a_folder_with_one_notebook_is_read(tmp_path: Path) -> None:
    _file(tmp_path, NOTEBOOK, "a/hw/cnn.ipynb")
    _file(tmp_path, b"x", "a/.ipynb_checkpoints/cnn-checkpoint.ipynb")
    _file(tmp_path, b"x", "a/__MACOSX/cnn.ipynb")
    assert _read(tmp_path / "a") == ["x = 1"]


def test_a_folder_without_a_notebook_is_refused(tmp_path: Path) -> None:
    _file(tmp_path, b"x", "a/notes.txt")
    assert "a holds no notebook" in _refusal(tmp_path / "a")


def test_a_link_in_a_folder_is_not_followed(tmp_path: Path) -> None:
    secret = _file(tmp_path, NOTEBOOK, "secret.ipynb")
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "cnn.ipynb").symlink_to(secret)
    assert "cnn.ipynb is a link" in _refusal(tmp_path / "a")


def test_a_linked_folder_in_a_folder_is_not_followed(tmp_path: Path) -> None:
    _file(tmp_path, NOTEBOOK, "other/cnn.ipynb")
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "hw").symlink_to(tmp_path / "other")
    assert "hw is a link, and links are not followed" in _refusal(tmp_path / "a")


def test_a_link_put_in_place_after_collecting_is_not_followed(tmp_path: Path) -> None:
    path = tmp_path / "a.ipynb"
    path.symlink_to(_file(tmp_path, NOTEBOOK, "secret.ipynb"))
    assert "is a link" in _refusal(path)


def test_a_named_pipe_does_not_hang_the_grader(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.ipynb")
    assert "no ordinary file" in _refusal(tmp_path / "a.ipynb")


def test_a_file_that_went_away_is_unreadable(tmp_path: Path) -> None:
    assert "No such file" in _refusal(tmp_path / "gone.ipynb")


def test_two_hundred_megabytes_are_refused_unread(tmp_path: Path) -> None:
    path = _file(tmp_path, b"{")
    os.truncate(path, 200_000_000)
    assert "a.ipynb is 200 MB big; at most 100 MB" in _refusal(path)
    assert "Clear the outputs" in _refusal(path)


def _bomb(path: Path, size: int) -> Path:
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("cnn.ipynb", "w") as entry,
    ):
        for _ in range(size // 1_000_000):
            entry.write(b" " * 1_000_000)
    return path


def test_a_zip_bomb_is_refused_by_its_declared_size(tmp_path: Path) -> None:
    assert "cnn.ipynb is 120 MB big" in _refusal(_bomb(tmp_path / "a.zip", 120_000_000))


def test_a_zip_bomb_is_refused_by_its_ratio(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("cnn.ipynb", b" " * 20_000_000)
    assert "-fold when unpacked" in _refusal(path)


def test_a_zip_bomb_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    path = _bomb(tmp_path / "a.zip", 120_000_000)
    content = bytearray(path.read_bytes())
    directory = content.rfind(b"PK\x01\x02")
    struct.pack_into("<L", content, directory + 24, 1000)  # uncompressed size, as declared
    path.write_bytes(content)
    assert "is broken" in _refusal(path)


def test_a_zip_file_of_many_huge_files_is_refused(tmp_path: Path) -> None:
    path = _zip(tmp_path, {"cnn.ipynb": NOTEBOOK, "other.bin": b"x"})
    content = bytearray(path.read_bytes())
    struct.pack_into("<L", content, content.rfind(b"PK\x01\x02") + 24, 2_000_000_000)
    path.write_bytes(content)
    assert "far too big unpacked" in _refusal(path)


def test_a_zip_file_with_an_endless_directory_is_refused(tmp_path: Path) -> None:
    path = _zip(tmp_path, {f"{number:05}": b"" for number in range(40_000)})
    assert "lists too many files" in _refusal(path)


@pytest.mark.parametrize("name", ["../cnn.ipynb", "/etc/x", "a/../../b", "..\\x.ipynb", "C:\\x"])
def test_a_place_outside_of_the_zip_file_is_refused(tmp_path: Path, name: str) -> None:
    path = _zip(tmp_path, {"cnn.ipynb": NOTEBOOK, name: b"x"})
    assert "outside of the zip file" in _refusal(path)


def test_a_link_in_a_zip_file_is_refused(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("labels")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    path = _zip(tmp_path, {"cnn.ipynb": NOTEBOOK})
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(link, "/etc/passwd")
    assert "that is a link: labels" in _refusal(path)


def test_a_zip_file_with_two_notebooks_is_read_like_a_folder(tmp_path: Path) -> None:
    path = _zip(tmp_path, {"cnn.ipynb": NOTEBOOK, "old/cnn.ipynb": OTHER})
    assert "old/cnn.ipynb" in read_notebook(Submission("student_001", path)).review
    assert _read(_zip(tmp_path, {"cnn.ipynb": NOTEBOOK, "old/cnn.ipynb": NOTEBOOK})) == ["x = 1"]


def test_one_name_twice_in_a_zip_file_is_one_notebook_if_it_is_the_same(tmp_path: Path) -> None:
    path = _zip(tmp_path, {"cnn.ipynb": NOTEBOOK})
    with warnings.catch_warnings(), zipfile.ZipFile(path, "a") as archive:
        warnings.simplefilter("ignore")
        archive.writestr("cnn.ipynb", NOTEBOOK)
    assert _read(path) == ["x = 1"]


def test_a_zip_file_without_a_notebook_is_refused(tmp_path: Path) -> None:
    assert "holds no notebook" in _refusal(_zip(tmp_path, {"cnn.py": b"x = 1"}))


def test_a_zip_file_in_a_zip_file_is_read_and_a_deep_one_refused(tmp_path: Path) -> None:
    content = {"cnn.ipynb": NOTEBOOK}
    for depth in range(5):
        path = _zip(tmp_path, content)
        if depth < 3:
            assert _read(path) == ["x = 1"]
        content = {"inner.zip": path.read_bytes()}
    assert "archives in archives" in _refusal(path)


def test_an_empty_zip_file_is_refused(tmp_path: Path) -> None:
    assert "holds no notebook" in _refusal(_zip(tmp_path, {}))


def test_an_encrypted_notebook_is_refused(tmp_path: Path) -> None:
    path = _zip(tmp_path, {"cnn.ipynb": NOTEBOOK})
    content = bytearray(path.read_bytes())
    content[content.rfind(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    assert "protected by a password" in _refusal(path)


def test_an_unusual_compression_is_refused(tmp_path: Path) -> None:
    path = _zip(tmp_path, {"cnn.ipynb": NOTEBOOK}, compression=zipfile.ZIP_LZMA)
    assert "compressed in an unusual way" in _refusal(path)


def test_a_zip_file_cut_off_in_the_upload_is_refused(tmp_path: Path) -> None:
    path = _zip(tmp_path, {"cnn.ipynb": NOTEBOOK})
    path.write_bytes(path.read_bytes()[:-30])
    assert "is broken: its end is missing" in _refusal(path)


def test_a_zip_file_with_a_changed_byte_is_refused(tmp_path: Path) -> None:
    path = _zip(tmp_path, {"cnn.ipynb": NOTEBOOK})
    path.write_bytes(path.read_bytes().replace(b"printed", b"pr1nted"))
    assert "is broken" in _refusal(path)


def test_what_is_named_as_a_zip_file_and_is_none_is_refused(tmp_path: Path) -> None:
    assert "is no zip file" in _refusal(_file(tmp_path, b"x", "a.zip"))


def test_hostile_names_do_not_reach_the_sentence(tmp_path: Path) -> None:
    hostile = "\x1b[2J\u202e[red]\n" + "x" * 300
    path = _zip(tmp_path, {f"{hostile}1.ipynb": NOTEBOOK, f"{hostile}2.ipynb": OTHER})
    sentence = read_notebook(Submission("student_001", path)).review
    assert "\x1b" not in sentence and "\n" not in sentence and "\u202e" not in sentence
    assert len(sentence) < 400


@settings(deadline=None, max_examples=300)
@given(changes=st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255)), max_size=6))
def test_a_damaged_zip_file_is_read_or_unreadable(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[float, int]]
) -> None:
    path = tmp_path_factory.getbasetemp() / "damaged.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("cnn.ipynb", NOTEBOOK)
        archive.writestr("cnn.pdf", b"%PDF")
    content = bytearray(path.read_bytes())
    for place, value in changes:
        content[int(place * len(content))] = value
    path.write_bytes(content)
    try:
        assert _read(path) == ["x = 1"]
    except Unreadable as error:
        assert str(error).endswith(".")

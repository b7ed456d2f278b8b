"""A class folder becomes submissions: nobody is lost, nothing foreign is taken for a student."""

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.intake.folder import CollectError, collect, left_alone
from autograder.intake.notebook import Unreadable, read_notebook


def _class_folder(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        if name.endswith("/"):
            path.mkdir(parents=True)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("{}")
    return folder


def _students(folder: Path) -> list[str]:
    return [submission.student for submission in collect(folder)]


def test_notebooks_zip_files_and_folders_are_submissions(tmp_path: Path) -> None:
    _class_folder(tmp_path, "student_001.ipynb", "student_002.zip", "student_003/work.ipynb")
    found = collect(tmp_path)
    assert [one.student for one in found] == ["student_001", "student_002", "student_003"]
    assert [one.source.name for one in found] == [
        "student_001.ipynb",
        "student_002.zip",
        "student_003",
    ]
    assert all(one.problem == "" for one in found)


def test_suffixes_count_in_any_case(tmp_path: Path) -> None:
    _class_folder(tmp_path, "a.IPYNB", "b.Zip")
    assert _students(tmp_path) == ["a", "b"]


def test_files_of_systems_and_of_the_course_are_ignored(tmp_path: Path) -> None:
    _class_folder(
        tmp_path,
        "student_001.ipynb",
        ".DS_Store",
        ".ipynb_checkpoints/a-checkpoint.ipynb",
        "__MACOSX/x",
        "README.md",
        "readme.txt",
        "class_list.csv",
        "Thumbs.db",
        "._student_001.ipynb",
    )
    assert _students(tmp_path) == ["student_001"]


@pytest.mark.parametrize(
    "name", ["a.py", "a.pdf", "a.html", "a.txt", "a.docx", "a.ipynb.txt", "a.rar", "a.tar.gz"]
)
def test_a_file_of_a_wrong_kind_is_a_submission_with_a_problem(tmp_path: Path, name: str) -> None:
    [submission] = collect(_class_folder(tmp_path, name))
    assert submission.student == "a"
    assert name in submission.problem
    assert ".ipynb" in submission.problem


def test_two_submissions_of_one_student_are_both_kept(tmp_path: Path) -> None:
    _class_folder(tmp_path, "a.ipynb", "a.zip", "a/x.ipynb", "b.ipynb")
    assert [(one.student, one.source.name) for one in collect(tmp_path)] == [
        ("a", "a"),
        ("a (2)", "a.ipynb"),
        ("a (3)", "a.zip"),
        ("b", "b.ipynb"),
    ]


def test_a_second_submission_never_takes_the_name_of_another_student(tmp_path: Path) -> None:
    _class_folder(tmp_path, "a.ipynb", "a.zip", "a (2).ipynb")
    students = _students(tmp_path)
    assert sorted(students) == ["a", "a (2)", "a (3)"]
    assert {one.student: one.source.name for one in collect(tmp_path)}["a (2)"] == "a (2).ipynb"


def test_links_are_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret.ipynb"
    secret.write_text("{}")
    folder = tmp_path / "class"
    folder.mkdir()
    (folder / "a.ipynb").symlink_to(secret)
    (folder / "b").symlink_to(tmp_path)
    (folder / "c.ipynb").symlink_to("missing")
    assert [(one.student, "link" in one.problem) for one in collect(folder)] == [
        ("a", True),
        ("b", True),
        ("c", True),
    ]


def test_a_named_pipe_is_no_notebook(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.ipynb")
    [submission] = collect(tmp_path)
    assert "no ordinary file" in submission.problem


@pytest.mark.parametrize("name", ["student_001.ipynb", "student_001.zip"])
def test_a_single_file_is_a_class_of_one(tmp_path: Path, name: str) -> None:
    _class_folder(tmp_path, name)
    [submission] = collect(tmp_path / name)
    assert (submission.student, submission.source.name) == ("student_001", name)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(CollectError, match="nowhere does not exist"):
        collect(tmp_path / "nowhere")


def test_an_empty_folder_says_what_to_put_there(tmp_path: Path) -> None:
    with pytest.raises(CollectError, match="no submission"):
        collect(_class_folder(tmp_path, "README.md"))


def test_a_file_of_another_kind_is_no_class(tmp_path: Path) -> None:
    _class_folder(tmp_path, "grades.csv")
    with pytest.raises(CollectError, match="neither a folder"):
        collect(tmp_path / "grades.csv")


def test_a_name_that_is_no_utf8_can_still_be_written(tmp_path: Path) -> None:
    with open(os.fsencode(tmp_path) + b"/J\xf6rg.ipynb", "wb") as file:
        file.write(b"{}")
    [student] = _students(tmp_path)
    assert student == "J\ufffdrg"
    student.encode()


def test_spellings_of_one_accent_are_one_student(tmp_path: Path) -> None:
    _class_folder(tmp_path, "Jo\u0308rg.ipynb", "J\u00f6rg.zip")
    assert sorted(_students(tmp_path)) == ["J\u00f6rg", "J\u00f6rg (2)"]


_NAMES = st.text(
    st.characters(blacklist_characters="/\0", blacklist_categories=["Cs"]), min_size=1, max_size=40
).filter(lambda name: name not in (".", ".."))


@settings(deadline=None, max_examples=150)
@given(
    names=st.lists(
        st.tuples(_NAMES, st.sampled_from([".ipynb", ".zip", ".pdf", "", ".IPYNB", " (2).zip"])),
        max_size=6,
    )
)
def test_any_names_give_distinct_students(
    tmp_path_factory: pytest.TempPathFactory, names: list[tuple[str, str]]
) -> None:
    folder = tmp_path_factory.mktemp("class")
    for stem, suffix in names:
        (folder / (stem + suffix)).write_text("{}")
    try:
        students = _students(folder)
    except CollectError:
        return
    assert len(set(students)) == len(students)
    assert students == _students(folder)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.gdoc", b"x", "Google Drive"),
        ("a", b"x", "not known"),
        ("a.json", b"{}", "not known"),
        ("a.url", b"[InternetShortcut]\nURL=x", "link"),
        ("a.webloc", b'<?xml version="1.0"?><plist>', "link"),
        ("a.txt", b"see https://colab.research.google.com/drive/1a", "colab.research.google.com"),
        ("a.txt", b"I was ill.", "a text file"),
        ("a.eml", b"Subject: cnn", "an e-mail"),
        ("a.pt", b"PK\x03\x04", "weights"),
        ("a.docx", b"PK\x03\x04", "a text document"),
        ("a.ipynb.onedrive", b"", "placeholder"),
        ("a", b"", "empty"),
        ("a.ipynb.crdownload", b'{"ce', "unfinished download"),
        ("a.ipynb.part", b"", "unfinished download"),
        (".a.ipynb.icloud", b"bplist00", "placeholder"),
        ("a.ipynb.cloud", b"x", "placeholder"),
        ("a.heic", b"x", "picture"),
        ("a.tar.gz", b"x", "archive"),
        ("a.ipynb.bak", b"x", "backup"),
    ],
)
def test_whatever_lies_there_is_somebodys(
    tmp_path: Path, name: str, content: bytes, says: str
) -> None:
    (tmp_path / name).write_bytes(content)
    [submission] = collect(tmp_path)
    assert submission.student == "a"
    assert says in submission.problem


def test_half_a_notebook_of_an_unfinished_download_is_told_as_such(tmp_path: Path) -> None:
    (tmp_path / "a.ipynb.crdownload").write_text('{"nbformat": 4, "cells": [')
    [submission] = collect(tmp_path)
    with pytest.raises(Unreadable, match=r"an unfinished download\..*cut off at the end"):
        read_notebook(submission)


@pytest.mark.parametrize(
    "name", ["a.json", "a.txt", "a", "a.ipynb.bak", "a.ipynb.txt", "a.pdf", "a.colab", "a.nb"]
)
def test_a_notebook_of_any_name_is_graded(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text('{"nbformat": 4, "cells": []}')
    [submission] = collect(tmp_path)
    assert (submission.student, submission.problem) == ("a", "")


@pytest.mark.parametrize(
    "name",
    [
        *("a.ipynb_", "a.ipynb (1)", "a.ipynb ", "a.jpynb", "a.ipnyb", "a.ipynb copy", ".a.ipynb"),
        *("a.ipynb~", "#a.ipynb#", "a-checkpoint.ipynb", "a.ipynb.orig", "a.zip.ipynb"),
    ],
)
def test_a_mistyped_hidden_or_numbered_name_is_still_the_students(
    tmp_path: Path, name: str
) -> None:
    (tmp_path / name).write_text('{"nbformat": 4, "cells": []}')
    [submission] = collect(tmp_path)
    assert (submission.student, submission.problem) == ("a", "")


@pytest.mark.parametrize("name", ["a.ipynb~", "a.ipynb.bak", "#a.ipynb#", "a-checkpoint.ipynb"])
def test_an_editors_copy_beside_the_file_is_nobody_and_told(tmp_path: Path, name: str) -> None:
    for each in ("a.ipynb", name, "b.ipynb"):
        (tmp_path / each).write_text('{"nbformat": 4, "cells": []}')
    assert [one.source.name for one in collect(tmp_path)] == ["a.ipynb", "b.ipynb"]
    [remark] = left_alone(tmp_path)
    assert name in remark and "Backup" in remark


def test_folders_of_systems_and_of_the_kit_are_nobody(tmp_path: Path) -> None:
    _class_folder(
        tmp_path,
        "a.ipynb",
        "$RECYCLE.BIN/x",
        "System Volume Information/x",
        "__pycache__/x.pyc",
        "cnnlab/__init__.py",
        "data/mnist.npz",
        "grades/class-report.html",
        "grades/students/b/executed.ipynb",
        ".unknown/x.ipynb",
        ".vscode/settings.json",
    )
    assert _students(tmp_path) == ["a"]
    course, hidden = left_alone(tmp_path)
    assert "cnnlab, data, grades" in course
    assert hidden.endswith(": .unknown.")

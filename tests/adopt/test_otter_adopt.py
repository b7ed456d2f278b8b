"""`adopt` writes an assignment folder around otter's zip or master; what it can't is a sentence."""

import json
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest

from autograder.adopt.adopt import adopt
from autograder.adopt.archive import read_archive
from autograder.course.assignment import read_assignment
from autograder.course.build.products import BuildError, ensure_built
from autograder.course.settings import CourseError
from autograder.errors import KitError
from tests.support.otter_zip import notebook_of, ok_test, write_zip

TEST = ok_test("q1", (">>> x\n2", {"hidden": False}), points=3)
CONFIG = "# ASSIGNMENT CONFIG\nname: hw\nfiles: [numbers.txt]\nseed:\n  autograder_value: 7\n"
QUESTION = [
    ("raw", "# BEGIN QUESTION\nname: q1"),
    ("markdown", "Set x."),
    ("raw", "# BEGIN SOLUTION"),
    ("code", "x = 2 # SOLUTION"),
    ("raw", "# END SOLUTION"),
    ("raw", "# BEGIN TESTS"),
    ("code", "x == 2"),
    ("code", "# HIDDEN\nx > 1"),
    ("raw", "# END TESTS"),
    ("raw", "# END QUESTION"),
]


def master(folder: Path, *cells: tuple[str, str], language: str = "python") -> Path:
    """Write a master notebook of format 4.2, as old ones are, with what it needs beside it."""
    extra: dict[str, Any] = {"code": {"outputs": [], "execution_count": None}}
    document: dict[str, Any] = {
        "cells": [
            {"cell_type": kind, "metadata": {}, "source": source, **extra.get(kind, {})}
            for kind, source in cells
        ],
        "metadata": {"kernelspec": {"name": language, "language": language, "display_name": "x"}},
        "nbformat": 4,
        "nbformat_minor": 2,
    }
    path = folder / "hw.ipynb"
    path.write_text(json.dumps(document))
    (folder / "numbers.txt").write_text("1 2")
    return path


def test_a_zip_becomes_a_folder_with_otters_own_settings(tmp_path: Path) -> None:
    config = {
        "seed": 42,
        "seed_variable": "rng_seed",
        "points_possible": 10,
        "show_hidden": True,
        "token": "secret",
        "plugins": ["otter.plugins.builtin.RateLimiting"],
        "assignment_name": "hw01",
    }
    files = {"tests/q1.py": TEST, "files/data/a.csv": "1,2", "files/utils.py": "import numpy\n"}
    done = adopt(write_zip(tmp_path / "hw.zip", files, config), tmp_path / "hw")
    course = read_assignment(tmp_path / "hw").course
    assert course.otter is not None
    assert (course.title, course.totals.core) == ("hw01", 10)
    assert (course.otter.seed, course.otter.seed_variable) == (42, "rng_seed")
    assert course.gradescope.hidden_checks == "visible"
    assert course.tests == {"q1": "beside"}
    assert (tmp_path / "hw/otter/tests/q1.py").read_text() == TEST
    assert (tmp_path / "hw/data/data/a.csv").read_text() == "1,2"
    assert (tmp_path / "hw/otter/requirements.txt").read_text() == "pandas\n"
    assert "secret" not in (tmp_path / "hw/otter/otter_config.json").read_text()
    told = " ".join(done.notes)
    assert "otter.plugins.builtin.RateLimiting" in told
    assert "token" in told
    built = ensure_built(read_assignment(tmp_path / "hw"), tmp_path / "build")
    assert dict(built.worth) == {"q1": 3}
    assert (built.sandbox_data / "utils.py").exists()


@pytest.mark.parametrize("exception_based", [False, True])
def test_an_old_master_is_upgraded_and_gets_otters_points(
    tmp_path: Path, exception_based: bool
) -> None:
    cells, config = list(QUESTION), CONFIG
    if exception_based:
        config += "tests:\n  ok_format: false\n"
        cells[6] = ("code", "def test_public(x):\n    assert x == 2")
        cells[7] = (
            "code",
            '""" # BEGIN TEST CONFIG\nhidden: true\n""" # END TEST CONFIG\n'
            "def test_hidden(x):\n    assert x > 1",
        )
    done = adopt(master(tmp_path, ("raw", config), *cells), tmp_path / "made")
    assert done.solved
    assert any("4.2" in note for note in done.notes)
    [file] = done.files
    assert file.form == ("exception" if exception_based else "ok")
    assert [(case.hidden, case.points) for case in file.cases] == [(False, 0.5), (True, 0.5)]
    assignment = read_assignment(tmp_path / "made")
    assert assignment.course.otter is not None
    assert assignment.course.otter.seed is None or assignment.course.otter.seed == 7
    assert dict(assignment.course.tests) == {"q1": "outside"}
    released = (tmp_path / "made/hw.ipynb").read_text()
    assert "x = 2" not in released
    assert "x = 2" in (tmp_path / "made/otter/solution.ipynb").read_text()
    assert (tmp_path / "made/data/numbers.txt").read_text() == "1 2"


def test_a_master_with_its_settings_in_text_cells_and_in_a_file_is_read(tmp_path: Path) -> None:
    fenced = [("markdown" if kind == "raw" else kind, text) for kind, text in QUESTION]
    fenced = [
        (kind, f"```otter\n{text}\n```" if text.startswith("#") and kind == "markdown" else text)
        for kind, text in fenced
    ]
    (tmp_path / "settings.yml").write_text("files: [numbers.txt]\nname: replaced\n")
    config = "```otter\n# ASSIGNMENT CONFIG\nconfig_file: settings.yml\nname: hw\n```"
    done = adopt(master(tmp_path, ("markdown", config), *fenced), tmp_path / "made")
    assert [file.question for file in done.files] == ["q1"]
    assert (tmp_path / "made/data/numbers.txt").exists()


@pytest.mark.parametrize(
    ("files", "config", "words"),
    [
        ({}, {}, "holds no test file"),
        ({"tests/q1.R": "test = list()"}, {}, "assignment in R"),
        ({"tests/q1.py": TEST}, {"lang": "r"}, "assignment in R"),
        ({"tests/q1.py": "test = {"}, {}, "q1.py: line 1 isn't Python"),
        ({"tests/q1.py": TEST, "files/../../x": ""}, {}, "outside of the zip"),
        ({"tests/q1.py": TEST, "/etc/x": ""}, {}, "outside of the zip"),
        ({"tests/q1.py": TEST, "files/big": "0" * 40_000_000}, {}, "-fold when unpacked"),
        ({"tests/q1.py": TEST.replace("'points': 3", "'points': 0")}, {}, "give no points"),
    ],
)
def test_a_zip_that_cannot_be_adopted_is_told_and_leaves_nothing(
    tmp_path: Path, files: dict[str, str], config: dict[str, Any], words: str
) -> None:
    path = write_zip(tmp_path / "hw.zip", files, config)
    with pytest.raises(KitError) as told:
        adopt(path, tmp_path / "hw")
    assert words in str(told.value)
    assert [each.name for each in tmp_path.iterdir()] == ["hw.zip"]


@pytest.mark.parametrize(
    "content", [b"", b"PK\x05\x06", b"no zip at all", b"PK\x03\x04" + b"x" * 99]
)
def test_what_is_no_zip_is_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "hw.zip"
    path.write_bytes(content)
    with pytest.raises(KitError, match=r"hw\.zip"):
        read_archive(path)


def test_a_zip_in_a_folder_of_its_own_is_read(tmp_path: Path) -> None:
    path = tmp_path / "hw.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("hw01/tests/q1.py", TEST)
        archive.writestr("hw01/otter_config.json", "{}")
    assert list(read_archive(path).tests) == ["q1.py"]


@pytest.mark.parametrize(
    ("cells", "language", "words"),
    [
        ([("code", "x = 2")], "python", "has no cell '# ASSIGNMENT CONFIG'"),
        ([("markdown", "```\nBEGIN QUESTION\nname: q1\n```")], "python", "first format"),
        ([("raw", "# ASSIGNMENT CONFIG\nname: [")], "python", "isn't valid YAML"),
        ([("raw", CONFIG), *QUESTION], "R", "notebook in r"),
        ([("raw", CONFIG.replace("numbers", "absent")), *QUESTION], "python", "absent.txt"),
        ([("raw", CONFIG.replace("numbers", "../x")), *QUESTION], "python", "isn't beside"),
        ([("raw", CONFIG), QUESTION[0], *QUESTION], "python", "otter assign refuses"),
    ],
)
def test_a_master_that_cannot_be_adopted_is_told(
    tmp_path: Path, cells: list[tuple[str, str]], language: str, words: str
) -> None:
    with pytest.raises(KitError) as told:
        adopt(master(tmp_path, *cells, language=language), tmp_path / "made")
    assert words in str(told.value)
    assert not (tmp_path / "made").exists()


def test_a_folder_that_holds_something_is_not_written_into(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "hw.zip", {"tests/q1.py": TEST}, {})
    with pytest.raises(KitError, match="isn't empty"):
        adopt(path, tmp_path)


def test_a_missing_package_is_told_before_anything_is_graded(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "hw.zip", {"tests/q1.py": TEST}, {})
    student = tmp_path / "hw.ipynb"
    student.write_text(notebook_of("import no_such_package", "x = 2", 'grader.check("q1")'))
    done = adopt(path, tmp_path / "hw", notebook=student)
    assert any("no_such_package" in note for note in done.notes)
    with pytest.raises(BuildError, match="preload names no_such_package"):
        ensure_built(read_assignment(tmp_path / "hw"), tmp_path / "build")


def test_a_course_that_refuses_to_judge_beside_is_told_what_needs_it(tmp_path: Path) -> None:
    adopt(write_zip(tmp_path / "hw.zip", {"tests/q1.py": TEST}, {}), tmp_path / "hw")
    path = tmp_path / "hw/course.toml"
    path.write_text(path.read_text().replace("beside = true", "beside = false"))
    assert tomllib.loads(path.read_text())["otter"]["beside"] is False
    with pytest.raises(CourseError, match="q1 can be judged beside student code only"):
        read_assignment(tmp_path / "hw")

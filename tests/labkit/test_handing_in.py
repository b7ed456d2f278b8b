"""The export hands in what was run, or says why not; a check says what it judged."""

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest
from otter.test_files import ExceptionTestFile

from autograder.paths import PROJECT
from labkit.notebook import (
    doctor,
    grader,
    handing_in,
    judged,
    notebook_file,
    public_tests,
    runs,
)
from labkit.notebook.runs import Run

BLANK = "def first(x):\n    ..."
OWN = "def first(x):\n    return x"
OTHER = "second = 2"


def cell(source: str, id: str, *tags: str) -> dict[str, Any]:
    metadata = {"tags": list(tags)} if tags else {}
    return {"cell_type": "code", "id": id, "source": source, "metadata": metadata}


def notebook(path: Path, first: str = BLANK, when: float | None = None) -> notebook_file.Saved:
    """A notebook with two questions, whose first answer is `first`."""
    cells = [
        cell("ready = True", "lesson"),
        cell(first, "one", notebook_file.ANSWER_TAG),
        cell('grader.check("q1")', "check-1"),
        cell(OTHER, "two", notebook_file.ANSWER_TAG),
        cell('grader.check("q2")', "check-2"),
    ]
    path.write_text(json.dumps({"cells": cells, "metadata": {}}))
    if when is not None:
        os.utime(path, (when, when))
    saved = notebook_file.read(path)
    assert saved is not None
    return saved


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Run]:
    """What was run in this kernel; the front end doesn't say which file the notebook is."""
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    monkeypatch.delenv("LABKIT_GRADING", raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(runs, "_runs", done := list[Run]())
    return done


class Otter:
    """Takes the calls that go on to otter."""

    def __init__(self) -> None:
        self.exported = list[str]()

    def export(self, path: str, **_options: Any) -> None:
        self.exported.append(path)


@pytest.mark.parametrize("ids", [("one", "two"), ("", ""), ("vscode:1", "vscode:2")])
def test_unsaved_answers_are_not_exported(tmp_path, ran, capsys, ids):
    notebook(tmp_path / "cnn.ipynb")
    ran += [Run(OWN, ids[0]), Run(OTHER, ids[1])]
    otter = Otter()
    handing_in.export(otter.export)
    text = capsys.readouterr().out
    assert otter.exported == []
    assert "No zip file was made. 1 of 2 answers in cnn.ipynb, saved at" in text
    assert "differ from what you ran: q1." in text and "Save this notebook" in text


def test_the_copy_that_was_worked_in_is_exported_and_named(tmp_path, ran, capsys):
    notebook(tmp_path / "cnn-Copy1.ipynb", OWN, time.time() - 60)
    notebook(tmp_path / "cnn.ipynb")
    ran += [Run(OWN, "one"), Run(OTHER, "two")]
    otter = Otter()
    handing_in.export(otter.export)
    text = capsys.readouterr().out
    assert otter.exported == ["cnn-Copy1.ipynb"]
    assert "cnn-Copy1.ipynb went into the zip file. All 2 answers in cnn-Copy1.ipynb" in text


def test_the_file_that_holds_what_was_run_is_named(tmp_path, ran, capsys, monkeypatch):
    notebook(tmp_path / "cnn-Copy1.ipynb", OWN)
    notebook(tmp_path / "cnn.ipynb")
    monkeypatch.setenv("JPY_SESSION_NAME", str(tmp_path / "cnn.ipynb"))
    ran += [Run(OWN, "one")]
    otter = Otter()
    handing_in.export(otter.export)
    assert 'grader.export("cnn-Copy1.ipynb"' in capsys.readouterr().out
    handing_in.export(otter.export, "cnn-Copy1.ipynb")
    assert otter.exported == ["cnn-Copy1.ipynb"]


def test_answers_that_were_not_run_or_are_blank_are_told_and_exported(tmp_path, ran, capsys):
    notebook(tmp_path / "cnn.ipynb")
    ran += [Run(OTHER, "two")]
    otter = Otter()
    handing_in.export(otter.export)
    text = capsys.readouterr().out
    assert otter.exported == ["cnn.ipynb"]
    assert "Not run since the kernel started: q1." in text and "Not answered in it: q1." in text


def test_colab_gets_a_sentence_instead_of_an_error(ran, capsys, monkeypatch):
    monkeypatch.setattr(handing_in, "in_colab", lambda: True)
    otter = Otter()
    handing_in.export(otter.export)
    assert otter.exported == [] and "Download .ipynb" in capsys.readouterr().out


def test_no_file_is_a_sentence(ran, capsys):
    handing_in.export(Otter().export)
    assert "No zip file was made" in capsys.readouterr().out


def test_the_doctor_compares_too(tmp_path, ran):
    notebook(tmp_path / "cnn.ipynb")
    ran += [Run(OWN, "one"), Run(OTHER, "two")]
    finding = doctor.answers_finding(tmp_path)
    assert not finding.fine and "1 of 2 answers" in finding.words
    notebook(tmp_path / "cnn.ipynb", OWN)
    assert doctor.answers_finding(tmp_path).fine


def test_the_doctor_finds_checks_only_where_they_are(tmp_path, ran):
    notebook(tmp_path / "cnn.ipynb")
    assert not doctor.tests_finding(tmp_path).fine
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "q1.py").touch()
    assert "checks of q2 were not found" in doctor.tests_finding(tmp_path).words
    (tmp_path / "tests" / "q2.py").touch()
    assert doctor.tests_finding(tmp_path).fine


RENAMED = "def erste(x):\n    return x"


@pytest.mark.parametrize(
    ("done", "saved_later", "words"),
    [
        ([Run(OWN, "one", when=1)], OWN, None),
        ([], OWN, "was not run since the kernel started"),
        ([Run(OWN, "one", when=1), Run("def", "one", "SyntaxError", 2)], OWN, "SyntaxError"),
        ([Run(OWN, "one", when=1), Run(OWN, "one", "NameError", 2)], OWN, "stopped with NameError"),
        ([Run(OWN, "one", when=1), Run(RENAMED, "one", when=2)], RENAMED, "not define `first`"),
        ([Run(OWN, "one", when=1), Run(OWN + " + 1", "x", when=2)], OWN, "once more in another"),
        ([Run(OWN, "one", when=1)], OWN + " + 1", "was changed after you ran it last"),
        ([Run(OWN, "v", when=1), Run("def", "v", "SyntaxError", 2)], OWN, "SyntaxError"),
    ],
)
def test_a_check_says_that_it_judged_an_older_answer(tmp_path, done, saved_later, words):
    saved = notebook(tmp_path / "cnn.ipynb", saved_later)
    told = judged.remarks("q1", saved, done, ["first"], {"first": len})
    assert (told == []) if words is None else (len(told) == 1 and words in told[0])


def test_names_and_points_come_from_the_public_tests(tmp_path):
    file = tmp_path / "q1.py"
    file.write_text('name = "q1"\npoints = 8\ndef test_q1(first):\n    pass\n')
    assert public_tests.asked_names(file) == ["first"]
    assert public_tests.total_points(file) == 8
    assert public_tests.total_points(tmp_path / "absent.py") is None


class Result:
    """What otter returns for cases of some points, passed or not."""

    def __init__(self, *cases: tuple[float, bool]) -> None:
        self.test_case_results = [
            type("Case", (), {"passed": passed, "test_case": type("Test", (), {"points": points})})
            for points, passed in cases
        ]


@pytest.mark.parametrize(
    ("cases", "words"),
    [
        ([(2, True), (2, True)], "2 public checks passed: 4 of 8 points. The rest is checked"),
        ([(2, True), (2, False)], "1 of 2 public checks passed: 2 of 8 points so far."),
        ([(0, True)], "The form is right. Whether the answer is right is decided at grading: 8"),
        ([(8, True)], "1 public check passed: all 8 points."),
    ],
)
def test_a_check_ends_with_what_is_certain(cases, words):
    assert public_tests.certain(Result(*cases), 8).startswith(words)


@pytest.mark.parametrize(
    ("answer", "begins"),
    [
        (lambda image, kernel: image, "❌ Test case failed\nq1: manual_convolution2d returned a"),
        (None, "❌ Test case failed\nq1: "),
    ],
)
def test_a_failed_check_begins_with_what_is_wrong(answer, begins):
    checks = ExceptionTestFile.from_file(str(PROJECT / "student_release" / "tests" / "q1.py"))
    checks.run({"manual_convolution2d": answer})
    for case in checks.test_case_results:
        assert "Error at line" in case.message
        assert public_tests.without_source(case.message).startswith(begins)


def test_a_check_that_stopped_otherwise_keeps_all_that_otter_says():
    message = "❌ Test case failed\nError at line 3 in test q1:\n  f()\nNameError: f"
    assert public_tests.without_source(message) == message


def test_outside_a_students_notebook_otters_object_stays_as_it_is():
    notebook = Otter()
    assert grader.watched(notebook) is notebook
    assert "export" not in vars(notebook)


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("import numpy as np\nfor i in range(3):\n    a = i\n", {"np", "i", "a"}),
        ("%matplotlib inline\nclass A: pass\n(b := 1)", {"A", "b"}),
        ("%%time\nx, y = 1, 2", {"x", "y"}),
        ("def broken(", set()),
    ],
)
def test_the_names_that_a_cell_defines(source, names):
    assert runs.bound_names(source) == names

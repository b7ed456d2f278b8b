"""The doctor of every assignment: what it finds, and what it says to do."""

import json
import os
import time
from pathlib import Path

import pytest

from labkit.notebook import doctor


@pytest.fixture(autouse=True)
def not_grading(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LABKIT_GRADING", raising=False)


@pytest.fixture
def release(tmp_path: Path) -> Path:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "q1.py").touch()
    write_notebook(tmp_path)
    return tmp_path


def write_notebook(folder: Path, **metadata: object) -> None:
    """A notebook with one answer and its check."""
    texts = ("%matplotlib inline\nimport json, os.path", "x = 1", 'grader.check("q1")')
    cells = [{"cell_type": "code", "source": text} for text in texts]
    (folder / "cnn.ipynb").write_text(json.dumps({"cells": cells, "metadata": metadata}))


def test_a_good_release_folder_has_nothing_wrong_in_it(release):
    folder_checks = [
        doctor.imports_finding(release),
        doctor.beside_finding(release, ["tests"]),
        doctor.tests_finding(release),
        doctor.saved_finding(release, time.time()),
        doctor.disk_finding(release),
    ]
    assert all(finding.fine and not finding.advice for finding in folder_checks)


def test_an_old_python_is_named_with_the_version_that_is_needed():
    finding = doctor.python_finding((3, 8, 10))
    assert not finding.fine
    assert "3.8.10 is too old" in finding.words and "3.11" in finding.advice


def test_a_notebook_outside_the_unpacked_folder_is_noticed(tmp_path):
    assert "Unpack the whole zip" in doctor.beside_finding(tmp_path, ["data"]).advice
    assert "folder tests" in doctor.tests_finding(tmp_path).advice


def test_a_package_that_the_notebook_imports_and_nobody_installed_is_named(tmp_path):
    cells = [
        "import json\nimport not_there.part as n, nor_this",
        "try:\n    import optional\nexcept: 0",
    ]
    sources = [*cells, "no python (", 'grader.check("q1")']
    code = [{"cell_type": "code", "source": source} for source in sources]
    (tmp_path / "rules.ipynb").write_text(json.dumps({"cells": code, "metadata": {}}))
    finding = doctor.imports_finding(tmp_path)
    assert finding.words == "not_there, nor_this cannot be imported"
    assert "`%pip install not_there nor_this`" in finding.advice
    (tmp_path / "requirements.txt").touch()
    assert "`%pip install -r requirements.txt`" in doctor.imports_finding(tmp_path).advice


def test_checks_inside_the_notebook_are_enough(tmp_path):
    write_notebook(tmp_path, otter={"tests": {"q1": "test"}})
    assert doctor.tests_finding(tmp_path).fine
    write_notebook(tmp_path, otter={"assignment_name": "cnn"})
    assert not doctor.tests_finding(tmp_path).fine


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(20, "20 minutes ago"), (150, "2 hours ago"), (5000, "3 days ago")],
)
def test_a_notebook_that_was_not_saved_lately_is_noticed(release, minutes, words):
    now = time.time()
    os.utime(release / "cnn.ipynb", (now - 60 * minutes, now - 60 * minutes))
    finding = doctor.saved_finding(release, now)
    assert not finding.fine and words in finding.words and "Ctrl+S" in finding.advice


def test_a_folder_that_cannot_be_written_is_noticed(tmp_path):
    finding = doctor.disk_finding(tmp_path / "absent")
    assert not finding.fine and "nothing can be written" in finding.words


def test_a_check_that_fails_itself_becomes_a_line(release, capsys):
    def explode() -> doctor.Finding:
        raise ZeroDivisionError("by surprise")

    doctor.doctor(release, own=[explode])
    text = capsys.readouterr().out
    assert "✗ one check could not be made (ZeroDivisionError: by surprise)" in text
    assert "need care." in text


def test_the_doctor_prints_one_line_for_each_finding_and_a_sum(release, capsys):
    doctor.doctor(release)
    marks = [line[0] for line in capsys.readouterr().out.splitlines() if line[0] in "✓✗"]
    assert len(marks) == len(doctor.examine(release)) == 6


def test_the_computer_of_a_grader_is_not_examined(release, capsys, monkeypatch):
    monkeypatch.setenv("LABKIT_GRADING", "1")
    doctor.doctor(release)
    assert "✗" not in capsys.readouterr().out

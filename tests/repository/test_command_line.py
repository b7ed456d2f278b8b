"""The commands of the README, run as an instructor runs them; the second assignment starts fast."""

import csv
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CRICKETS = ROOT / "examples" / "crickets"
OF = ("--assignment", CRICKETS)


def autograder(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "autograder", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, str]:
    """A class of a blank and an unreadable notebook, its grades, and what grading printed."""
    folder, grades = tmp_path_factory.mktemp("class"), tmp_path_factory.mktemp("grades")
    shutil.copy(CRICKETS / "submissions" / "student_004.ipynb", folder)
    (folder / "student_012.ipynb").write_text("no notebook")
    # `--practice`, so that these tests run on every machine.
    done = autograder("grade", folder, "--output", grades, "--jobs", "2", "--practice", *OF)
    assert done.returncode == 1, done.stderr  # one could not be read: a person is needed
    return folder, grades, done.stdout


def test_a_class_is_graded_into_a_gradebook_with_a_row_each(graded: tuple[Path, Path, str]):
    with (graded[1] / "gradebook.csv").open(newline="") as file:
        rows = {row["student"]: row for row in csv.DictReader(file)}
    assert {name: row["ending"] for name, row in rows.items()} == {
        "student_004": "completed",
        "student_012": "unreadable",
    }
    assert rows["student_004"]["score"] == "0"


def test_the_layers_of_isolation_are_told_first(graded: tuple[Path, Path, str]):
    assert graded[2].startswith("Isolation, tier ")


def test_every_student_gets_the_files_that_the_readme_names(graded: tuple[Path, Path, str]):
    students = graded[1] / "students"
    names = {file.name for file in (students / "student_004").iterdir()}
    assert {"feedback.html", "executed.ipynb", "results.json"} <= names
    assert (students / "student_012" / "feedback.html").is_file()
    assert (graded[1] / "class-report.html").is_file()


def test_a_second_run_grades_nothing_again(graded: tuple[Path, Path, str]):
    folder, grades, _ = graded
    page = grades / "students" / "student_004" / "feedback.html"
    before = page.stat().st_mtime_ns
    done = autograder("grade", folder, "--output", grades, "--practice", *OF)
    assert done.returncode == 1
    assert "2 of 2 are graded already; 0 to do" in done.stdout
    assert done.stdout.startswith("Isolation, tier ")
    assert page.stat().st_mtime_ns == before


@pytest.mark.parametrize("name", ["nowhere", "README.md"])
def test_wrong_usage_is_a_sentence_and_exit_2(tmp_path: Path, name: str):
    done = autograder("grade", ROOT / name, "--output", tmp_path / "grades")
    assert done.returncode == 2
    assert name in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "grades").exists()


def test_doctor_tells_what_holds_here():
    done = autograder("doctor")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Isolation, tier " in done.stdout

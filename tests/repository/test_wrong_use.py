"""What nobody can mean is refused with a sentence before anything is done."""

import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from autograder.cli.app import app
from autograder.paths import PROJECT


def refused(*command: str) -> str:
    """The sentence with which a command ends that must change nothing."""
    before = sorted(PROJECT.iterdir())
    done = CliRunner().invoke(app, [str(each) for each in command], env={"COLUMNS": "1000"})
    assert done.exit_code == 2
    assert sorted(PROJECT.iterdir()) == before
    return done.output


@pytest.mark.parametrize("command", ["grade", "regrade", "feedback", "report", "desk"])
def test_an_empty_name_is_no_folder(command: str) -> None:
    assert "it is empty" in refused(command, "")


@pytest.mark.parametrize("command", ["grade", "regrade", "feedback"])
def test_an_empty_output_is_no_folder(command: str, tmp_path: Path) -> None:
    assert "it is empty" in refused(command, str(tmp_path), "--output", "")


@pytest.mark.parametrize("command", ["grade", "regrade", "feedback"])
@pytest.mark.parametrize("folder", [PROJECT, PROJECT.parent, PROJECT / "docs" / ".."])
def test_the_kit_itself_is_no_class(command: str, folder: Path, tmp_path: Path) -> None:
    told = refused(command, str(folder), "--output", str(tmp_path / "grades"))
    assert "its own folders would be graded as students" in told


@pytest.mark.parametrize("command", ["grade", "regrade"])
def test_the_kit_itself_is_no_output(command: str, tmp_path: Path) -> None:
    told = refused(command, str(tmp_path), "--output", str(PROJECT))
    assert "is the folder of the kit itself" in told


def test_a_file_is_no_output(tmp_path: Path) -> None:
    (tmp_path / "marks").write_text("mine", "utf-8")
    told = refused("grade", str(tmp_path / "class"), "--output", str(tmp_path / "marks"))
    assert "is a file" in told
    assert (tmp_path / "marks").read_text("utf-8") == "mine"


@pytest.mark.parametrize("output", ["class", "class/grades"])
def test_grades_do_not_go_among_the_submissions(output: str, tmp_path: Path) -> None:
    (tmp_path / "class").mkdir()
    told = refused("grade", str(tmp_path / "class"), "--output", str(tmp_path / output))
    assert "the next run would take it for a student" in told
    assert not list((tmp_path / "class").iterdir())


@pytest.mark.parametrize("jobs", ["-1", "two", ""])
def test_the_number_of_jobs_is_a_number(jobs: str, tmp_path: Path) -> None:
    assert "'--jobs'" in refused("grade", str(tmp_path), "--jobs", jobs)


def test_a_misspelt_variable_is_told_with_those_that_there_are() -> None:
    command = ["make", "-n", "grade", "SUBMISION=theirs"]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "There is no variable SUBMISION." in done.stderr
    assert "SUBMISSIONS OUTPUT JOBS" in done.stderr


@pytest.mark.parametrize("off", ["0", "no", "false", "off", ""])
def test_a_switch_that_is_set_to_no_is_off(off: str) -> None:
    command = ["make", "-n", "regrade", f"YES={off}", f"PRACTICE={off}"]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True)
    assert "--yes" not in done.stdout and "--practice" not in done.stdout

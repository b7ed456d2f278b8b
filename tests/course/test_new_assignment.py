"""A new assignment can be released, verified, graded and uploaded as it is written."""

import csv
import json
import zipfile
from pathlib import Path

import pytest
from typer import Typer
from typer.testing import CliRunner

from autograder.cli.app import app
from autograder.course.assignment import read_assignment
from autograder.new.write import NotNew, write_assignment
from autograder.release import release as releasing
from proofs.app import app as proofs

TITLE = 'Müller’s means & "squares"'


def run(*arguments: str, of: Typer = app) -> str:
    """Run a command that must end well; return what it tells."""
    done = CliRunner().invoke(of, arguments)
    assert done.exit_code == 0, (done.output, done.exception)
    return done.output


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("new") / "warm up"
    told = run("new", str(place), "--title", TITLE)
    assert "make grade ASSIGNMENT=" in told
    return place


def test_it_is_an_assignment_of_three_kinds_of_questions(folder: Path) -> None:
    found = read_assignment(folder)
    assert (found.notebook, found.course.title) == ("warm-up.ipynb", TITLE)
    assert found.course.totals.core == 15


def test_it_can_be_released_and_shows_no_solution(folder: Path) -> None:
    run("release", "--assignment", str(folder))
    files = {
        path.relative_to(folder / "student_release").as_posix(): path.read_text("utf-8")
        for path in (folder / "student_release").rglob("*")
        if path.is_file()
    }
    assert {"warm-up.ipynb", "data/measured.csv", "labkit/checks.py", "README.md"} <= {*files}
    assert {"requirements.txt", "labkit/notebook/doctor.py"} <= {*files}
    assert not [name for name, text in files.items() if "squared_values" in text]
    solved = json.loads((folder / "solutions" / "warm-up.ipynb").read_text("utf-8"))
    checks = [c for c in solved["cells"] if "".join(c["source"]).startswith("grader.check(")]
    assert len(checks) == 3 and all("passed!" in json.dumps(c["outputs"]) for c in checks)
    told = {
        "".join(c["source"]).split("\n")[-1]: json.dumps(c.get("outputs")) for c in solved["cells"]
    }
    assert "the checks are there" in told['doctor(beside=["data"])']
    assert (
        "Signing off, Anonymous"
        in told[f'signoff("Anonymous", assignment={json.dumps(TITLE, ensure_ascii=False)})']
    )


def test_its_planted_answers_are_found_and_accepted(folder: Path) -> None:
    told = run("verify", "--assignment", str(folder), "--seeds", "2", "--jobs", "2", of=proofs)
    last = "planted 3, killed 3, named 3 of 3, misnamed 0, variants accepted 1 of 1"
    assert last in " ".join(told.split())


def test_its_class_is_graded(folder: Path) -> None:
    command = ["grade", str(folder / "submissions"), "--assignment", str(folder)]
    output = folder.parent / "grades"
    done = CliRunner().invoke(app, [*command, "--output", str(output), "--practice"])
    assert done.exit_code in (0, 1), (done.output, done.exception)  # 1: a person marks q3
    with (output / "gradebook.csv").open(newline="", encoding="utf-8") as file:
        rows = {row["student"]: row for row in csv.DictReader(file)}
    assert [rows[f"student_00{n}"]["q1"] for n in (1, 2, 3)] == ["5", "0", "0"]
    assert [rows[f"student_00{n}"]["q2"] for n in (1, 2, 3)] == ["5", "1", "0"]
    page = (output / "students" / "student_002" / "feedback.html").read_text("utf-8")
    assert "divide it by how many numbers there are" in page and "the first day is day 1" in page


def test_its_autograder_holds_what_a_container_needs(folder: Path, tmp_path: Path) -> None:
    run("gradescope", "--assignment", str(folder), "--output", str(tmp_path / "autograder.zip"))
    with zipfile.ZipFile(tmp_path / "autograder.zip") as members:
        names = set(members.namelist())
        settings = members.read("assignment/course.toml").decode()
        installed = members.read("requirements.lock").decode()
    assert 'notebook = "warm-up.ipynb"' in settings and "core = 15.0" in settings
    assert {"labkit/probes.py", "build/assignment/student/warm-up.ipynb"} <= names
    assert not [name for name in names if name.startswith("assignment/warm-up")]
    assert "numpy==" in installed and "torch" not in installed


def test_a_wrong_total_is_told_before_anything_is_run(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise RuntimeError("a notebook was run")

    settings = folder / "course.toml"
    before = settings.read_text("utf-8")
    settings.write_text(before + "\n[totals]\ncore = 14\n", encoding="utf-8")
    monkeypatch.setattr(releasing, "executed", refuse)
    try:
        [problem] = releasing.release(read_assignment(folder))
    finally:
        settings.write_text(before, encoding="utf-8")
    assert "add up to 5 → 10 → 15" in str(problem)


def test_nothing_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "mine.txt").write_text("mine")
    with pytest.raises(NotNew, match="holds something already"):
        write_assignment(tmp_path / "there", "A title")
    with pytest.raises(NotNew, match="title is empty"):
        write_assignment(tmp_path / "elsewhere", " ")
    assert not (tmp_path / "elsewhere").exists()

"""examples/crickets: a second assignment, graded by the same commands and without PyTorch."""

import csv
import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from autograder.course.build.master import read_master
from autograder.course.build.products import ensure_built
from autograder.release import leaks
from autograder.release.release import helper_text, release_files
from autograder.release.release_gate import problems
from scripts.make_example_class import CRICKETS, write_class

ROOT = Path(__file__).resolve().parents[2]
ASSIGNMENT = CRICKETS.assignment
MARKS = {
    "student_001": {"q1": 4, "q2": 8, "q3": 8, "q4": 4},
    "student_002": {"q1": 0, "q2": 0, "q3": 8, "q4": 1},
    "student_003": {"q1": 4, "q2": 0, "q3": 2, "q4": 0},
    "student_004": {"q1": 0, "q2": 0, "q3": 0, "q4": 0},
    "student_005": {"q1": 4, "q2": 5, "q3": 8, "q4": 0},
}
"""What the checks give; in q4 a person may add 6 points where there is a text."""
TOLD = [
    ("student_002", "q1: predict changes its input (argument 1) in place"),
    ("student_002", "loss returns the sum of the squares"),
    ("student_002", "gradient has the wrong sign"),
    ("student_002", "you put 120 itself into the line"),
    ("student_003", "fit moves the slope first"),
    ("student_005", "AttributeError"),
    ("student_005", "SyntaxError"),
]
_NO_TORCH = """
import importlib.abc, sys

class Watch(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("torch", "torchvision", "cnnlab"):
            raise RuntimeError(f"{name} was imported")

sys.meta_path.insert(0, Watch())
sys.argv[1:] = ARGUMENTS
from autograder.cli.app import main
main()
"""
_SEEN_INSIDE = "import sys\nprint('inside:', sorted({'torch', 'cnnlab'} & set(sys.modules)))\n"


@dataclass(frozen=True)
class Graded:
    """What one `make grade` has left."""

    folder: Path
    status: int
    told: str

    def page(self, student: str) -> str:
        file = self.folder / "students" / student / "feedback.html"
        return re.sub(r"<[^>]+>", "", file.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Graded:
    """The class, and one more who looks which modules there are; graded in a fresh process."""
    place = tmp_path_factory.mktemp("crickets")
    hand_ins = place / "submissions"
    hand_ins.mkdir()
    for path in CRICKETS.folder.iterdir():
        (hand_ins / path.name).write_bytes(path.read_bytes())
    looks = json.loads((hand_ins / "student_004.ipynb").read_text("utf-8"))
    first = next(cell for cell in looks["cells"] if cell["cell_type"] == "code")
    first["source"] = [*first["source"], "\n" + _SEEN_INSIDE]
    (hand_ins / "student_006.ipynb").write_text(json.dumps(looks), "utf-8")
    arguments = ["grade", str(hand_ins), "--assignment", str(ASSIGNMENT.folder)]
    arguments += ["--output", str(place / "grades"), "--practice"]
    code = _NO_TORCH.replace("ARGUMENTS", repr(arguments))
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ | {"COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    return Graded(place / "grades", done.returncode, done.stdout + done.stderr)


def test_the_class_gets_the_expected_marks(graded: Graded) -> None:
    assert graded.status in (0, 1), graded.told  # 1: a person marks q4
    with (graded.folder / "gradebook.csv").open(newline="", encoding="utf-8") as file:
        rows = {row["student"]: row for row in csv.DictReader(file)}
    found = {name: {q: float(rows[name][q]) for q in MARKS[name]} for name in MARKS}
    assert found == MARKS


@pytest.mark.parametrize(("student", "sentence"), TOLD)
def test_a_mistake_is_told_by_its_cause(student: str, sentence: str, graded: Graded) -> None:
    assert sentence in graded.page(student)


def test_a_curve_that_a_check_has_recorded_is_drawn_with_its_words(graded: Graded) -> None:
    pages = {
        student: (graded.folder / "students" / student / "feedback.html").read_text("utf-8")
        for student in ("student_001", "student_003", "student_004")
    }
    assert "q3: the loss, step by step</title>" in pages["student_003"]
    assert "from 461.9 before the first one" in pages["student_001"]
    assert "<svg" not in pages["student_004"]  # nothing handed in, nothing to draw


def test_neither_side_imports_torch(graded: Graded) -> None:
    assert "was imported" not in graded.told
    executed = graded.folder / "students" / "student_006" / "executed.ipynb"
    assert "inside: []" in executed.read_text("utf-8")


def test_the_committed_class_is_the_generated_one(tmp_path: Path) -> None:
    write_class(ensure_built(ASSIGNMENT), CRICKETS.students(), tmp_path)
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    kept = {path.name: path.read_bytes() for path in CRICKETS.folder.iterdir()}
    assert made == kept, "run: python -m scripts.make_example_class"


def test_its_release_gives_nothing_away() -> None:
    files, master = release_files(ensure_built(ASSIGNMENT)), read_master(ASSIGNMENT.master)
    known = leaks.secrets(master, {}, helper_text(files))
    assert problems(files, master, known, ASSIGNMENT.course.totals, ASSIGNMENT.notebook) == []


def test_its_pictures_are_there_and_described() -> None:
    text = "\n".join(cell.source for cell in read_master(ASSIGNMENT.master).cells)
    pictures = re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", text)
    assert len(pictures) == 2
    for words, place in pictures:
        assert len(words.split()) > 10 and (ASSIGNMENT.folder / place).is_file()

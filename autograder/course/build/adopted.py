"""The build of an assignment that was written for stock otter: its own test files are the tests."""

import json
import shutil
from pathlib import Path

from autograder.course.assignment import Assignment
from autograder.course.build.master_cells import BuildError
from autograder.course.imports import missing
from autograder.course.otter_files import read_test_file
from autograder.intake.released import read_released

SOLUTION = "solution.ipynb"
"""The solved notebook, where the assignment has one."""


def make(assignment: Assignment, made: Path) -> dict[str, float]:
    """Write the products into `made`; return the points of each question, in order.

    Raises `BuildError` and `TestFileError`.
    """
    stock = assignment.course.otter
    assert stock
    tests = assignment.folder / stock.tests
    files = sorted(tests.glob("*.py"), key=lambda file: (len(file.stem), file.stem))
    if not files:
        raise BuildError(
            f"{tests}: holds no test files (*.py). Adopt the assignment again from otter's zip: "
            "python -m autograder adopt autograder.zip FOLDER"
        )
    if lacking := missing(assignment.course.preload):
        raise BuildError(
            f"{assignment.folder / 'course.toml'}: preload names {', '.join(lacking)}, which isn't "
            f"installed here. Install it (python -m pip install {' '.join(lacking)}), or take it "
            "out where no question needs it."
        )
    worth = {
        read.question: float(sum(case.points or 0 for case in read.cases))
        for read in map(read_test_file, files)
    }
    (made / "hidden_tests").mkdir(parents=True)
    for file in files:
        shutil.copyfile(file, made / "hidden_tests" / file.name)
    (made / "student").mkdir()
    shutil.copyfile(_notebook(assignment), made / "student" / assignment.notebook)
    solved = assignment.folder / "otter" / SOLUTION
    shutil.copyfile(solved if solved.is_file() else assignment.master, made / SOLUTION)
    (made / "otter").mkdir()
    _copy_data(assignment, made / "sandbox_data")
    asked = read_released(made / "student" / assignment.notebook).questions
    ordered = [name for name in asked if name in worth]
    return {name: worth[name] for name in dict.fromkeys((*ordered, *worth))}


def _notebook(assignment: Assignment) -> Path:
    try:
        json.loads(assignment.master.read_bytes())
    except (OSError, ValueError) as problem:
        raise BuildError(
            f"{assignment.master}: the notebook that students got cannot be read ({problem}). Put "
            'it there, or name it in course.toml: notebook = "…"'
        ) from None
    return assignment.master


def _copy_data(assignment: Assignment, folder: Path) -> None:
    data = assignment.folder / assignment.course.data
    if data.is_dir():
        shutil.copytree(data, folder)
    else:
        folder.mkdir()

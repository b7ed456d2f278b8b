"""What is committed for students and for the course team is what the assignment gives today."""

import json
from pathlib import Path
from typing import Any

import pytest

from autograder.course.build.master import read_master
from autograder.course.build.otter_assign import read_json
from autograder.course.build.products import Built, ensure_built
from autograder.files import source_files
from autograder.paths import PROJECT
from autograder.release.leaks import secrets
from autograder.release.personal import personal_problems, this_machine
from autograder.release.release import helper_text, release_files
from autograder.release.release_gate import problems
from autograder.release.solved import printed
from tests.support.assignments import LESSON

RELEASE = PROJECT / "student_release"
SOLUTIONS = PROJECT / "solutions" / "cnn.ipynb"


@pytest.fixture(scope="module")
def built() -> Built:
    return ensure_built(LESSON)


def committed() -> dict[str, bytes]:
    return {
        path.relative_to(RELEASE).as_posix(): path.read_bytes() for path in source_files(RELEASE)
    }


def sources(document: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(cell["id"], cell["cell_type"], "".join(cell["source"])) for cell in document["cells"]]


def test_the_release_is_the_generated_one(built: Built) -> None:
    wrong = {name for name, _ in committed().items() ^ release_files(built).items()}
    assert not wrong, "run: make release"


def test_the_solutions_are_the_generated_ones(built: Built) -> None:
    assert sources(read_json(SOLUTIONS)) == sources(read_json(built.solution)), "run: make release"


def test_the_solutions_ran_without_an_error() -> None:
    for cell in read_json(SOLUTIONS)["cells"]:
        if cell["cell_type"] == "code":
            assert cell["execution_count"], cell["id"]
            assert not [each for each in cell["outputs"] if each["output_type"] == "error"]


def test_the_solutions_pass_every_check_in_the_notebook() -> None:
    code = [cell for cell in read_json(SOLUTIONS)["cells"] if cell["cell_type"] == "code"]
    checks = [cell for cell in code if "".join(cell["source"]).startswith("grader.check(")]
    assert len(checks) == len(read_master(LESSON.master).questions)
    for cell in checks:
        assert "passed!" in json.dumps(cell["outputs"]), "".join(cell["source"])


def test_the_gate_finds_nothing_in_what_is_committed() -> None:
    solved, master = read_json(SOLUTIONS), read_master(LESSON.master)
    known = secrets(master, printed(solved), helper_text(committed()))
    found = problems(committed(), master, known, LESSON.course.totals, LESSON.notebook)
    found += personal_problems("solutions/cnn.ipynb", solved["cells"], this_machine())
    assert [str(problem) for problem in found] == []


def test_a_release_has_what_its_readme_promises() -> None:
    promised = {"cnn.ipynb", "README.md", "requirements.txt", "data/mnist.npz", "data/README.md"}
    assert promised <= set(committed())
    assert {Path(name).parts[0] for name in committed()} >= {"cnnlab", "tests"}

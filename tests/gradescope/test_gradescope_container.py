"""Gradescope's container, rebuilt: the marks of `make grade`, at tier 3, whatever comes."""

import json
import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest

from autograder.course.build.products import ensure_built
from autograder.course.plant import student_notebook, with_answers
from autograder.gradescope.package import write_package
from autograder.intake.question_cells import code_cells
from autograder.paths import PROJECT
from scripts.make_example_class import EXAMPLE
from tests.support.assignments import LESSON
from tests.support.sandbox_helpers import linux_root

pytestmark = [linux_root, pytest.mark.slow]
RUN = Path(__file__).parents[1] / "support" / "gradescope_run.py"
ROOMY, HALF = 4096, 0.5
"""Megabytes, processors; where no control group can be made, the tests run without bounds."""
PARTLY_RIGHT = "student_005"
EXPECTED: dict[str, dict[str, Any]] = tomllib.loads(
    (Path(__file__).parents[1] / "example_marks.toml").read_text(encoding="utf-8")
)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The zip, unpacked as Gradescope does it."""
    folder = tmp_path_factory.mktemp("gradescope")
    package = folder / "autograder.zip"
    write_package(PROJECT, ensure_built(LESSON), package)
    with zipfile.ZipFile(package) as archive:
        archive.extractall(folder / "source")
    return folder / "source"


class Container:
    """/autograder, its files and one run."""

    def __init__(self, folder: Path, source: Path) -> None:
        self.folder = folder
        shutil.copytree(source, folder / "source", copy_function=os.link)
        for name in ("submission", "results"):
            (folder / name).mkdir()

    def run(self, megabytes: int = ROOMY, cpus: float = 0) -> dict[str, Any]:
        """Runs run_autograder; what it left in results.json."""
        environment = os.environ | {"PYTHONPATH": str(PROJECT)}
        command = [sys.executable, str(RUN), str(self.folder)]
        for bounds in ((megabytes, cpus), (0, 0)):
            done = subprocess.run(
                [*command, *map(str, bounds)],
                env=environment,
                capture_output=True,
                text=True,
                check=False,
            )
            if "no control group" not in done.stderr:
                break
        self.printed = done.stdout + done.stderr
        print(self.printed)  # shown by pytest when a test fails
        return json.loads((self.folder / "results" / "results.json").read_text())

    def hand_in(self, notebook: Path) -> None:
        shutil.copy(notebook, self.folder / "submission")

    def hand_in_answers(self, answers: dict[str, str]) -> None:
        document = with_answers(student_notebook(ensure_built(LESSON)), answers)
        (self.folder / "submission" / LESSON.notebook).write_text(json.dumps(document))

    def set(self, setting: str, value: str) -> None:
        """Changes a line of course.toml in the container alone."""
        course = self.folder / "source" / "assignment" / "course.toml"
        lines = course.read_text().splitlines()
        course.unlink()  # it is a link to the others' file
        course.write_text(
            "\n".join(
                f"{setting} = {value}" if line.startswith(setting) else line for line in lines
            )
        )


@pytest.fixture
def container(tmp_path: Path, source: Path) -> Container:
    return Container(tmp_path, source)


def lost(report: dict[str, Any]) -> dict[str, float]:
    """Points lost, question by question."""
    points: dict[str, float] = {}
    for test in report["tests"]:
        if "by_hand" in test["tags"]:  # a person gives its points
            continue
        question = test["name"].split(":")[0]
        points[question] = points.get(question, 0) + test["max_score"] - test["score"]
    return {question: missing for question, missing in points.items() if missing}


@pytest.fixture(scope="module")
def report(source: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What Gradescope reads of a notebook that is partly right."""
    container = Container(tmp_path_factory.mktemp("container"), source)
    container.hand_in(EXAMPLE / f"{PARTLY_RIGHT}.ipynb")
    return container.run()


def test_the_marks_are_those_of_make_grade(report: dict[str, Any]) -> None:
    expected = EXPECTED[PARTLY_RIGHT]
    assert (lost(report), report["score"]) == (expected["lost"], expected["score"])
    assert 0 < report["score"] < LESSON.course.totals.core and report["execution_time"] > 0


def test_what_holds_is_tier_3_and_it_is_told(report: dict[str, Any]) -> None:
    layers = report["output"].split("Isolation while grading: ")[1]
    assert "namespaces absent" in layers and "user holds" in layers and "files holds" in layers
    assert "failed" not in layers
    assert (report["extra_data"]["isolation_tier"], report["extra_data"]["practice"]) == (3, False)
    visibilities = {test["name"]: test["visibility"] for test in report["tests"]}
    assert (visibilities["q1"], visibilities["q1: hidden checks"]) == ("visible", "after_published")


def test_a_broken_notebook_is_an_unreadable_one(container: Container) -> None:
    container.hand_in(EXAMPLE / "student_012.ipynb")
    report = container.run()
    assert (report["score"], report["extra_data"]["ending"]) == (0, "unreadable")


def test_nothing_handed_in_is_told_to_the_student(container: Container) -> None:
    report = container.run()
    assert report["score"] == 0 and "holds no notebook" in report["output"]


REACHES = """
import os, pathlib
def refused(action):
    try:
        action()
    except OSError:
        return True
    return False
root = pathlib.Path("/autograder")
nothing_reached = all([
    refused(lambda: os.listdir(root / "source/build/assignment/hidden_tests")),
    refused(lambda: (root / "source/build/assignment/hidden_tests/q1.py").read_text()),
    refused(lambda: (root / "source/assignment/data/mnist.npz").read_bytes()),
    refused(lambda: (root / "results/results.json").write_text("{}")),
    refused(lambda: (root / "results/other.json").write_text("{}")),
    refused(lambda: (root / "submission_metadata.json").read_text()),
    refused(lambda: os.kill(os.getppid(), 9)),
])
if not nothing_reached:
    predicted_row = [0.0, 0.0, 0.0]
"""
"""Attempts at what no submission may touch; one that succeeds makes q2 wrong, which is seen."""


def test_a_hostile_notebook_reaches_nothing_and_loses_only_its_own_question(
    container: Container,
) -> None:
    (container.folder / "submission_metadata.json").write_text('{"id": 1, "users": "secret"}')
    bomb = "kept = []\nwhile True:\n    kept.append(bytearray(50_000_000))\n"
    killer = "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n"
    answers = {
        "q1": solved("q1"),
        "q2": solved("q2") + REACHES,
        "q3": bomb,
        "q5": killer,
        "q6": "while True: pass",
    }
    container.hand_in_answers(answers)
    container.set("cell_seconds", "3")
    report = container.run()
    tests = {test["name"]: test for test in report["tests"]}
    for question in ("q1", "q2"):
        assert lost_in(tests, question) == 0
    assert all(lost_in(tests, question) for question in ("q3", "q5", "q6"))
    assert report["score"] < 20
    assert not report["extra_data"]["needs_review"]


def test_gradescopes_default_container_gives_the_right_marks_or_none(container: Container) -> None:
    container.hand_in_answers({"q1": solved("q1")})
    report = container.run(768, HALF)
    if "peak megabytes" not in container.printed:
        pytest.skip("half a processor and 768 MB cannot be imposed: no control group here")
    assert int(container.printed.split("nr_throttled ")[1].split()[0]) > 10
    assert report.get("score", 8) == 8
    assert "score" in report or report["extra_data"]["needs_review"]


def test_a_container_that_is_too_small_gives_no_zero(container: Container) -> None:
    container.hand_in(EXAMPLE / "student_003.ipynb")
    report = container.run(300)
    if "peak megabytes" not in container.printed:
        pytest.skip("no control group can be made here")
    assert "score" not in report and report["extra_data"]["needs_review"]
    assert "The grader failed" in container.printed


def test_an_engine_that_fails_gives_no_zero(container: Container) -> None:
    shutil.rmtree(container.folder / "source" / "build" / "assignment" / "hidden_tests")
    container.hand_in(EXAMPLE / "student_003.ipynb")
    report = container.run()
    assert "score" not in report and "no zero" in report["output"]


def test_without_the_environment_the_first_results_stay(container: Container) -> None:
    shutil.rmtree(container.folder / "source" / "autograder")
    report = container.run()
    assert "score" not in report and "did not start" in report["output"]


def lost_in(tests: dict[str, dict[str, Any]], question: str) -> float:
    """Points that the question's two tests lost."""
    both = (tests[question], tests[f"{question}: hidden checks"])
    return sum(test["max_score"] - test["score"] for test in both)


def solved(question: str) -> str:
    """The solution's answer cell."""
    document = json.loads((EXAMPLE / "student_001.ipynb").read_text(encoding="utf-8"))
    for cell in document["cells"]:
        cell["source"] = "".join(cell["source"])
    return next(cell.source for cell in code_cells(document) if cell.answers == question)

"""Planted leaks and faults: each is found, with its file and cell."""

import base64
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from autograder.course.build.master import Master, read_master
from autograder.course.settings import Totals
from autograder.paths import PROJECT
from autograder.release.leaks import leaks, secrets
from autograder.release.release_gate import problems
from tests.support import small_assignment as small
from tests.support.assignments import LESSON

LEAK = "twice_the_number = x + x"
Files = dict[str, bytes]


@pytest.fixture(scope="module")
def master(tmp_path_factory: pytest.TempPathFactory) -> Master:
    return read_master(small.write_assignment(tmp_path_factory.mktemp("gate")) / "cnn.ipynb")


def released() -> dict[str, Any]:
    """The notebook as students would get it."""
    document = small.notebook(
        [
            ("markdown", "# A little lesson"),
            ("code", 'def double(x):\n    """Twice x."""\n    ...'),
            ("code", 'grader.check("q1")'),
            ("code", "the_answer = ..."),
            ("code", 'grader.check("q15")'),
        ]
    )
    for index in (1, 3):
        document["cells"][index]["metadata"] = {"tags": ["otter_answer_cell"]}
    return document


def release_of(document: dict[str, Any], **more: bytes) -> Files:
    return {"cnn.ipynb": json.dumps(document).encode(), "cnnlab/data.py": b"X = 1\n", **more}


def gate(files: Files, master: Master, **printed: list[str]) -> list[str]:
    known = secrets(master, printed)
    return [str(problem) for problem in problems(files, master, known, Totals(3, 2), "cnn.ipynb")]


def test_a_clean_release_passes(master: Master) -> None:
    assert gate(release_of(released()), master) == []


def zipped(text: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner/notes.txt", text)
    return target.getvalue()


def planted_cell(change: Callable[[dict[str, Any]], None], number: int) -> Callable[[], Files]:
    def files() -> Files:
        document = released()
        change(document["cells"][number - 1])
        return release_of(document)

    return files


def add_source(text: str) -> Callable[[dict[str, Any]], None]:
    return lambda cell: cell["source"].append(text)


def attach(text: str) -> Callable[[dict[str, Any]], None]:
    data = base64.b64encode(text.encode()).decode()
    return lambda cell: cell.update(attachments={"notes.txt": {"text/plain": data}})


def print_output(text: str) -> Callable[[dict[str, Any]], None]:
    stream = {"output_type": "stream", "name": "stdout", "text": [text]}
    return lambda cell: cell.update(outputs=[stream])


def plant_metadata() -> Files:
    document = released()
    document["metadata"]["notes"] = {"old": [f"    {LEAK}\n"]}
    return release_of(document)


PLANTED: dict[str, tuple[Callable[[], Files], str]] = {
    "solution in a markdown cell": (
        planted_cell(add_source(f"\n\nUse `{LEAK}`, then return it."), 1),
        f"cnn.ipynb, cell 1: holds a line of the solution of q1: {LEAK}",
    ),
    "solution with other blanks": (
        planted_cell(add_source("\ntwice_the_number=x+x"), 2),
        "cnn.ipynb, cell 2: holds a line of the solution of q1",
    ),
    "solution in a cell's metadata": (
        planted_cell(lambda cell: cell["metadata"].update(note=LEAK), 4),
        "cnn.ipynb, cell 4: its metadata: holds a line of the solution of q1",
    ),
    "solution in the notebook's metadata": (
        plant_metadata,
        "cnn.ipynb: its metadata: holds a line of the solution of q1",
    ),
    "solution in an attachment": (
        planted_cell(attach(f"hint\n{LEAK}\n"), 1),
        "cnn.ipynb, cell 1: its attachments: holds a line of the solution of q1",
    ),
    "solution in a helper": (
        lambda: release_of(released(), **{"cnnlab/hint.py": f"# {LEAK}\n".encode()}),
        "cnnlab/hint.py: holds a line of the solution of q1",
    ),
    "solution in a zip": (
        lambda: release_of(released(), **{"data/mnist.npz": zipped(LEAK)}),
        "data/mnist.npz: holds a line of the solution of q1 in its member inner/notes.txt",
    ),
    "hidden test in a test file": (
        lambda: release_of(released(), **{"tests/q1.py": b"    if double(2100) != 4200:\n"}),
        "tests/q1.py: holds a line of a hidden test of q1: if double(2100) != 4200:",
    ),
    "hidden case in a test file": (
        lambda: release_of(released(), **{"tests/q1.py": b"@test_case(points=1, hidden=True)\n"}),
        "tests/q1.py: holds the author's mark 'hidden=True'",
    ),
    "author's mark": (
        planted_cell(add_source("\n# BEGIN SOLUTION"), 4),
        "cnn.ipynb, cell 4: holds the author's mark '# BEGIN SOLUTION'",
    ),
    "outputs": (
        planted_cell(print_output("hello"), 2),
        "cnn.ipynb, cell 2: has been run",
    ),
    "compiled helper": (
        lambda: release_of(released(), **{"cnnlab/__pycache__/data.cpython-311.pyc": b"\0"}),
        "cnnlab/__pycache__/data.cpython-311.pyc: is of a kind",
    ),
}


@pytest.mark.parametrize("plant", PLANTED)
def test_a_planted_leak_is_named_with_its_place(plant: str, master: Master) -> None:
    files, sentence = PLANTED[plant]
    assert any(problem.startswith(sentence) for problem in gate(files(), master))


def test_what_the_solution_prints_is_a_secret(master: Master) -> None:
    files = release_of(released(), **{"README.md": b"You should see 97.4321 percent of digits"})
    found = gate(files, master, q1=["97.4321 percent of digits"])
    assert found == [
        "README.md: holds a line of what the solution of q1 prints: 97.4321 percent of digits"
    ]


def test_a_line_that_a_public_test_shows_too_is_no_secret(tmp_path: Path) -> None:
    shared = "        raise AssertionError('said in both tests')"
    listed = [
        (kind, source + f"\n    if None:\n{shared}" if "def test_" in source else source)
        for kind, source in small.cells()
    ]
    master = read_master(small.write_assignment(tmp_path, listed) / "cnn.ipynb")
    assert gate(release_of(released(), **{"tests/q1.py": shared.encode()}), master) == []


def test_two_answer_cells_are_named(master: Master) -> None:
    document = released()
    document["cells"].insert(2, document["cells"][1])
    assert gate(release_of(document), master) == [
        "cnn.ipynb, cell 4: q1 has 2 answer cells (cells 2, 3), not one."
    ]


def test_a_cell_between_answer_and_check_is_named(master: Master) -> None:
    document = released()
    document["cells"].insert(2, small.notebook([("markdown", "between")])["cells"][0])
    assert gate(release_of(document), master) == [
        "cnn.ipynb, cell 4: the check of q1 does not directly follow its answer cell."
    ]


def test_a_question_without_its_check_is_named(master: Master) -> None:
    document = released()
    del document["cells"][4]
    assert gate(release_of(document), master) == [
        "cnn.ipynb: checks q1, but the questions are q1, q15."
    ]


def test_points_that_miss_the_totals_are_named(master: Master) -> None:
    found = problems(release_of(released()), master, (), Totals(4, 1), "cnn.ipynb")
    assert [str(problem) for problem in found] == [
        "course.toml: [totals] asks for 4 points and 1 bonus points after them; the questions"
        " add up to 3 → 5."
    ]


def test_a_lesson_without_one_of_its_questions_can_be_released() -> None:
    whole = read_master(LESSON.master)
    kept = {
        path: path.read_text("utf-8")
        for folder in ("tests", "cnnlab")
        for path in (PROJECT / "student_release" / folder).rglob("*.py")
    }
    found: list[str] = []
    for gone in whole.questions:
        rest = replace(whole, questions=tuple(q for q in whole.questions if q is not gone))
        known = secrets(rest, {})
        found += [
            f"without {gone.name}: {path.name} {leak}"
            for path, text in kept.items()
            if path.stem != gone.name
            for leak in leaks(text, known)
        ]
    assert len(kept) > len(whole.questions)
    assert found == []

"""The basis of a grade tells a change of what decides marks, and the content one of the work."""

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.classroom.plan import _is_same, content_key
from autograder.course.assignment import Assignment
from autograder.course.build.products import Built
from autograder.course.settings import Course, Limits, Totals
from autograder.records import Submission
from autograder.store import basis
from autograder.store.basis import Basis, engine_files, present_basis, what_changed
from autograder.store.kept import attempt_of

COURSE = Course("A course")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A project of few files, which can be changed."""
    for name in (
        *(
            "autograder/judge/engine.py",
            "autograder/judge/start.py",
            "autograder/sandbox/seccomp.py",
        ),
        *("autograder/inside/shell.py", "autograder/judge/score.py", "autograder/reports/page.py"),
        *("assignment/cnnlab/data.py", "assignment/lent/q1.py", "assignment/course.toml"),
        "build/hidden_tests/q1.py",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("LIMIT = 1\n")
    (tmp_path / "autograder" / "judge" / "engine.py").write_text(
        "from autograder.judge import score\n"
    )
    monkeypatch.setattr(basis, "PROJECT", tmp_path)
    engine_files.cache_clear()
    yield tmp_path
    engine_files.cache_clear()


def now(project: Path, course: Course = COURSE, seed: int = 1, device: str = "cpu") -> Basis:
    engine_files.cache_clear()
    course = replace(course, package="cnnlab")
    assignment = Assignment(project / "assignment", course, "cnn.ipynb")
    return present_basis(course, Built(assignment, project / "build", "", ()), seed, device)


def rewritten(name: str) -> Callable[[Path], Basis]:
    def change(project: Path) -> Basis:
        (project / name).write_text("LIMIT = 2\n")
        return now(project)

    return change


CHANGES: dict[str, tuple[str, Callable[[Path], Basis]]] = {
    "a hidden test": ("tests", rewritten("build/hidden_tests/q1.py")),
    "a helper of the lesson": ("tests", rewritten("assignment/cnnlab/data.py")),
    "a right answer that is lent": ("tests", rewritten("assignment/lent/q1.py")),
    "a limit in course.toml": (
        "limits",
        lambda project: now(project, replace(COURSE, limits=Limits(cell_seconds=1))),
    ),
    "the core's points in course.toml": (
        "limits",
        lambda project: now(project, replace(COURSE, totals=Totals(core=10))),
    ),
    "the seed": ("seed", lambda project: now(project, seed=2)),
    "fresh inputs": ("seed", lambda project: now(project, replace(COURSE, fresh_inputs=True))),
    "the device": ("device (cpu → cuda)", lambda project: now(project, device="cuda")),
    "what judges": ("engine", rewritten("autograder/judge/score.py")),
    "what locks in": ("engine", rewritten("autograder/sandbox/seccomp.py")),
    "what runs beside students": ("engine", rewritten("autograder/inside/shell.py")),
}


@pytest.mark.parametrize("what", CHANGES)
def test_the_basis_tells_a_change_of_whatever_decides_marks(project: Path, what: str) -> None:
    part, change = CHANGES[what]
    before = now(project)
    assert now(project) == before
    assert what_changed(before, change(project)) == part


def test_the_basis_is_the_same_after_a_change_of_what_only_shows(project: Path) -> None:
    before = now(project)
    assert rewritten("autograder/reports/page.py")(project) == before
    assert now(project, replace(COURSE, title="Another title")) == before


OTHERS: dict[str, Callable[[Submission], Submission]] = {
    "what is wrong with it": lambda one: replace(one, problem="It is a link."),
    "whose it is": lambda one: replace(one, student="student_002"),
    "another candidate": lambda one: replace(one, rivals=(one.source,)),
}


@pytest.mark.parametrize("what", OTHERS)
def test_the_content_tells_what_is_graded(tmp_path: Path, what: str) -> None:
    file = tmp_path / "a.ipynb"
    file.write_text("{}")
    one = Submission("student_001", file)
    assert content_key(OTHERS[what](one)) != content_key(one)


def test_the_content_tells_other_bytes_though_size_and_date_are_the_same(tmp_path: Path) -> None:
    file = tmp_path / "a.ipynb"
    keys: list[str] = []
    for content in ("{1}", "{2}"):
        file.write_text(content)
        os.utime(file, (1, 1))
        keys.append(content_key(Submission("student_001", file)))
    assert keys[0] != keys[1]


def test_the_same_bytes_under_another_name_are_graded(tmp_path: Path) -> None:
    for name in ("a.ipynb", "b.ipynb"):
        (tmp_path / name).write_text("{}")
    one, other = (Submission("student_001", tmp_path / name) for name in ("a.ipynb", "b.ipynb"))
    content = content_key(one)
    kept = attempt_of(one, content)
    assert _is_same(kept, one, content)
    assert not _is_same(kept, other, content)

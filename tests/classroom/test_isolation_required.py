"""Marks count only where student code is isolated well enough: elsewhere nothing is graded."""

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import autograder.classroom.run
from autograder.classroom.groups import ClassOfGroups
from autograder.classroom.isolation import Requirement, TooWeak, demand, shortfall, weakest
from autograder.classroom.plan import content_key
from autograder.classroom.run import Setup, grade_and_tell, here
from autograder.classroom.views import Views
from autograder.course.build.products import Built, ensure_built
from autograder.course.settings import Course, Totals
from autograder.intake.lms.collected import Collected
from autograder.records import Isolation, Layer, Submission
from autograder.reports.feedback import page
from autograder.store.kept import Run, attempt_of
from autograder.store.store import Store
from tests.support.assignments import LESSON
from tests.support.sample_grades import COMPLETED
from tests.support.sandbox_helpers import linux_root

ROOT = Path(__file__).resolve().parents[2]
HOLDS, ABSENT, FAILED = (Layer("files", state) for state in ("holds", "absent", "failed"))
STRONG = Isolation(1, "namespaces, as root", (HOLDS,))
WEAK = Isolation(4, "the same user", (HOLDS,), "isolation tier 4 was reached, tier 3 is required")


@pytest.mark.parametrize(
    ("tier", "layer", "required", "says"),
    [
        (1, HOLDS, 3, ""),
        (3, HOLDS, 3, ""),
        (3, ABSENT, 3, ""),
        (4, HOLDS, 3, "tier 4 was reached, tier 3 is required"),
        (2, HOLDS, 1, "tier 2 was reached, tier 1 is required"),
        (1, FAILED, 3, "did not hold: files"),
    ],
)
def test_a_tier_is_enough_if_it_is_as_strong_as_required_and_keeps_its_promise(
    tier: int, layer: Layer, required: int, says: str
) -> None:
    told = shortfall(tier, (layer,), required)
    assert says in told and bool(says) == bool(told)


def test_weaker_isolation_is_refused_with_what_to_do_unless_it_is_for_practice() -> None:
    demand(STRONG, Requirement())
    demand(WEAK, Requirement(practice=True))
    with pytest.raises(TooWeak, match=r"tier 4 was reached, tier 3 is required; .*--practice"):
        demand(WEAK, Requirement())


def test_a_grade_for_practice_is_made_again_for_marks_that_count() -> None:
    strong, weak = (replace(COMPLETED, isolation=isolation) for isolation in (STRONG, WEAK))
    assert Requirement().accepts(strong) and not Requirement().accepts(weak)
    assert Requirement(practice=True).accepts(weak)
    assert not Requirement(4).accepts(weak)  # its reports say that it is for practice
    assert not Requirement(practice=True).accepts(COMPLETED)


def test_a_class_is_as_well_isolated_as_its_weakest_grade() -> None:
    grades = [replace(COMPLETED, isolation=isolation) for isolation in (STRONG, WEAK, None)]
    assert weakest(grades) == WEAK
    assert weakest([COMPLETED]) is None


def test_the_students_page_says_that_its_marks_are_for_practice() -> None:
    assert "for practice" in page(replace(COMPLETED, isolation=WEAK))
    assert "for practice" not in page(replace(COMPLETED, isolation=STRONG))


def test_no_engine_is_started_when_nothing_is_to_be_graded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = ensure_built(LESSON)
    setup = Setup(Course("A course", Totals(core=100)), built, "cpu", 1, Requirement())
    file = tmp_path / "student_001.ipynb"
    file.write_text("no notebook")
    views = Views(Store(tmp_path / "grades"))
    store, submission = views.store, Submission("student_001", file)
    students = ClassOfGroups(Collected("", (submission,)), {}, None)
    started: list[Built] = []

    @contextmanager
    def counted(course: Course, built: Built, *arguments: Any, **options: Any):
        started.append(built)
        raise TooWeak("no engine in this test")
        yield

    monkeypatch.setattr(autograder.classroom.run, "open_engine", counted)
    with pytest.raises(TooWeak):
        grade_and_tell(setup, students, views, here(1))
    assert not store.folder.exists()

    kept = replace(COMPLETED, source=file.name, isolation=STRONG)
    store.begin(Run("grade", setup.basis))
    store.save(kept, attempt_of(submission, content_key(submission)), None)
    assert grade_and_tell(setup, students, views, here(1)).outdated == {}
    assert [(grade.student, grade.score) for grade in views.table()] == [(kept.student, kept.score)]
    assert len(started) == 1


def grade_as_root_of_a_container(output: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """`autograder grade --require-isolation 2` where only tier 3 can be reached."""
    options = ("--assignment", str(ROOT / "examples" / "crickets"), *options)
    drop = ROOT / "tests" / "attacks" / "container_root.py"
    command = [sys.executable, drop, "-m", "autograder", "grade", output.parent / "class"]
    return subprocess.run(
        [*command, "--output", output, "--require-isolation", "2", "--device", "cpu", *options],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


@linux_root
def test_a_machine_that_is_too_weak_grades_nothing_or_for_practice(tmp_path: Path) -> None:
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / "student_001.ipynb").write_text("no notebook")
    output = tmp_path / "grades"
    refused = grade_as_root_of_a_container(output)
    assert refused.returncode == 2
    sentence = refused.stderr.splitlines()[-1]
    assert "tier 3 was reached, tier 2 is required" in sentence and "--practice" in sentence
    assert not output.exists()

    done = grade_as_root_of_a_container(output, "--practice")
    assert done.returncode == 1, done.stderr  # a person looks at what could not be read
    told = "marks are for practice and do not count: isolation tier 3 was reached"
    assert "Good for practice only" in done.stdout and told in done.stdout
    results = json.loads((output / "students" / "student_001" / "results.json").read_text())
    assert results["extra_data"]["isolation_tier"] == 3 and results["extra_data"]["practice"]
    assert told in (output / "class-report.html").read_text()
    assert told in (output / "students" / "student_001" / "feedback.html").read_text()

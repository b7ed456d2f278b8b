"""What stands and what is graded anew: only what decides marks, and nothing in passing."""

from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from autograder.classroom.isolation import Requirement
from autograder.classroom.plan import content_key, note_attempts, plan_class
from autograder.classroom.showing import Showing
from autograder.classroom.views import Views
from autograder.course.late import final_score
from autograder.course.settings import LatePolicy
from autograder.records import Grade, Isolation, Submission
from autograder.store.basis import Basis, engine_files, what_changed
from autograder.store.kept import Attempt, Kept, Run
from autograder.store.store import Store
from tests.support.sample_class import BASIS
from tests.support.sample_grades import COMPLETED

ROOT = Path(__file__).resolve().parents[2]
SAFE = replace(COMPLETED, isolation=Isolation(1, "namespaces", ()))
ANY = Requirement(practice=True)


def kept(store: Store, student: str = "student_001") -> Kept:
    found = store.kept(student)
    assert found
    return found


def given_file(folder: Path, text: str = "no notebook") -> Submission:
    file = folder / "student_001.ipynb"
    file.write_text(text)
    return Submission("student_001", file)


def with_grade(folder: Path, submission: Submission, grade: Grade = SAFE) -> Store:
    store = Store(folder / "grades")
    store.begin(Run("grade", BASIS))
    store.save(grade, Attempt(grade.source, content_key(submission)), None)
    return store


def test_what_was_graded_is_settled_and_another_file_or_other_bytes_are_not(tmp_path: Path) -> None:
    submission = given_file(tmp_path)
    store = with_grade(tmp_path, submission)

    def settled(one: Submission, **options: bool) -> bool:
        return not plan_class([one], store, BASIS, ANY, **options).todo

    assert settled(submission)
    assert not settled(submission, force=True)
    assert not settled(replace(submission, source=tmp_path / "other.ipynb"))
    assert not settled(given_file(tmp_path, "changed"))


@pytest.mark.parametrize(
    ("grade", "required"),
    [(replace(SAFE, needs_review=True), ANY), (COMPLETED, Requirement())],
    ids=["open marks", "isolation unknown"],
)
def test_marks_that_are_open_or_for_practice_are_not_settled(
    tmp_path: Path, grade: Grade, required: Requirement
) -> None:
    submission = given_file(tmp_path)
    store = with_grade(tmp_path, submission, grade)
    assert plan_class([submission], store, BASIS, required).todo == [submission]


def test_other_tests_or_settings_regrade_nobody_unless_asked_and_are_named(tmp_path: Path) -> None:
    submission = given_file(tmp_path)
    store = with_grade(tmp_path, submission)
    now = replace(BASIS, tests="2", torch="3")
    plan = plan_class([submission], store, now, ANY)
    assert (plan.todo, plan.outdated) == ([], {"student_001": "tests, torch (2 → 3)"})
    assert plan_class([submission], store, now, ANY, anew=True).todo == [submission]


def test_every_part_of_the_basis_counts_and_has_a_name() -> None:
    for part in asdict(BASIS):
        changed = replace(BASIS, **{part: "other"})
        assert changed.key != BASIS.key
        assert what_changed(BASIS, changed).startswith(part)
    assert what_changed(BASIS, BASIS) == ""
    assert what_changed(Basis(), BASIS) == "an earlier version"


def test_the_engine_is_what_judges_not_what_reports_measures_or_proves() -> None:
    files = {file.relative_to(ROOT / "autograder").as_posix() for file in engine_files()}
    assert {"judge/score.py", "judge/replay.py", "inside/shell.py", "sandbox/seccomp.py"} <= files
    assert {"intake/notebook.py", "judge/start.py", "wire/values.py"} <= files
    others = {name.split("/")[0] for name in files}
    assert not others & {"reports", "store", "classroom", "give_back", "cli", "desk"}


def test_times_that_become_known_are_kept_and_cost_what_the_policy_says(tmp_path: Path) -> None:
    submission = given_file(tmp_path)
    store = with_grade(tmp_path, submission)
    due = datetime(2026, 3, 1, tzinfo=UTC)
    told = replace(submission, submitted=due.replace(day=2), due=due)
    plan = plan_class([told], store, BASIS, ANY)
    assert plan.todo == []
    note_attempts(plan, store)
    views = Views(store, Showing(late=LatePolicy(percent_per_day=10)))
    assert [final_score(grade) for grade in views.table()] == [7.5 - 1.25]
    assert kept(store).grade == SAFE
    assert [grade.late_deduction for grade in Views(store).table()] == [0]

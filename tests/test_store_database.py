"""The store keeps every grade, present and earlier, whatever stops, damages or precedes it."""

import json
import os
import sqlite3
import subprocess
import sys
import threading
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.classroom.basis import Basis, engine_files, what_changed
from autograder.classroom.differences import difference, patched
from autograder.classroom.holding import LOCK, held
from autograder.classroom.kept import Attempt, Kept, Run
from autograder.classroom.removing import remove_student
from autograder.classroom.showing import Showing
from autograder.classroom.store import Store
from autograder.classroom.views import Views
from autograder.classroom.writing import StoreError
from autograder.course import LatePolicy
from autograder.grade import content_key, note_attempts, plan_class
from autograder.isolation import Requirement
from autograder.late import final_score
from autograder.records import CellRun, Grade, Isolation, Outcome, Person, Submission
from tests.sample_class import BASIS, ISOLATION, write_class
from tests.sample_grades import COMPLETED, GRADE, GRADER_ERROR, UNREADABLE, hostile_grade

ROOT = Path(__file__).resolve().parent.parent
ATTEMPT = Attempt("student_001.ipynb", "bytes")
SAFE = replace(COMPLETED, isolation=Isolation(1, "namespaces", ()))
ANY = Requirement(practice=True)


def kept(store: Store, student: str = "student_001") -> Kept:
    found = store.kept(student)
    assert found
    return found


def opened_again(store: Store) -> Store:
    store.close()
    return Store(store.folder)


_OUTPUT = {"output_type": "stream", "name": "stdout", "text": "loss: nan\u2028", "n": [1, None]}


@pytest.mark.parametrize(
    "grade",
    [
        GRADE,
        COMPLETED,
        UNREADABLE,
        GRADER_ERROR,
        hostile_grade(),
        replace(GRADE, cells=(CellRun(1, Outcome.PASSED, 0.1, "", (_OUTPUT,)),)),
        replace(GRADE, score=0.1 + 0.2, seconds=float("inf")),
    ],
    ids=["stopped", "completed", "unreadable", "grader_error", "hostile", "outputs", "numbers"],
)
def test_a_grade_comes_back_as_it_was_saved(tmp_path: Path, grade: Grade) -> None:
    store = Store(tmp_path)
    store.save(grade, ATTEMPT, {"cells": []})
    assert opened_again(store).whole_grade(grade.student) == grade


def test_an_attempt_and_its_run_come_back_as_they_were_saved(tmp_path: Path) -> None:
    moment = datetime(2026, 3, 1, 22, 59, tzinfo=UTC)
    person = Person("canvas", "7", "J\u00f6rg \ud800", "x@y.z")
    attempt = Attempt("a.zip", "bytes", (person,), "7", ("b",), moment, moment, True, ("a",), 2.5)
    store = Store(tmp_path)
    store.begin(Run("grade", BASIS, "ann", "2026-03-02", "late: none"))
    store.save(replace(GRADE, isolation=ISOLATION), attempt, None)
    store = opened_again(store)
    assert (kept(store).attempt, kept(store).basis) == (attempt, BASIS)
    expected = Run("grade", BASIS, "ann", "2026-03-02", "late: none", ISOLATION, 1)
    assert store.runs() == (expected,)


def test_a_run_that_grades_nobody_leaves_no_trace(tmp_path: Path) -> None:
    Store(tmp_path / "grades").begin(Run("grade", BASIS))
    assert not (tmp_path / "grades").exists()


def test_earlier_grades_come_back_whole_the_latest_first(tmp_path: Path) -> None:
    store = Store(tmp_path)
    grades = [replace(GRADE, score=float(number), notes=("x",) * number) for number in range(4)]
    for number, grade in enumerate(grades):
        store.save(grade, replace(ATTEMPT, content=str(number)), None)
    store = opened_again(store)
    assert [each.grade for each in store.earlier("student_001")] == grades[2::-1]
    assert [each.attempt.content for each in store.earlier("student_001")] == ["2", "1", "0"]
    assert kept(store).grade == grades[3]
    assert store.earlier("nobody") == ()


def test_an_earlier_grade_takes_little_room(tmp_path: Path) -> None:
    long = replace(GRADE, notes=tuple(f"note {number} " * 20 for number in range(500)))
    store = Store(tmp_path)
    for number in range(20):
        store.save(replace(long, seconds=float(number)), ATTEMPT, None)
    store.close()
    assert (tmp_path / "class.sqlite").stat().st_size < 3 * len(json.dumps(asdict(long)))


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=3),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=2), inner),
    max_leaves=20,
)


@given(_VALUES, _VALUES)
def test_a_difference_leads_from_any_document_to_any_other(source: Any, target: Any) -> None:
    found = json.loads(json.dumps(difference(source, target)))
    assert json.dumps(patched(source, found), sort_keys=True) == json.dumps(target, sort_keys=True)
    assert difference(source, source) is None


# What an earlier run has settled


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
    assert {"score.py", "run/replay.py", "inside/shell.py", "sandbox/seccomp.py"} <= files
    assert {"collect/notebook.py", "start.py"} <= files
    others = {name.split("/")[0] for name in files}
    assert not others & {"bench", "reports", "verify", "attacks", "endurance", "lms", "classroom"}


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


# Who leaves the class


def test_a_removed_student_is_kept_aside_with_every_grade(tmp_path: Path) -> None:
    views = write_class(tmp_path, [COMPLETED, replace(COMPLETED, student="stays")])
    views.store.save(GRADE, ATTEMPT, {"cells": []})
    place = remove_student(views.store, "student_001")
    assert views.store.students() == ("stays",)
    whole = json.loads((place / "removed.json").read_text())
    assert whole["grade"]["score"] == 7.5 and len(whole["earlier"]) == 1
    assert (place / "executed.ipynb").is_file() and (place / "feedback.html").is_file()
    assert not (tmp_path / "students" / "student_001").exists()


def test_a_student_may_come_back_and_be_removed_again(tmp_path: Path) -> None:
    places = set[Path]()
    for _ in range(2):
        places.add(remove_student(write_class(tmp_path, [COMPLETED]).store, "student_001"))
    assert len(places) == 2 and all(place.is_dir() for place in places)


def test_who_is_not_in_the_class_cannot_be_removed(tmp_path: Path) -> None:
    views = write_class(tmp_path, [COMPLETED])
    with pytest.raises(StoreError, match=r"student_9 is not in the class .* student_001"):
        remove_student(views.store, "student_9")


# Damage, other versions, other processes


@pytest.mark.parametrize("content", [b"no database", b"SQLite format 3\x00" + b"\xff" * 4096])
def test_a_damaged_database_is_told_and_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "class.sqlite").write_bytes(content)
    for _ in range(2):
        with pytest.raises(StoreError, match=r"class\.sqlite cannot be used .* move it away"):
            Store(tmp_path).save(GRADE, ATTEMPT, None)
    assert (tmp_path / "class.sqlite").read_bytes() == content


def test_a_database_of_a_later_version_is_told(tmp_path: Path) -> None:
    write_class(tmp_path, [COMPLETED]).store.close()
    with sqlite3.connect(tmp_path / "class.sqlite") as database:
        database.execute("PRAGMA user_version = 99")
    with pytest.raises(StoreError, match="later version of the kit"):
        Store(tmp_path).students()


def test_a_database_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    write_class(tmp_path / "precious", [COMPLETED]).store.close()
    (tmp_path / "class.sqlite").symlink_to(tmp_path / "precious" / "class.sqlite")
    with pytest.raises(StoreError, match="is a link"):
        Store(tmp_path).students()


def write_former(folder: Path, *grades: Grade) -> None:
    """Write a class as versions 0.1 and 0.2 have kept it."""
    for grade in grades:
        place = folder / "students" / grade.student
        place.mkdir(parents=True)
        record = json.dumps({"key": "k", "grade": asdict(grade)})
        (place / "record.json").write_text(record)
        for name in ("feedback.html", "results.json", "executed.ipynb"):
            (place / name).write_text("{}")
    run = {"title": "A course", "isolation": asdict(ISOLATION), "engine_key": "k"}
    run |= {"questions": ["q1"], "folders": [grade.student for grade in grades]}
    (folder / "run.json").write_text(json.dumps(run))


def test_a_class_of_an_earlier_version_is_taken_over_with_nothing_lost(tmp_path: Path) -> None:
    note = "It came 1 day late: 10 % of the full points, 2, are taken."
    late = replace(COMPLETED, student="late", late_deduction=2.0, notes=("kept", note))
    write_former(tmp_path, SAFE, late)
    broken = tmp_path / "students" / "broken" / "record.json"
    broken.parent.mkdir()
    broken.write_text("{")
    views = Views(Store(tmp_path))
    views.refresh()
    assert [final_score(grade) for grade in views.table()] == [5.5, 7.5]
    assert kept(views.store).grade == SAFE
    assert kept(views.store, "late").grade.notes == ("kept",)
    assert "points are taken off because it came late" in (
        (tmp_path / "students" / "late" / "feedback.html").read_text()
    )
    (run,) = views.store.runs()
    assert "earlier version" in run.command and run.isolation == ISOLATION
    away = tmp_path / "previous" / "files-of-an-earlier-version"
    assert len(list(away.rglob("record.json"))) == 3 and (away / "run.json").is_file()
    assert not list(tmp_path.glob("students/*/record.json"))
    assert len(opened_again(views.store).students()) == 2


def test_a_mark_of_an_earlier_version_stands_and_is_told_as_outdated(tmp_path: Path) -> None:
    submission = given_file(tmp_path)
    write_former(tmp_path / "grades", SAFE)
    plan = plan_class([submission], Store(tmp_path / "grades"), BASIS, ANY)
    assert plan.todo == [] and plan.outdated == {"student_001": "an earlier version"}


def test_a_takeover_that_was_killed_before_its_end_is_made_again(tmp_path: Path) -> None:
    write_former(tmp_path, SAFE)
    other = Store(tmp_path / "empty")
    other.save(GRADE, ATTEMPT, None)
    other.forget("student_001")
    other.close()
    os.rename(tmp_path / "empty" / "class.sqlite", tmp_path / "class.sqlite")
    assert Store(tmp_path).students() == ("student_001",)


HOLDER = """
import sys, time
from pathlib import Path
from autograder.classroom.holding import held
with held(Path(sys.argv[1]), "grade", print):
    print("held", flush=True)
    time.sleep(600)
"""


def test_a_second_command_says_who_holds_the_class_and_waits_until_that_has_ended(
    tmp_path: Path,
) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, tmp_path], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    told, done, heard = list[str](), list[str](), threading.Event()

    def second() -> None:
        with held(tmp_path, "regrade", lambda text: (told.append(text), heard.set())[0]):
            done.append("second")

    try:
        assert holder.stdout and holder.stdout.readline() == "held\n"
        waiting = threading.Thread(target=second)
        waiting.start()
        assert heard.wait(60) and not done
    finally:
        holder.kill()
        holder.wait()
    waiting.join(60)
    assert done == ["second"]
    assert f"in use by `grade` (process {holder.pid}, since " in told[0]
    assert not (tmp_path / LOCK).exists()


WRITER = """
import sys
from dataclasses import replace
from pathlib import Path
from autograder.classroom.kept import Attempt
from autograder.classroom.store import Store
from autograder.classroom.views import Views
from tests.sample_grades import COMPLETED
views = Views(Store(Path(sys.argv[1])))
for number in range(12):
    grade = replace(COMPLETED, student=f"{sys.argv[2]}_{number}")
    views.store.save(grade, Attempt(grade.source, "bytes"), None)
    views.write_student(grade.student)
views.refresh()
"""


def test_two_writers_at_once_lose_nothing_even_without_waiting(tmp_path: Path) -> None:
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, tmp_path, name], cwd=ROOT)
        for name in ("ann", "bob")
    ]
    assert [writer.wait() for writer in writers] == [0, 0]
    assert len(Store(tmp_path).students()) == 24


def test_a_class_that_stays_empty_leaves_no_folder_behind(tmp_path: Path) -> None:
    with held(tmp_path / "new", "grade", print):
        pass
    assert not (tmp_path / "new").exists()

"""The store meets damage, classes of other versions, and other processes: nothing is lost."""

import json
import os
import sqlite3
import subprocess
import sys
import threading
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from autograder.classroom.isolation import Requirement
from autograder.classroom.plan import plan_class
from autograder.classroom.views import Views
from autograder.course.late import final_score
from autograder.records import Grade, Isolation, Submission
from autograder.store.holding import LOCK, held
from autograder.store.kept import Attempt, Kept
from autograder.store.store import Store
from autograder.store.writing import StoreError
from tests.support.sample_class import BASIS, ISOLATION, write_class
from tests.support.sample_grades import COMPLETED, GRADE

ROOT = Path(__file__).resolve().parents[2]
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
    file = tmp_path / "student_001.ipynb"
    file.write_text("no notebook")
    submission = Submission("student_001", file)
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
from autograder.store.holding import held
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
        assert heard.wait(60)
        waiting.join(1)  # it would be done at once if it didn't wait
        assert waiting.is_alive() and not done
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
from autograder.store.kept import Attempt
from autograder.store.store import Store
from autograder.classroom.views import Views
from tests.support.sample_grades import COMPLETED
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

"""A disk that is full, or a database that may not grow: told in a sentence, and nothing is lost."""

import csv
import shutil
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.classroom.views import Views
from autograder.store import store as store_module
from autograder.store.decisions.model import Decision, Kind
from autograder.store.decisions.writing import add_decisions
from autograder.store.kept import Attempt
from autograder.store.store import Store
from autograder.store.writing import StoreError
from tests.classroom.test_term import NOON
from tests.support.sample_grades import COMPLETED
from tests.support.sandbox_helpers import linux_root

ROOT = Path(__file__).resolve().parents[2]
STUDENTS = 40
ON_A_SMALL_DISK = f"""\
import sys
from pathlib import Path
from tests.store.test_store_full_disk import fill
fill(Path(sys.argv[1]), {STUDENTS})
"""


def save(views: Views, number: int) -> None:
    """Keep a grade and write all files, as after each submission of a run."""
    grade = replace(COMPLETED, student=f"student_{number:03d}", score=float(number))
    views.store.save(grade, Attempt(grade.source), {"cells": [], "text": "x" * 40_000})
    views.write_student(grade.student)
    views.write_gradebook()


def fill(folder: Path, students: int) -> None:
    """Grade on a disk that is too small; make room when that is told, and go on."""
    ballast, views = folder / "ballast", Views(Store(folder / "grades"))
    ballast.write_bytes(b"x" * 6_000_000)
    waiting, told = list(range(students)), 0
    while waiting:
        try:
            save(views, waiting[0])
            decide(folder / "grades", waiting[0])
        except StoreError as problem:
            assert "the disk is full. Make room" in str(problem), problem
            before = read_back(folder / "grades")
            assert all(before[name] == int(name[-3:]) for name in before)
            assert len(before) in (waiting[0], waiting[0] + 1)
            told += 1
            ballast.unlink()
            views.store.close()
            views = Views(Store(folder / "grades"))
            continue
        waiting.pop(0)
    assert told == 1
    views.refresh()
    with (folder / "grades" / "gradebook.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["student"]: float(row["score"]) for row in csv.DictReader(file)}
    assert rows == read_back(folder / "grades")
    assert len(rows) == students
    assert len(views.decisions.standing) == students


def decide(folder: Path, number: int) -> None:
    said = {"who": "ann", "when": NOON, "why": "y" * 3000}
    student = f"student_{number:03d}"
    add_decisions(folder, [Decision(Kind.ACCEPT, student=student, **said)])  # type: ignore[arg-type]


def read_back(folder: Path) -> dict[str, float]:
    """Return the marks in a copy of the store, which is whole."""
    with sqlite3.connect(folder / "class.sqlite") as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    store = Store(folder)
    try:
        return {kept.student: kept.grade.score for kept in store.everybody()}
    finally:
        store.close()


@linux_root
@pytest.mark.skipif(not shutil.which("unshare"), reason="needs unshare, of util-linux")
def test_a_disk_that_is_full_for_a_while_costs_no_mark_and_no_decision(tmp_path: Path) -> None:
    mounted = 'mount -t tmpfs -o size=8m none "$1" && exec "$2" -c "$3" "$1"'
    command = ["unshare", "--mount", "sh", "-c", mounted, "sh"]
    done = subprocess.run(
        [*command, str(tmp_path), sys.executable, ON_A_SMALL_DISK],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert list(tmp_path.iterdir()) == []  # it was another disk


def test_a_database_that_cannot_grow_keeps_what_it_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def small(folder: Path) -> sqlite3.Connection:
        database = real(folder)
        database.execute("PRAGMA max_page_count = 25")
        return database

    real = store_module.open_database
    monkeypatch.setattr(store_module, "open_database", small)
    views = Views(Store(tmp_path))
    with pytest.raises(StoreError, match=r"the disk is full\. Make room"):
        for number in range(STUDENTS):
            save(views, number)
    views.store.close()
    monkeypatch.undo()
    kept = read_back(tmp_path)
    assert 0 < len(kept) < STUDENTS
    again = Views(Store(tmp_path))
    for number in range(len(kept), STUDENTS):
        save(again, number)
    assert read_back(tmp_path) == {f"student_{n:03d}": float(n) for n in range(STUDENTS)}

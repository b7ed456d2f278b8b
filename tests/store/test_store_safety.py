"""No student's id, damaged record or failure in between costs anybody else's mark."""

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.records import Grade
from autograder.store.kept import Attempt, Run
from autograder.store.store import Store
from autograder.store.writing import StoreError
from tests.support.sample_class import BASIS, write_class
from tests.support.sample_grades import COMPLETED, HOSTILE_NAMES

ANN, BOB = (replace(COMPLETED, student=name) for name in ("ann", "bob"))


@pytest.mark.parametrize(
    "student",
    [*HOSTILE_NAMES, "/etc/passwd", ".", "a/../../b", "~", "students/../x"],
    ids=lambda name: repr(name)[:30],
)
def test_no_id_of_a_student_leads_out_of_the_folder_of_students(
    tmp_path: Path, student: str
) -> None:
    folder = Store(tmp_path).directory_for(replace(COMPLETED, student=student))
    assert folder.parent == tmp_path / "students"
    assert folder.name not in (".", "..") and "/" not in folder.name


def test_a_damaged_record_leaves_the_others(tmp_path: Path) -> None:
    write_class(tmp_path, [ANN, BOB]).store.close()
    with sqlite3.connect(tmp_path / "class.sqlite") as database:
        damaged = json.dumps({"student": "bob"})
        database.execute(
            "UPDATE grades SET grade = ?, summary = ? WHERE folder = 'bob'", [damaged] * 2
        )
    store = Store(tmp_path)
    assert [kept.student for kept in store.everybody()] == ["ann"]
    assert [kept.student for kept in store.everybody(light=True)] == ["ann"]
    assert store.kept("bob") is None


def test_a_change_that_fails_half_way_is_kept_not_at_all(tmp_path: Path) -> None:
    store = write_class(tmp_path, [ANN, BOB]).store

    def breaking() -> Iterator[tuple[Grade, Attempt]]:
        yield replace(ANN, score=0.0), Attempt(ANN.source)
        raise StoreError("the disk is full")

    with pytest.raises(StoreError, match="disk is full"):
        store.replace(Run("regrade", BASIS), breaking())
    store.close()
    again = Store(tmp_path)
    assert [kept.grade.score for kept in again.everybody()] == [ANN.score, BOB.score]
    assert len(again.runs()) == 1

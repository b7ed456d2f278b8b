"""The store keeps every grade, present and earlier, whatever stops, damages or precedes it."""

import json
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.classroom.removing import remove_student
from autograder.records import CellRun, Grade, Outcome, Person
from autograder.store.differences import difference, patched
from autograder.store.kept import Attempt, Kept, Run
from autograder.store.store import Store
from autograder.store.writing import StoreError
from tests.support.sample_class import BASIS, ISOLATION, write_class
from tests.support.sample_grades import COMPLETED, GRADE, GRADER_ERROR, UNREADABLE, hostile_grade

ATTEMPT = Attempt("student_001.ipynb", "bytes")


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
    assert (tmp_path / "class.sqlite").stat().st_size < 4 * len(json.dumps(asdict(long)))


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

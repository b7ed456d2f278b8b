"""A regrade changes nothing until somebody agrees, and loses nothing then."""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from autograder.classroom.regrade.changes import Move, changes
from autograder.classroom.regrade.command import run_regrade
from autograder.classroom.regrade.report import changes_csv, show_changes
from autograder.classroom.views import Views
from autograder.records import Ending, Grade, Outcome
from autograder.store.basis import Basis
from autograder.store.store import Store
from autograder.store.writing import StoreError
from tests.support.sample_class import write_class
from tests.support.sample_grades import COMPLETED, GRADER_ERROR, HOSTILE, case, question

HIGHER = replace(
    COMPLETED,
    score=10.0,
    questions=(COMPLETED.questions[0], question("q3", case("Stride"), case("Padding"))),
)


def files_in(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def quiet() -> Console:
    return Console(file=io.StringIO(), width=200)


def shown(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def grading(*grades: Grade) -> Callable[[Views], Sequence[str]]:
    def grade_into(aside: Views) -> Sequence[str]:
        write_class(aside.store.folder, grades, basis=Basis(tests="new")).store.close()
        return [grade.student for grade in grades]

    return grade_into


def scores(views: Views) -> list[float]:
    return [grade.score for grade in views.table()]


def test_a_student_whose_marks_stay_is_no_change() -> None:
    assert changes([COMPLETED], [replace(COMPLETED, seconds=1.0, notes=())]) == ()


def test_a_move_names_the_question_and_its_points() -> None:
    (change,) = changes([COMPLETED], [HIGHER])
    assert (change.before, change.after, change.difference) == (7.5, 10.0, 2.5)
    assert change.moves == (Move("q3", 2.5, 5.0),)


def test_points_that_move_between_questions_are_a_change_though_the_total_stays() -> None:
    result = replace(COMPLETED.questions[0], score=0.0)
    other = replace(COMPLETED.questions[1], score=7.5)
    (change,) = changes([COMPLETED], [replace(COMPLETED, questions=(result, other))])
    assert change.difference == 0
    assert len(change.moves) == 2


def test_a_late_deduction_moves_the_total() -> None:
    (change,) = changes([COMPLETED], [replace(COMPLETED, late_deduction=2.0)])
    assert (change.after, change.moves) == (5.5, ())


def test_marks_that_become_open_are_no_loss_of_points() -> None:
    broken = replace(GRADER_ERROR, student=COMPLETED.student)
    (change,) = changes([COMPLETED], [broken])
    assert (change.after, change.difference, change.remark) == (None, None, "needs review")


def test_who_is_new_and_who_is_gone_stands_first() -> None:
    new, gone = replace(COMPLETED, student="new"), replace(COMPLETED, student="gone")
    found = changes([COMPLETED, gone], [HIGHER, new])
    assert [change.student for change in found] == ["gone", "new", "student_001"]
    assert "not among" in found[0].remark and "new" in found[1].remark


def test_another_ending_is_told() -> None:
    stopped = replace(HIGHER, ending=Ending.TIME_LIMIT)
    assert changes([COMPLETED], [stopped])[0].remark == "completed before, time limit now"


def test_the_csv_has_a_column_for_each_question_that_moves() -> None:
    rows = list(csv.reader(io.StringIO(changes_csv(changes([COMPLETED], [HIGHER])))))
    assert rows[0] == ["student", "before", "after", "change", "q3", "remark"]
    assert rows[1] == ["student_001", "7.5", "10", "+2.5", "+2.5", ""]


@pytest.mark.parametrize("name", [HOSTILE, "=cmd|' /C calc'!A0", "[red]x[/red]\x1b[31m"])
def test_a_hostile_name_is_harmless_in_table_and_csv(name: str) -> None:
    console = quiet()
    found = changes([replace(COMPLETED, student=name)], [replace(HIGHER, student=name)])
    show_changes(found, 1, console)
    cell = next(csv.reader(io.StringIO(changes_csv(found).split("\n", 1)[1])))[0]
    assert not cell.startswith(("=", "+", "-", "@"))
    for text in (shown(console), changes_csv(found)):
        assert not {"\x1b", "\u202e", "\x07"} & set(text)


def test_without_consent_the_grades_stay_byte_for_byte(tmp_path: Path) -> None:
    views = write_class(tmp_path, [COMPLETED])
    views.store.close()
    before, console = files_in(tmp_path), quiet()
    run_regrade(views, grading(HIGHER), lambda: False, console)
    views.store.close()
    after = files_in(tmp_path)
    assert {name: after[name] for name in before} == before
    assert {name.split("/")[0] for name in after.keys() - before.keys()} == {"regrade"}
    assert "q3 2.5 → 5" in shown(console) and "Nothing was changed" in shown(console)


def test_changes_are_shown_before_anybody_is_asked(tmp_path: Path) -> None:
    console, at_question = quiet(), [""]

    def agreed() -> bool:
        at_question[0] = shown(console)
        return True

    run_regrade(write_class(tmp_path, [COMPLETED]), grading(HIGHER), agreed, console)
    assert "1 of 1 would move: 1 up, 0 down." in at_question[0]


def test_with_consent_the_new_grades_are_in_place_and_the_old_are_kept(tmp_path: Path) -> None:
    answers = {"student_001": {"q3": "old"}}
    views = write_class(tmp_path, [COMPLETED], answers)
    run_regrade(views, grading(HIGHER), lambda: True, quiet())
    assert scores(views) == [10.0]
    assert [earlier.grade.score for earlier in views.store.earlier("student_001")] == [7.5]
    assert "student_001,student_001.ipynb,completed,10," in (tmp_path / "gradebook.csv").read_text()
    assert "<strong>10</strong>" in (
        (tmp_path / "students" / "student_001" / "feedback.html").read_text()
    )
    assert (tmp_path / "changes.csv").is_file()
    assert not (tmp_path / "regrade").exists()


def test_every_regrade_keeps_what_was_there_before_it(tmp_path: Path) -> None:
    views = write_class(tmp_path, [COMPLETED])
    for grade in (HIGHER, COMPLETED):
        run_regrade(views, grading(grade), lambda: True, quiet())
    assert [each.grade for each in views.store.earlier("student_001")] == [HIGHER, COMPLETED]
    assert [run.basis.tests for run in views.store.runs()] == ["1", "new", "new"]


def test_who_is_not_among_the_submissions_stays(tmp_path: Path) -> None:
    views = write_class(tmp_path, [COMPLETED, replace(COMPLETED, student="absent")])
    console = quiet()
    run_regrade(views, grading(HIGHER), lambda: True, console)
    assert scores(views) == [7.5, 10.0]
    assert "1 of the class are not among the submissions" in shown(console)


def test_what_a_call_with_other_submissions_left_aside_is_not_put_in_place(tmp_path: Path) -> None:
    other = replace(COMPLETED, student="other")
    views = write_class(tmp_path, [COMPLETED, other])
    lower = replace(other, score=0.0)
    run_regrade(views, grading(HIGHER, lower), lambda: False, quiet())
    run_regrade(views, grading(HIGHER), lambda: True, quiet())
    assert scores(views) == [7.5, 10.0]


def test_a_swap_that_fails_leaves_the_grades_and_can_be_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    views = write_class(tmp_path, [COMPLETED])

    def failing(*_arguments: object) -> None:
        raise StoreError("the disk is full")

    with monkeypatch.context() as patched, pytest.raises(StoreError, match="disk is full"):
        patched.setattr(Store, "replace", failing)
        run_regrade(views, grading(HIGHER), lambda: True, quiet())
    assert scores(views) == [7.5]
    run_regrade(views, grading(HIGHER), lambda: True, quiet())
    assert scores(views) == [10.0]


def test_a_folder_without_grades_is_told_before_anything_is_graded(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="Grade the class first"):
        run_regrade(Views(Store(tmp_path)), lambda _: pytest.fail("graded"), lambda: True, quiet())


def test_open_points_of_a_question_are_a_move_without_a_number() -> None:
    result = replace(COMPLETED.questions[1], outcome=Outcome.GRADER_ERROR)
    found = changes([COMPLETED], [replace(COMPLETED, questions=(COMPLETED.questions[0], result))])
    assert found[0].moves == (Move("q3", 2.5, None),)
    assert changes_csv(found).splitlines()[1] == "student_001,7.5,7.5,0,open,"

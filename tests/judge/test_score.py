"""Checks are otter's own files; what a check raises decides who was at fault."""

from pathlib import Path

import pytest

from autograder.judge.score import ChecksError, Question, load_questions, score_question, unreached
from autograder.judge.wire import StudentError
from autograder.records import Outcome
from labkit import evidence, run

TEST_FILE = '''
from otter.test_files import test_case
OK_FORMAT = False
name = "q1"
points = 10

@test_case(points=4, hidden=True)
def test_hidden(answer):
    """The hidden one"""
    assert answer == 2, "q1: two was expected"

@test_case(points=6, hidden=False)
def test_public(answer, order):
    """The public one

    With more text."""
    order.append("public")
    assert answer is not None
'''


def question(tmp_path: Path, source: str = TEST_FILE) -> Question:
    (tmp_path / "q1.py").write_text(source)
    return load_questions(tmp_path)[0]


class Answer(dict[str, object]):
    """A notebook's variables; `answer` may be an error that looking it up raises."""

    def get(self, name: str, default: object = None) -> object:
        value = super().get(name, default)
        if isinstance(value, Exception):
            raise value
        return value


def test_points_add_up_and_titles_come_from_the_docstring(tmp_path: Path):
    result = score_question(question(tmp_path), Answer(answer=2, order=[]))
    assert (result.score, result.max_score, result.outcome) == (10, 10, Outcome.PASSED)
    assert [case.title for case in result.cases] == ["The hidden one", "The public one"]


def test_a_failed_check_costs_its_points_and_gives_its_sentence(tmp_path: Path):
    result = score_question(question(tmp_path), Answer(answer=3, order=[]))
    assert (result.score, result.outcome) == (6, Outcome.FAILED)
    assert result.cases[0].message == "q1: two was expected"


def test_public_checks_run_before_hidden_ones(tmp_path: Path):
    order: list[str] = []
    hidden_first = TEST_FILE.replace(
        "def test_hidden(answer):", "def test_hidden(answer, order):"
    ).replace("    assert answer == 2", '    order.append("hidden")\n    assert answer == 2')
    score_question(question(tmp_path, hidden_first), Answer(answer=2, order=order))
    assert order == ["public", "hidden"]


def test_an_error_of_student_code_is_the_students(tmp_path: Path):
    error = StudentError(Outcome.STUDENT_ERROR, "ValueError: no")
    result = score_question(question(tmp_path), Answer(answer=error, order=[]))
    assert (result.score, result.outcome) == (0, Outcome.STUDENT_ERROR)


def test_an_error_of_the_check_itself_asks_for_a_person(tmp_path: Path):
    result = score_question(question(tmp_path), Answer(answer=2, order=None))
    assert result.outcome is Outcome.GRADER_ERROR
    assert "a person must look" in result.cases[1].message


def test_after_a_time_out_the_questions_other_checks_are_not_run(tmp_path: Path):
    order: list[str] = []
    error = StudentError(Outcome.TIME_LIMIT, "it took longer than 2 s")
    result = score_question(question(tmp_path), Answer(answer=error, order=order))
    assert order == []
    assert [case.outcome for case in result.cases] == [Outcome.TIME_LIMIT] * 2
    assert "not run" in result.cases[0].message


def test_an_unreached_question_keeps_its_maximum(tmp_path: Path):
    result = unreached(question(tmp_path), Outcome.CRASHED, "not reached")
    assert (result.score, result.max_score, result.outcome) == (0, 10, Outcome.CRASHED)


def test_questions_come_in_the_order_of_their_numbers(tmp_path: Path):
    for name in ("q10", "q2", "q1"):
        (tmp_path / f"{name}.py").write_text(TEST_FILE.replace('"q1"', f'"{name}"'))
    assert [each.id for each in load_questions(tmp_path)] == ["q1", "q2", "q10"]


def test_a_folder_without_tests_and_a_broken_test_file_are_named(tmp_path: Path):
    with pytest.raises(ChecksError, match="holds no test files"):
        load_questions(tmp_path)
    with pytest.raises(ChecksError, match=r"q1\.py"):
        question(tmp_path, "name = ")


def test_hidden_inputs_do_not_leave_in_a_students_error_text(tmp_path: Path):
    error = StudentError(Outcome.STUDENT_ERROR, "ValueError: tensor([0.1234, -3.4567e-05]) of 3")
    result = score_question(question(tmp_path), Answer(answer=error, order=[]))
    assert result.cases[0].message == "it stopped with an error"
    assert "0.1234" in result.cases[1].message


SHOWING_FILE = '''
from otter.test_files import test_case
OK_FORMAT = False
name = "q1"
points = 2

@test_case(points=1, hidden=True)
def test_measures(answer):
    """Measures"""
    from labkit import evidence
    evidence.show("accuracy", 97.5)
    assert answer == 2

@test_case(points=1, hidden=True)
def test_measures_nothing():
    """Measures nothing"""
'''


@pytest.mark.parametrize("answer", [2, 3])
def test_what_a_check_measured_is_kept_with_it_and_with_no_other(tmp_path: Path, answer: int):
    result = score_question(question(tmp_path, SHOWING_FILE), Answer(answer=answer))
    assert [case.evidence for case in result.cases] == [{"accuracy": 97.5}, {}]


def test_evidence_is_nobodys_where_no_grader_collects():
    evidence.show("accuracy", 97.5)
    assert run.current().shown is None

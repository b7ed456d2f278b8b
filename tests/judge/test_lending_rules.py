"""What is lent goes back, counts only where it is better, and ends with the sandbox."""

from typing import Any

import pytest

from autograder.inside.lent import Lent
from autograder.judge.lending import Loan, second_chance
from autograder.judge.wire import SandboxEnded
from autograder.records import CaseResult, Cell, CellRun, Outcome, QuestionResult

LOAN = Loan("q1", frozenset({"first"}), "def first():\n    return 'lent'\nhelper = 7")
ANSWER = Cell(2, "second = first()", answers="q2")


def result(score: float, outcome: Outcome = Outcome.FAILED, told: str = "") -> QuestionResult:
    case = CaseResult("It", False, score, 5, Outcome.PASSED if score == 5 else outcome, told)
    return QuestionResult("q2", score, 5, case.outcome, (case,))


class Scripted:
    """Notes what is lent and how it is taken back; its answer cell ends as it is told to."""

    def __init__(self, ends: Outcome = Outcome.PASSED, dies: bool = False) -> None:
        self.alive, self.ends, self.dies = True, ends, dies
        self.lent: list[Any] = []
        self.kept: list[bool] = []

    def lend(self, loans: Any) -> None:
        self.lent = loans

    def run_cell(self, cell: Cell, seconds: float) -> CellRun:
        if self.dies:
            self.alive = False
            raise SandboxEnded(Outcome.CRASHED, "it ended the notebook's process")
        return CellRun(cell.index, self.ends, 0.1)

    def take_back(self, keep: bool) -> None:
        self.kept.append(keep)


def chance(session: Any, own: QuestionResult, second: QuestionResult) -> QuestionResult:
    return second_chance(session, ANSWER, [LOAN], own, 10, lambda: second)


def test_the_better_of_two_results_counts_and_its_variables_stay() -> None:
    session, second = Scripted(), result(5)
    assert chance(session, result(0), second) is second
    assert session.lent == [(LOAN.source, ["first"])]
    assert session.kept == [True]


def test_a_worse_result_counts_for_nothing_and_leaves_nothing() -> None:
    session, own = Scripted(), result(3)
    assert chance(session, own, result(2)) is own
    assert session.kept == [False]


def test_of_two_equal_results_the_one_without_others_mistakes_is_told() -> None:
    session, second = Scripted(), result(2, told="its own mistake")
    assert chance(session, result(2, told="a mistake of q1"), second) is second
    assert session.kept == [False]
    own, stopped = result(0), result(0, Outcome.TIME_LIMIT)
    assert chance(Scripted(), own, stopped) is own


def test_an_answer_cell_that_fails_with_what_was_lent_counts_as_it_was() -> None:
    session, own = Scripted(Outcome.STUDENT_ERROR), result(2)
    assert chance(session, own, result(5)) is own
    assert session.kept == [False]


def test_an_end_of_the_sandbox_leaves_what_was_seen_before() -> None:
    session, own = Scripted(dies=True), result(2)
    assert chance(session, own, result(5)) is own
    assert session.kept == []


@pytest.fixture
def variables() -> dict[str, Any]:
    return {"first": "mine", "second": 2, "third": 3}


def test_what_was_lent_is_gone_and_all_else_as_before(variables: dict[str, Any]) -> None:
    before, lent = dict(variables), Lent(variables)
    lent.lend([(LOAN.source, ["first"])])
    assert variables["first"]() == "lent"
    assert "helper" not in variables
    variables |= {"second": "changed", "fourth": "new"}
    del variables["third"]
    lent.take_back(keep=False)
    assert variables == before


def test_what_the_answer_cell_made_stays_where_it_counts(variables: dict[str, Any]) -> None:
    lent = Lent(variables)
    lent.lend([(LOAN.source, ["first"])])
    variables |= {"second": "changed", "fourth": "new"}
    lent.take_back(keep=True)
    assert variables == {"first": "mine", "second": "changed", "third": 3, "fourth": "new"}


def test_a_name_that_nobody_had_is_gone_again() -> None:
    variables: dict[str, Any] = {}
    lent = Lent(variables)
    lent.lend([(LOAN.source, ["first"])])
    lent.take_back(keep=True)
    assert variables == {}


def test_a_name_that_the_answer_cell_defined_anew_is_the_students(
    variables: dict[str, Any],
) -> None:
    lent = Lent(variables)
    lent.lend([(LOAN.source, ["first"])])
    variables["first"] = "defined anew"
    lent.take_back(keep=True)
    assert variables["first"] == "defined anew"

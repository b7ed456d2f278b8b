"""A check with steps becomes as many checks of equal points, which a report shows as one."""

from collections.abc import Sequence

import pytest

from autograder.course.build.master_cells import BuildError, MasterCell, read_test
from autograder.course.build.steps import expanded
from autograder.judge.score import Question, question_result
from autograder.records import CaseResult, Outcome

CELL = '''""" # BEGIN TEST CONFIG
hidden: true
points: 5
steps: 40
""" # END TEST CONFIG
def test_q12_accuracy(model):
    """In steps"""
    check("q12", model, (1, 40))
'''


def test_every_step_has_its_number_its_name_and_its_points():
    cells = expanded([{"id": "a", "source": CELL.splitlines(keepends=True)}])
    sources = ["".join(cell["source"]) for cell in cells]
    assert len(cells) == 40 == len({cell["id"] for cell in cells})
    assert "def test_q12_accuracy_07(model)" in sources[6] and "(7, 40)" in sources[6]
    assert all("points: 0.125\n" in source and "steps:" not in source for source in sources)


def test_other_cells_stay_as_they_are():
    cells = [{"id": "a", "source": ["steps: 3\n"]}, {"id": "b", "source": "points: 1"}]
    assert expanded(cells) == cells


def test_a_cell_that_does_not_say_where_its_step_goes_is_refused():
    with pytest.raises(BuildError, match="exactly once"):
        expanded([{"id": "a", "source": CELL.replace("(1, 40)", "(1, 39)")}])


@pytest.mark.parametrize("steps", ["0", "7", "100", "true", "'4'"])
def test_steps_must_divide_the_points_without_rounding(steps):
    cell = MasterCell(1, "code", CELL.replace("steps: 40", f"steps: {steps}"))
    with pytest.raises(BuildError, match="steps is a whole number"):
        read_test("q12", cell)


def results(outcomes: Sequence[Outcome]) -> tuple[CaseResult, ...]:
    return tuple(
        CaseResult(
            "In steps",
            True,
            0.125 * (each is Outcome.PASSED),
            0.125,
            each,
            f"step {number}",
            evidence={"seen": number},
        )
        for number, each in enumerate(outcomes)
    )


def test_steps_are_shown_as_one_check_with_the_words_of_the_first_that_failed():
    cases = results([Outcome.PASSED, Outcome.FAILED, Outcome.FAILED])
    (joined,) = question_result(Question("q12", ()), cases).cases
    assert (joined.points, joined.max_points) == (0.125, 0.375)
    assert (joined.outcome, joined.message) == (Outcome.FAILED, "step 1")
    assert joined.evidence == {"seen": 0}


def test_a_check_with_another_title_stays_by_itself():
    one, other = results([Outcome.PASSED, Outcome.PASSED])
    apart = (one, CaseResult("Another", True, 1, 1, Outcome.PASSED))
    assert question_result(Question("q12", ()), apart).cases == apart
    assert len(question_result(Question("q12", ()), (one, other)).cases) == 1


def test_a_doubt_that_a_check_shows_asks_for_a_person_and_leaves_the_points():
    (case, _) = results([Outcome.PASSED, Outcome.PASSED])
    doubtful = CaseResult(
        "Learned", False, 2, 2, Outcome.PASSED, evidence={"review": "q12: is it a table?"}
    )
    found = question_result(Question("q12", ()), (doubtful, case))
    assert (found.review, found.score) == ("q12: is it a table?", 2.125)
    assert question_result(Question("q12", ()), (case,)).review == ""

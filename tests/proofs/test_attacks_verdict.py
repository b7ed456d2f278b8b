"""The harness notices an attack that succeeds: a green table means something."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from autograder.records import CaseResult, Cell, CellRun, Ending, Grade, Notebook, QuestionResult
from autograder.records import Outcome as Result
from proofs.app import app
from proofs.attacks.field import Secrets, attacked, hidden_tests, read_lesson
from proofs.attacks.recipes import Attack, read_attacks
from proofs.attacks.report import Layer, Outcome, last_line, page
from proofs.attacks.traces import Traces
from proofs.attacks.verdict import Verdict, honest_problems, judge
from proofs.recipe_files import RecipeError
from proofs.verify.recipes import refuse_unknown

WORDS = Secrets("canary1234", "input1234", Path("tests"))
FORGERY = Attack(name="a forgery", code="forge()", where="before", question="q1")


def case(points: float, message: str = "", hidden: bool = False) -> CaseResult:
    outcome = Result.PASSED if points else Result.FAILED
    return CaseResult("its title", hidden, points, 2.0, outcome, message)


def question(name: str, points: float, message: str = "", hidden: bool = False) -> QuestionResult:
    one = case(points, message, hidden)
    return QuestionResult(name, points, 2.0, one.outcome, (one,))


def grade(*questions: QuestionResult, **changes: Any) -> Grade:
    total = sum(each.score for each in questions)
    plain = Grade("student_001", "a.ipynb", Ending.COMPLETED, "", total, 4.0, questions)
    return replace(plain, **changes)


GOOD = (question("q1", 0), question("q2", 2))


def test_an_attack_that_gets_and_costs_nothing_has_failed():
    assert judge(FORGERY, grade(*GOOD), None, WORDS) == []


def test_points_for_a_wrong_answer_are_noticed():
    found = judge(FORGERY, grade(question("q1", 1), question("q2", 2)), None, WORDS)
    assert found == ["forged 1 points in q1"]


def test_points_lost_in_another_question_are_noticed():
    found = judge(FORGERY, grade(question("q1", 0), question("q2", 0)), None, WORDS)
    assert len(found) == 1
    assert "q2 lost points" in found[0]


def test_points_that_an_attack_may_cost_are_not_counted():
    attack = replace(FORGERY, may_cost=("q2",))
    assert judge(attack, grade(question("q1", 0), question("q2", 0)), None, WORDS) == []


def test_a_canary_in_a_public_message_is_noticed():
    told = (question("q1", 0, f"expected {WORDS.canary}"), question("q2", 2))
    assert any("hidden tests" in each for each in judge(FORGERY, grade(*told), None, WORDS))


def test_a_hidden_input_in_an_error_of_a_cell_is_noticed():
    cells = (CellRun(0, Result.STUDENT_ERROR, 0.1, f"KeyError: {WORDS.hidden_input}"),)
    found = judge(FORGERY, grade(*GOOD, cells=cells), None, WORDS)
    assert any("input of a hidden check" in each for each in found)


def test_an_attack_that_says_it_escaped_is_noticed():
    cells = (CellRun(0, Result.STUDENT_ERROR, 0.1, "ESCAPED: read it"),)
    assert any("it says" in each for each in judge(FORGERY, grade(*GOOD, cells=cells), None, WORDS))


def test_an_attack_that_passes_as_our_fault_is_noticed():
    found = judge(FORGERY, grade(*GOOD, ending=Ending.GRADER_ERROR, needs_review=True), None, WORDS)
    assert any("fault of the grader" in each for each in found)


def test_an_attack_that_fails_by_its_own_error_is_noticed():
    notebook = Notebook((Cell(0, "set up"), Cell(1, FORGERY.code)), {"cells": []})
    cells = (CellRun(1, Result.STUDENT_ERROR, 0.1, "NameError: torch"),)
    found = judge(FORGERY, grade(*GOOD, cells=cells), notebook, WORDS)
    assert found == ["the recipe is broken, its cell raised NameError: torch"]


def test_another_ending_than_promised_is_noticed():
    attack = replace(FORGERY, ending=(Ending.TIME_LIMIT,))
    assert any("ended as" in each for each in judge(attack, grade(*GOOD), None, WORDS))


def test_an_honest_submission_that_lost_points_is_noticed():
    assert honest_problems(grade(question("q1", 2), question("q2", 2))) == []
    assert "lost q1" in honest_problems(grade(*GOOD))[0]


def test_traces_that_were_not_there_before_are_named():
    before, after = Traces(frozenset({"file a"}), 10), Traces(frozenset({"file a", "file b"}), 12)
    assert after.since(before) == [
        "left behind: file b",
        "left behind: 2 open descriptors of the trusted process",
    ]


def test_secrets_are_fresh_and_stand_in_the_hidden_tests_alone():
    attack = Attack(name="any", code="pass", where="end")
    with hidden_tests() as words:
        texts = [file.read_text() for file in words.tests.glob("*.py")]
        assert all(words.canary in text for text in texts)
        assert any(words.hidden_input in text for text in texts)
        notebook = str(attacked(read_lesson(), attack, {}))
        assert words.canary not in notebook
        assert words.hidden_input not in notebook


def test_a_known_limit_is_told_but_not_counted():
    limit = Attack(name="a limit", code="pass", where="end", known_limit="because")
    verdicts = (
        Verdict(FORGERY, "namespaces", (), "completed", 1.0),
        Verdict(FORGERY, "container", ("forged 1 points in q1",), "completed", 1.0),
        Verdict(limit, "container", ("an input shows",), "completed", 1.0),
    )
    outcome = Outcome(verdicts, ())
    assert (
        last_line(outcome) == "attacks 1, held 1 (tier 1), not run (tier 2), held 0 of 1 (tier 3)"
    )
    assert "**a limit**" in page(outcome)
    assert not outcome.holds


def test_the_page_says_which_attack_wins_without_which_layer():
    held = Verdict(FORGERY, "container", (), "completed", 1.0)
    layers = [Layer("Nobody reads | this.", "container", (FORGERY.name, "another"))]
    text = page(Outcome((held,), ()), layers)
    assert f"| Nobody reads \\| this. | 3 | {FORGERY.name}<br>another |" in text
    assert "1 attacks that are held above win against one of 1 broken layers" in text
    assert "win without" not in page(Outcome((held,), ()))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no attacks"),
        ("[[attack]]\nname = 'a'", "code"),
        ("[[attack]]\nname = 'a'\ncode = 'b'\nwhere = 'answer'", "no question"),
        ("[[attack]]\nname='a'\ncode='b'\nwhere='end'\n" * 2, "two attacks have the same name: a"),
        ("[[attack]]\nname='a'\ncode='b'\nwhere='end'\nmay_cost=['q9']", "no question q9"),
        ("[[attack]]\nname='a'\ncode='b'\nwhere='start'", "group.toml: attack 'a' where: "),
        ("[[attack]]\nname='a'\ncode='b'\nwhere='end'\nwhat=1", "attack 'a' what: "),
        ("[[attack]\nname", "group.toml: is not valid TOML"),
        ("# \xff", "group.toml: is not valid TOML"),
    ],
)
def test_a_recipe_that_cannot_be_used_is_refused(tmp_path: Path, text: str, reason: str):
    (tmp_path / "group.toml").write_text(text, "latin-1")
    with pytest.raises(RecipeError, match=reason):
        read_attacks(tmp_path, ("q1", "q2"))


def test_a_recipe_file_that_cannot_be_read_is_told(tmp_path: Path):
    (tmp_path / "group.toml").mkdir()
    with pytest.raises(RecipeError, match=r"group\.toml: cannot be read"):
        read_attacks(tmp_path)
    with pytest.raises(RecipeError, match="cannot be read"):
        read_lesson(tmp_path)


def test_a_planted_answer_to_no_question_is_told(tmp_path: Path):
    with pytest.raises(RecipeError, match="a mistake: there is no question q99"):
        refuse_unknown(tmp_path, "q99", "a mistake", {"q1": "x = 1"})


def test_the_command_tells_a_broken_recipe_in_a_sentence(monkeypatch: pytest.MonkeyPatch):
    def broken(*_: object) -> int:
        raise RecipeError("group.toml: attack 'a' where: no such place")

    monkeypatch.setattr("proofs.attacks.command.attack", broken)
    result = CliRunner().invoke(app, ["attack"])
    assert (result.exit_code, "no such place" in result.output) == (2, True)
    assert "Traceback" not in result.output

"""`results.json`: Gradescope's schema, nothing a student wrote read as markup."""

import json
from dataclasses import replace
from typing import Any

import mistune
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from autograder.course.settings import Gradescope
from autograder.records import Isolation, Layer, Outcome
from autograder.reports.gradescope import results
from autograder.reports.markdown import escaped
from labkit import evidence
from tests.support.evidence import recorded
from tests.support.sample_grades import (
    COMPLETED,
    GRADE,
    GRADER_ERROR,
    HOSTILE,
    HOSTILE_NAMES,
    UNREADABLE,
    hostile_grade,
)

_TOP = {
    "score": (int, float),
    "execution_time": (int, float),
    "output": str,
    "output_format": str,
    "test_output_format": str,
    "test_name_format": str,
    "stdout_visibility": str,
    "extra_data": dict,
    "tests": list,
}
_TEST = {
    "name": str,
    "number": str,
    "score": (int, float),
    "max_score": (int, float),
    "status": str,
    "output": str,
    "visibility": str,
    "tags": list,
}


def _conforms(value: dict[str, Any], schema: dict[str, Any]) -> bool:
    return all(isinstance(value[key], schema[key]) for key in value)


@pytest.mark.parametrize(
    "grade",
    [GRADE, COMPLETED, UNREADABLE, GRADER_ERROR, hostile_grade()],
    ids=["stopped", "completed", "unreadable", "grader_error", "hostile"],
)
def test_every_ending_conforms_to_the_schema(grade: Any) -> None:
    report = json.loads(json.dumps(results(grade)))
    assert _conforms(report, _TOP)
    assert all(_conforms(test, _TEST) for test in report["tests"])
    assert report["stdout_visibility"] == "hidden"
    assert report["extra_data"]["ending"] == grade.ending.value


def test_the_instructor_is_told_time_and_memory() -> None:
    report = results(replace(GRADE, seconds=8.25, peak_megabytes=131.75))
    assert (report["execution_time"], report["extra_data"]["peak_megabytes"]) == (8.25, 131.8)
    assert results(GRADE)["extra_data"]["peak_megabytes"] is None


def test_questions_come_in_order_with_their_points() -> None:
    tests = results(GRADE)["tests"]
    assert [(test["number"], test["name"]) for test in tests] == [("1", "q1"), ("2", "q3")]
    assert [(test["score"], test["max_score"], test["status"]) for test in tests] == [
        (5.0, 5.0, "passed"),
        (2.5, 7.5, "failed"),
    ]


def test_checks_that_are_shown_at_once_are_one_test_a_question() -> None:
    assert {test["visibility"] for test in results(GRADE)["tests"]} == {"visible"}


@pytest.mark.parametrize("when", ["hidden", "after_published", "after_due_date"])
def test_only_hidden_checks_are_kept_back(when: Any) -> None:
    tests = results(GRADE, shown=Gradescope(hidden_checks=when))["tests"]
    assert [(test["number"], test["name"], test["visibility"]) for test in tests] == [
        ("1.1", "q1", "visible"),
        ("1.2", "q1: hidden checks", when),
        ("2.1", "q3", "visible"),
        ("2.2", "q3: hidden checks", when),
    ]
    assert [test["score"] for test in tests] == [2.5, 2.5, 0.0, 2.5]
    shown = "".join(test["output"] for test in tests if test["visibility"] == "visible")
    assert "hidden" not in shown and "rows are missing" not in shown


def test_the_total_is_told_in_words_unless_the_course_says_otherwise() -> None:
    kept_back = Gradescope(hidden_checks="hidden")
    assert "Score: 7.5 of 12.5" in results(GRADE, shown=kept_back)["output"]
    silent = results(GRADE, shown=replace(kept_back, show_total=False))
    assert "7.5" not in silent["output"] and silent["score"] == 7.5


def test_the_score_is_what_lateness_leaves() -> None:
    report = results(replace(COMPLETED, late_deduction=2.5, notes=("It came late",)))
    assert report["score"] == 5.0
    assert "Score: 5 of 12.5" in report["output"] and "It came late" in report["output"]


def test_an_unreadable_submission_is_a_zero_with_its_reason() -> None:
    report = results(UNREADABLE)
    assert report["score"] == 0
    assert "could not be read" in report["output"] and "It is broken" in report["output"]


def test_a_fault_of_the_grader_gives_no_score() -> None:
    report = results(GRADER_ERROR)
    assert "score" not in report
    assert "score" in report["tests"][0]
    assert report["tests"][1].keys().isdisjoint({"score", "max_score", "status"})
    assert "no zero" in report["output"]


def test_a_grade_to_review_gives_no_total() -> None:
    report = results(replace(COMPLETED, needs_review=True))
    assert "score" not in report and report["extra_data"]["needs_review"]


def test_the_text_of_a_fault_of_the_grader_is_for_the_instructor_alone() -> None:
    report = results(GRADER_ERROR)
    assert "secret" in report["extra_data"]["message"]
    assert "secret" not in json.dumps([report["output"], report["tests"]])


def test_the_summary_names_the_layers_of_isolation() -> None:
    layers = (Layer("network", "holds"), Layer("landlock", "absent"))
    report = results(replace(GRADE, isolation=Isolation(3, "a user of its own", layers)))
    assert "tier 3: network holds; landlock absent" in report["output"]
    assert report["extra_data"]["isolation_tier"] == 3
    assert not report["extra_data"]["practice"]


def test_marks_for_practice_are_told_above_everything_else() -> None:
    isolation = Isolation(5, "process split only", (), "tier 5 was reached, tier 3 is required")
    report = results(replace(COMPLETED, isolation=isolation))
    assert "for practice and do not count" in report["output"].split("\n\n")[1]
    assert (report["extra_data"]["isolation_tier"], report["extra_data"]["practice"]) == (5, True)
    assert report["score"] == COMPLETED.score


_RENDERERS = [
    MarkdownIt("gfm-like", {"html": True, "linkify": False}).render,
    mistune.create_markdown(escape=False, plugins=["strikethrough", "table", "url", "footnotes"]),
]


@pytest.mark.parametrize("render", _RENDERERS, ids=["markdown-it", "mistune"])
@pytest.mark.parametrize(
    "text",
    [
        *HOSTILE_NAMES,
        "# heading",
        "- item",
        "1. item",
        "    code",
        "| a | b |\n|---|---|",
        "![x](http://x.y/z.png)",
        "[a]: http://x.y",
        "http://x.y",
        "<http://x.y>",
        "&lt;b&gt;",
        "```\ncode\n```",
        "---",
        "~~a~~ **b** __c__",
        "a  \nb",
        "\\<b>",
        "$x$ [^1]",
    ],
    ids=lambda text: repr(text)[:24],
)
def test_markdown_shows_hostile_text_literally(render: Any, text: str) -> None:
    html = str(render(f"- {escaped(text)}"))
    for tag in ("<a", "<img", "<script", "<h1", "<code", "<em", "<strong", "<table", "<del", "<hr"):
        assert tag not in html


@settings(deadline=None, max_examples=200)
@given(st.text(st.characters(codec="utf-8"), max_size=60))
def test_any_text_stays_one_item_of_a_list(text: str) -> None:
    html = MarkdownIt("commonmark").render(f"- {escaped(text)}\n- end")
    assert html.count("<li>") == 2
    assert "<a " not in html and "<em>" not in html


def test_a_hostile_grade_adds_no_markup() -> None:
    html = MarkdownIt("gfm-like", {"linkify": False}).render(results(hostile_grade())["output"])
    assert "<script" not in html and "<a " not in html and "\x1b" not in html
    assert HOSTILE not in html


def measured(outcome: Outcome) -> Any:
    ranked = [("accuracy, as it computes it", 98.1, "desc"), ("parameters", 5258, "asc")]
    shown = recorded(lambda: evidence.show_leaderboard(*ranked))
    question = COMPLETED.questions[0]
    case = replace(question.cases[0], outcome=outcome, evidence=shown)
    return replace(COMPLETED, questions=(replace(question, cases=(case,)),))


def test_a_passed_check_that_measured_a_model_enters_the_leaderboard() -> None:
    entries = results(measured(Outcome.PASSED))["leaderboard"]
    assert entries == [
        {"name": "accuracy, as it computes it", "value": 98.1, "order": "desc"},
        {"name": "parameters", "value": 5258, "order": "asc"},
    ]


def test_a_failed_check_enters_no_leaderboard() -> None:
    assert "leaderboard" not in results(measured(Outcome.FAILED))

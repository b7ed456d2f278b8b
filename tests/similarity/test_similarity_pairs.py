"""Pairs: copies stand first, what everybody has and what was given do not count."""

import json
from pathlib import Path

import pytest

from autograder.similarity.answers import answers_in
from autograder.similarity.pairs import similar_pairs
from tests.support.sample_class import COPIED, OTHER, OWN, RENAMED, executed

HONEST = {
    f"honest_{number}": {"q3": (OWN, OTHER)[number % 2], "q5": f"loss = {number}"}
    for number in range(10)
}


def names(answers: dict[str, dict[str, str]], starter: dict[str, str]) -> list[tuple[str, str]]:
    return [(pair.first, pair.second) for pair in similar_pairs(answers, starter)]


def test_a_renamed_copy_stands_first() -> None:
    answers = {**HONEST, "ann": {"q3": COPIED}, "bob": {"q3": RENAMED}}
    assert names(answers, {})[0] == ("ann", "bob")
    assert similar_pairs(answers, {})[0].share > 0.9


def test_what_most_of_the_class_have_in_common_is_no_pair() -> None:
    alike = {f"student_{number}": {"q3": OWN} for number in range(8)}
    assert names({**alike, "ann": {"q3": OTHER}, "bob": {"q3": COPIED}}, {}) == []


def test_starter_code_is_nobodys_own() -> None:
    answers = {"ann": {"q3": COPIED}, "bob": {"q3": RENAMED}, "cid": {"q3": OWN}}
    assert names(answers, {"q3": COPIED}) == []


def test_starter_code_of_another_question_still_counts() -> None:
    answers = {"ann": {"q3": COPIED}, "bob": {"q3": RENAMED}, "cid": {"q3": OWN}}
    assert names(answers, {"q4": COPIED}) == [("ann", "bob")]


def test_two_short_answers_prove_nothing() -> None:
    short = "out = torch.zeros(len(rows), len(columns))"
    answers = {**HONEST, "ann": {"q3": short}, "bob": {"q3": short}}
    assert ("ann", "bob") not in names(answers, {})


def test_a_pair_of_two_students_is_compared() -> None:
    assert names({"ann": {"q3": COPIED}, "bob": {"q3": RENAMED}}, {}) == [("ann", "bob")]


@pytest.mark.parametrize("answers", [{}, {"ann": {"q3": COPIED}}, {"ann": {}, "bob": {}}])
def test_without_two_answers_there_is_no_pair(answers: dict[str, dict[str, str]]) -> None:
    assert similar_pairs(answers, {}) == ()


def test_the_lines_that_both_have_are_marked() -> None:
    answers = {**HONEST, "ann": {"q3": COPIED}, "bob": {"q3": "# mine\nx = 1\n" + RENAMED}}
    (match,) = similar_pairs(answers, {})[0].matches
    assert match.question == "q3"
    assert 2 in match.first.marked and 4 in match.second.marked
    assert not {1, 2} & match.second.marked


def test_no_more_pairs_than_asked_for_and_the_most_alike_first() -> None:
    answers: dict[str, dict[str, str]] = {}
    for couple in range(4):
        for one in "ab":
            own = [f"x = torch.own{one}{couple}{line}(y, {line})" for line in range(2 * couple)]
            both = [f"x = torch.both{couple}{line}(y, {line})" for line in range(12 - 2 * couple)]
            answers[f"{couple}{one}"] = {"q3": "\n".join(both + own)}
    pairs = similar_pairs(answers, {}, shown=3)
    assert [(pair.first, pair.second) for pair in pairs] == [
        ("0a", "0b"),
        ("1a", "1b"),
        ("2a", "2b"),
    ]


def test_the_order_of_the_class_does_not_matter() -> None:
    answers = {**HONEST, "ann": {"q3": COPIED}, "bob": {"q3": RENAMED}}
    turned = dict(reversed(answers.items()))
    assert similar_pairs(answers, {}) == similar_pairs(turned, {})


def test_answers_are_read_from_an_executed_notebook(tmp_path: Path) -> None:
    path = tmp_path / "executed.ipynb"
    path.write_text(json.dumps(executed({"q3": COPIED, "q12": "model = 1"})))
    assert answers_in(path) == {"q3": COPIED, "q12": "model = 1"}


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"cells": [1]}', "[" * 100_000])
def test_a_damaged_notebook_has_no_answers(tmp_path: Path, content: str) -> None:
    path = tmp_path / "executed.ipynb"
    path.write_text(content)
    assert answers_in(path) is None


def test_a_missing_notebook_has_no_answers(tmp_path: Path) -> None:
    assert answers_in(tmp_path / "executed.ipynb") is None

import numpy as np
import pytest
from cnnlab.feedback.concepts import (
    answers_problem,
    choice_problem,
    entries,
    letter,
    single_choice_problem,
)
from hypothesis import given
from hypothesis import strategies as st

BECAUSE = {"A": "not A.", "C": "not C.", "D": "not D."}


@pytest.mark.parametrize("written", ["B", "b", " b ", "(b)", "B.", "b)", "B:"])
def test_a_letter_may_be_written_in_many_ways(written):
    assert letter(written) == "B"


@pytest.mark.parametrize("written", ["", "BB", "E", "ß", 2, None, ..., ["B"], b"B", "B or C"])
def test_what_is_no_single_letter_is_refused(written):
    assert letter(written) is None


@pytest.mark.parametrize(
    "answers",
    [
        ["A", "B", "C"],
        ("A", "B", "C"),
        "ABC",
        "a, b, c",
        {1: "A", 2: "B", 3: "C"},
        {"a1": "A", "q2": "B", "3": "C"},
    ],
)
def test_answers_may_be_a_list_a_tuple_a_string_or_a_dictionary(answers):
    assert [letter(one) for one in entries(answers, 3)] == ["A", "B", "C"]


@pytest.mark.parametrize(
    "answers",
    [None, ..., 3, {"A", "B"}, "AB", ["A"] * 9, {0: "A"}, {"x": "A"}, {(1,): "A"}, np.zeros(8)],
    ids=repr,
)
def test_unreadable_answers_get_a_sentence(answers):
    assert answers_problem(answers, 8)
    assert choice_problem(answers, 1, "B", BECAUSE)


def test_a_missing_item_does_not_spoil_the_others():
    answers = {1: "B", 3: "B"}
    assert choice_problem(answers, 1, "B", BECAUSE, count=3) is None
    assert "item 2" in str(choice_problem(answers, 2, "B", BECAUSE, count=3))


@given(st.lists(st.text(max_size=3) | st.integers() | st.none(), max_size=9))
def test_only_the_right_letter_is_right(answers):
    problem = choice_problem(answers, 1, "B", BECAUSE)
    right = len(answers) == 8 and letter(answers[0]) == "B"
    assert (problem is None) == right


def test_a_wrong_letter_is_answered_with_its_own_sentence():
    assert choice_problem("CBBBBBBB", 1, "B", BECAUSE) == "q14: item 1, C: not C."
    assert single_choice_problem("d", "q4: letter", "B", BECAUSE) == "q4: letter, D: not D."

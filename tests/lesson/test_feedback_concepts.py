import numpy as np
import pytest
from cnnlab.feedback.concepts import (
    check_choice,
    check_form,
    check_letter,
    check_single_choice,
    entries,
    letter,
)
from hypothesis import given
from hypothesis import strategies as st

from labkit.diagnosis import CheckFailed


def problem(check, *args):
    """What a check says; None where it passes."""
    try:
        check("q14", *args)
    except CheckFailed as failure:
        return failure.diagnosis
    return None


def choice(answers, item=1, count=8):
    return problem(check_choice, "answers", answers, item, "B", BECAUSE, count)


BECAUSE = {"A": "not A.", "C": "not C.", "D": "not D."}


@pytest.mark.parametrize(
    "written", ["B", "b", " b ", "(b)", "B.", "b)", "B:", "'B'", "**B**", b"B", np.str_("b")]
)
def test_a_letter_may_be_written_in_many_ways(written):
    assert letter(written) == "B"


@pytest.mark.parametrize("written", ["", "BB", "E", "ß", 2, None, ..., ["B"], b"\xff", "B or C"])
def test_what_is_no_single_letter_is_refused(written):
    assert letter(written) is None


@pytest.mark.parametrize(
    "answers",
    [
        ["A", "B", "C"],
        ("A", "B", "C"),
        "ABC",
        "a, b, c",
        "1. A  2. B  3. C",
        "my answers: A B C",
        b"abc",
        ["ABC"],
        [["A", "B", "C"]],
        [(1, "A"), (2, "B"), (3, "C")],
        np.array(["A", "B", "C"]),
        np.array([["a"], ["b"], ["c"]]),
        np.array(["A", "B", "C"], dtype=object),
        {"item 1": "A", "item_2": "B", "3.": "C"},
        {1: "A", 2: "B", 3: "C"},
        {"a1": "A", "q2": "B", "3": "C"},
    ],
)
def test_answers_may_be_a_list_a_tuple_a_string_or_a_dictionary(answers):
    assert [letter(one) for one in entries(answers, 3)] == ["A", "B", "C"]


@pytest.mark.parametrize(
    "answers",
    [None, ..., 3, {"A"}, "AB", ["A"] * 9, {0: "A"}, {"x": "A"}, {(1,): "A"}, np.zeros(8)],
    ids=repr,
)
def test_unreadable_answers_get_a_sentence(answers):
    assert problem(check_form, "answers", answers, 8)
    assert choice(answers)


def test_a_missing_item_does_not_spoil_the_others():
    answers = {1: "B", 3: "B"}
    assert choice(answers, count=3) is None
    assert "item 2" in choice(answers, item=2, count=3).text


@given(st.lists(st.text(max_size=3) | st.integers() | st.none(), max_size=9))
def test_only_the_right_letter_is_right(answers):
    right = len(answers) == 8 and letter(answers[0]) == "B"
    assert (choice(answers) is None) == right or len(answers) == 1


def test_a_wrong_letter_is_answered_with_its_own_sentence():
    found = choice("CBBBBBBB")
    assert (found.text, found.symptom) == ("q14: item 1, C: not C.", "item_1_C")
    found = problem(check_single_choice, "letter", "d", "B", BECAUSE)
    assert (found.text, found.symptom) == ("q14: letter, D: not D.", "letter_D")


@pytest.mark.parametrize("written", [["B"], ("b",), np.array(["B"]), np.array("B"), " B "])
def test_one_letter_may_stand_in_a_list_of_one(written):
    assert problem(check_letter, "letter", written, "ABCD") is None
    assert problem(check_single_choice, "letter", written, "B", BECAUSE) is None


def test_a_letter_that_is_missing_is_asked_for():
    assert problem(check_letter, "letter", ..., "ABCD").symptom == "missing"
    assert problem(check_letter, "letter", ["B", "C"], "ABCD").symptom == "kind"

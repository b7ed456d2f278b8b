"""The pictures on a student's page: what they say, and that no evidence can break the page."""

import re
from dataclasses import replace
from typing import Any

import pytest

from autograder.records import Outcome, QuestionResult
from autograder.reports.feedback import page
from autograder.reports.pictures import pictures_of
from tests.support.sample_class import PICTURES
from tests.support.sample_grades import COMPLETED, case, question

NAN = float("nan")


def showing(name: str = "q5", **evidence: Any) -> QuestionResult:
    failed = case("Sizes", Outcome.FAILED, message="it is wrong")
    return question(name, replace(failed, evidence=evidence), case("Others"))


def test_each_kind_of_evidence_has_its_picture_and_words() -> None:
    found = pictures_of(showing(**PICTURES))
    assert [bool(picture.drawing) for picture in found] == [True] * 4
    words = " ".join(picture.words for picture in found)
    for part in (
        "Expected: 3×4. What came: 5×8.",
        "A digit of 28×28 pixels, and what your own convolution makes of it: 8 maps of 26×26.",
        "The loss of your training over 235 batches: from 2.30 to 0.22",
        "Your model read",
    ):
        assert part in words


def test_the_words_of_a_picture_are_its_description() -> None:
    for picture in pictures_of(showing(**PICTURES)):
        assert picture.drawing and 'role="img"' in picture.drawing
        assert f"{picture.words}</desc>" in picture.drawing


def test_the_first_failed_check_with_shapes_is_drawn() -> None:
    cases = [
        replace(case(f"{side}"), evidence={"shapes": {"expected": [side], "got": [1]}})
        for side in (3, 4)
    ]
    (picture,) = pictures_of(question("q5", case("Other"), *cases))
    assert picture.words == "Expected: 3 in a row. What came: 1 in a row."


@pytest.mark.parametrize(
    ("expected", "got", "words"),
    [
        ([], [1, 9], "Expected: a single number. What came: 1×9."),
        ([2, 16, 5, 5], [400], "Expected: 2×16×5×5. What came: 400 in a row."),
        ([0, 0], [10**6, 1], "Expected: 0×0. What came: 1000000×1."),
    ],
)
def test_any_shape_can_be_drawn(expected: list[int], got: list[int], words: str) -> None:
    (picture,) = pictures_of(showing(shapes={"expected": expected, "got": got}))
    assert picture.words == words and picture.drawing


def test_what_a_layer_takes_is_not_called_expected() -> None:
    (picture,) = pictures_of(showing(shapes={"expected": [9216], "got": [400], "layer": "fc"}))
    assert picture.words == "fc takes 9216 in a row, and it gets 400 in a row."
    assert picture.drawing and "expected" not in picture.drawing


def test_a_training_that_came_apart_is_named() -> None:
    curve = {"losses": [2.3, 9.0, 800.0], "batches": 3, "broken": True}
    (picture,) = pictures_of(showing(learning_curve=curve))
    assert "came apart" in picture.words and "learning rate" in picture.words


def test_where_no_losses_were_recorded_the_page_says_so() -> None:
    without = pictures_of(showing(confusion=PICTURES["confusion"]))
    assert [bool(picture.drawing) for picture in without] == [False, True]
    assert without[0].words.startswith("No learning curve: the notebook recorded no losses")
    assert pictures_of(showing()) == []


@pytest.mark.parametrize(
    "evidence",
    [
        {"shapes": shapes}
        for shapes in (
            None,
            "<script>",
            {"expected": [1]},
            {"expected": [-1], "got": [1]},
            {"expected": [1.5], "got": [1]},
            {"expected": [NAN], "got": [1]},
            {"expected": [10**30], "got": [1]},
            {"expected": ["<b>"], "got": [1]},
            {"expected": [1] * 6, "got": [1]},
            {"expected": [1], "got": [1], "layer": "<b>"},
            {"expected": [1], "got": [1], "layer": 7},
        )
    ]
    + [
        {"feature_maps": {"image": image, "maps": maps}}
        for image, maps in (
            (["00"], []),
            (["00"], [[]]),
            (["00"], [["00", "0000"]]),
            (["00"], [["0"]]),
            (["00"], [[NAN]]),
            (["<b>"], [["00"]]),
            (["00\n"], [["00"]]),
            (["00" * 65], [["00"]]),
            (["00"], [["00"]] * 9),
        )
    ]
    + [
        {"learning_curve": {"losses": losses, "batches": batches, "broken": False}}
        for losses, batches in (
            ([], 2),
            ([1.0], 2),
            ([1.0, NAN], 2),
            ([1.0, 1e300], 2),
            (["<b>", 1.0], 2),
            ([1.0, 2.0], -1),
            ([1.0, 2.0], 10**30),
            ([1.0] * 1001, 1001),
        )
    ],
    ids=lambda evidence: repr(evidence)[:70],
)
def test_hostile_evidence_leaves_the_page_without_that_picture(evidence: dict[str, Any]) -> None:
    assert [
        picture.drawing for picture in pictures_of(showing(**evidence)) if picture.drawing
    ] == []
    found = page(replace(COMPLETED, questions=(showing(**evidence),)))
    assert "<svg" not in found and "<b>" not in found and "<script" not in found


def test_the_same_picture_in_two_questions_keeps_every_name_unique() -> None:
    pictures = {name: PICTURES[name] for name in PICTURES if name != "confusion"}
    questions = (showing("q5", **pictures), showing("q7", **pictures))
    names = re.findall(r' id="([^"]+)"', page(replace(COMPLETED, questions=questions)))
    assert len([name for name in names if name.endswith("-title") and "figure" in name]) == 6
    assert len(names) == len(set(names))

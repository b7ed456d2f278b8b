"""The pictures on a student's page: what they say, and that no evidence can break the page."""

import re
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import pytest

from autograder.records import Outcome, QuestionResult
from autograder.reports.feedback import page
from autograder.reports.pictures import pictures_of
from tests.support.evidence import PICTURES, curve, shapes
from tests.support.sample_grades import COMPLETED, HOSTILE, case, question

NAN = float("nan")


def showing(name: str = "q5", **evidence: Any) -> QuestionResult:
    failed = case("Sizes", Outcome.FAILED, message="it is wrong")
    return question(name, replace(failed, evidence=evidence), case("Others"))


def test_each_kind_of_evidence_has_its_picture_and_words() -> None:
    found = pictures_of(showing(**PICTURES))
    assert [bool(picture.drawing) for picture in found] == [True] * 4
    assert [picture.words for picture in found] == [form["words"] for form in PICTURES.values()]


def test_the_words_of_a_picture_are_its_description() -> None:
    for picture in pictures_of(showing(**PICTURES)):
        assert picture.drawing and 'role="img"' in picture.drawing
        assert f"{picture.words}</desc>" in picture.drawing


def test_the_first_failed_check_with_shapes_is_drawn() -> None:
    cases = [replace(case(f"{side}"), evidence={"shapes": shapes([side], [1])}) for side in (3, 4)]
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
    (picture,) = pictures_of(showing(shapes=shapes(expected, got)))
    assert picture.words == words and picture.drawing


def test_shapes_stand_under_the_titles_that_the_check_gives_them() -> None:
    both = shapes([9216], [400], titles=("fc takes", "fc gets"), words="fc gets 400.")
    (picture,) = pictures_of(showing(shapes=both))
    assert picture.drawing and "fc takes" in picture.drawing and "expected" not in picture.drawing


def test_only_a_noisy_curve_has_its_running_mean() -> None:
    lines = [
        str(pictures_of(showing(curve=curve([3.0, 1.0, 2.0], noisy=noisy)))[0].drawing)
        for noisy in (False, True)
    ]
    assert [drawing.count("var(--accent)") for drawing in lines] == [1, 1]
    assert lines[1].count("<path") > lines[0].count("<path")


def test_a_note_is_words_alone() -> None:
    (picture,) = pictures_of(showing(curve={"kind": "note", "words": "No losses."}))
    assert (picture.words, picture.drawing) == ("No losses.", None)
    assert pictures_of(showing()) == []


SHAPES = PICTURES["shapes"]
IMAGES = PICTURES["feature_maps"]
CURVE = PICTURES["learning_curve"]
TABLE = PICTURES["confusion"]


@pytest.mark.parametrize(
    "evidence",
    [None, "<script>", 7, [], {}, {"kind": "<b>"}, {"kind": ["curve"]}, {"kind": None}]
    + [
        SHAPES | change
        for change in (
            {"expected": None},
            {"expected": [-1]},
            {"expected": [1.5]},
            {"expected": [NAN]},
            {"expected": [10**30]},
            {"expected": ["<b>"]},
            {"expected": [1] * 6},
            {"titles": ["<b>"]},
            {"titles": [7, 7]},
        )
    ]
    + [
        IMAGES | {"images": images}
        for images in (
            [],
            [{"name": "<b>", "rows": []}],
            [{"name": "a", "rows": ["00", "0000"]}],
            [{"name": "a", "rows": ["0"]}],
            [{"name": "a", "rows": [NAN]}],
            [{"name": "a", "rows": ["<b>"]}],
            [{"name": "a", "rows": ["00\n"]}],
            [{"name": "a", "rows": ["00" * 65]}],
            [{"name": "a", "rows": ["00"]}] * 10,
        )
    ]
    + [
        CURVE | change
        for change in (
            {"values": []},
            {"values": [1.0]},
            {"values": [1.0, NAN]},
            {"values": [1.0, 1e300]},
            {"values": ["<b>", 1.0]},
            {"values": [1.0] * 1001},
            {"span": [1.0, NAN]},
            {"span": [1.0]},
            {"noisy": "<b>"},
        )
    ]
    + [
        TABLE | change
        for change in (
            *({"numbers": numbers} for numbers in (None, 7, [], [[]], [[1.0]], [["1<b>"]])),
            {"row_names": ["1"]},
            {"column_names": ["1"] * 21},
        )
    ],
    ids=lambda evidence: repr(evidence)[-70:],
)
def test_hostile_evidence_leaves_the_page_without_that_picture(evidence: Any) -> None:
    assert pictures_of(showing(shown=evidence)) == []
    found = page(replace(COMPLETED, questions=(showing(shown=evidence),)))
    assert "<svg" not in found and "<b>" not in found and "<script" not in found


@pytest.mark.parametrize("kind", PICTURES)
def test_hostile_words_are_shown_as_nothing_but_text(kind: str) -> None:
    texts = {name: HOSTILE for name, value in PICTURES[kind].items() if isinstance(value, str)}
    hostile = PICTURES[kind] | texts | {"kind": PICTURES[kind]["kind"]}
    found = page(replace(COMPLETED, questions=(showing(shown=hostile),)))
    assert found.count("<svg") == 1 and "<script" not in found and "\x1b" not in found
    ElementTree.fromstring(found[found.index("<svg") : found.index("</svg>") + len("</svg>")])


def test_the_same_picture_in_two_questions_keeps_every_name_unique() -> None:
    questions = (showing("q5", **PICTURES), showing("q7", **PICTURES, again=PICTURES["shapes"]))
    names = re.findall(r' id="([^"]+)"', page(replace(COMPLETED, questions=questions)))
    assert len([name for name in names if name.endswith("-title") and "figure" in name]) == 8
    assert len(names) == len(set(names))

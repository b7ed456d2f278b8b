"""What checks record is what reports draw; what can't be drawn is left out, whatever it is."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from autograder.reports.pictures import pictures_of
from labkit import evidence
from tests.support.evidence import PICTURES, confusions, recorded
from tests.support.sample_grades import case, question

NAN, INFINITY = float("nan"), float("inf")
CURVE = {"title": "loss", "x": "step", "y": "loss"}
NAMED = {"title": "table", "rows": ("day", ["Monday"]), "columns": ("", ["rain", "wind"])}


def test_all_that_is_recorded_can_be_kept_as_json_and_drawn() -> None:
    assert json.loads(json.dumps(PICTURES, allow_nan=False)) == PICTURES
    for name, form in PICTURES.items():
        (picture,) = pictures_of(question("q1", replace(case("A check"), evidence={name: form})))
        assert picture.drawing and picture.words == form["words"]


def test_nothing_is_recorded_where_nobody_collects() -> None:
    evidence.show_curve("loss", [1.0, 2.0], "Falls.", **CURVE)
    evidence.show_note("loss", "Nothing.")


@pytest.mark.parametrize(
    "values",
    [
        None,
        7,
        [],
        [1.0],
        [1.0, NAN],
        [INFINITY, 1.0],
        [1.0, 1e300],
        ["a", "b"],
        [[1.0, 2.0]],
        [0] * 1001,
    ],
    ids=lambda values: repr(values)[:40],
)
def test_a_curve_of_no_numbers_is_left_out(values: Any) -> None:
    assert recorded(lambda: evidence.show_curve("loss", values, "Falls.", **CURVE)) == {}


@pytest.mark.parametrize(
    "numbers",
    [None, [], [[]], [[1.0]], [[1.0, 2.0, 3.0]], [[1.0, NAN]], [["a", "b"]], [[1.0, [2.0]]], "ab"],
    ids=repr,
)
def test_a_table_that_doesnt_fit_its_names_is_left_out(numbers: Any) -> None:
    assert recorded(lambda: evidence.show_table("table", numbers, "Wet.", **NAMED)) == {}


@pytest.mark.parametrize(
    "images",
    [
        *({}, {"a": None}, {"a": [1.0]}, {"a": [[NAN]]}, {"a": [[0.0] * 65]}, {"a": [["<b>"]]}),
        {str(number): [[0.0]] for number in range(10)},
    ],
    ids=lambda images: repr(images)[:40],
)
def test_images_that_are_none_are_left_out(images: Any) -> None:
    assert recorded(lambda: evidence.show_images("maps", images, "Grey.", title="maps")) == {}


def test_pixels_go_from_dark_to_bright() -> None:
    image = np.array([[-1.0, 0.0, 0.5], [1.0, 2.0, 0.2]])
    found = recorded(lambda: evidence.show_images("maps", {"a": image}, "Grey.", title="maps"))
    assert found["maps"]["images"] == [{"name": "a", "rows": ["000080", "ffff33"]}]


@pytest.mark.parametrize("sides", [[1] * 6, [10**6 + 1]])
def test_shapes_that_nobody_could_draw_are_left_out(sides: list[int]) -> None:
    shows: list[Callable[[], None]] = [
        lambda: evidence.show_shapes("shapes", sides, [1]),
        lambda: evidence.show_shapes("shapes", [1], sides),
    ]
    assert recorded(*shows) == {}


@pytest.mark.parametrize("value", [None, "7", NAN, [1.0], 1e300, 10**30])
def test_a_number_that_is_none_is_left_out(value: Any) -> None:
    assert recorded(lambda: evidence.show_number("error", value, title="Error")) == {}


def test_a_number_is_for_the_class_and_draws_nothing() -> None:
    found = confusions([[1.0, 0.0], [0.0, 1.0]])["accuracy"]
    assert found["value"] == 100.0
    shown = replace(case("A check"), evidence={"accuracy": found})
    assert pictures_of(question("q1", shown)) == []

"""What checks give to be drawn: shapes, maps and losses, and nothing that cannot be drawn."""

import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from cnnlab.checks import Case, CheckFailed, compare
from cnnlab.feedback.models import forward_failure
from cnnlab.feedback.pictures import (
    show_confusions,
    show_feature_maps,
    show_learning_curve,
    show_shapes,
)
from cnnlab.probes import Observation
from cnnlab.probes.pictures import LOSSES_LIMIT, feature_maps, learning_curve
from cnnlab.progress import LiveCurve
from torch import nn

from labkit.failures import NO_FAILURE
from labkit.notebook import progress
from labkit.run import running

DIGIT = torch.rand(28, 28, generator=torch.Generator().manual_seed(1))
NAN, INFINITY = float("nan"), float("inf")


@pytest.fixture
def shown() -> Iterator[dict[str, Any]]:
    """What has been shown; it must always be fit for a JSON file."""
    found: dict[str, Any] = {}
    with running(shown=found):
        yield found
    json.dumps(found, allow_nan=False)


@pytest.fixture(autouse=True)
def no_curve(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress.LiveCurve, "newest", None)


def diagnosed(value: torch.Tensor, expected: torch.Tensor) -> str:
    with pytest.raises(CheckFailed) as failure:
        compare("q5", "conv2d", lambda: value, [Case("an image", ())], [expected])
    return failure.value.diagnosis.text


def test_the_shapes_that_are_drawn_are_those_of_the_message(shown: dict[str, Any]):
    problem = diagnosed(torch.zeros(4, 7), torch.arange(6.0).reshape(2, 3))
    assert "4×7 where 2×3 is expected" in problem
    assert (shown["shapes"]["expected"], shown["shapes"]["got"]) == ([2, 3], [4, 7])
    assert shown["shapes"]["words"] == "Expected: 2×3. What came: 4×7."


def test_numbers_that_are_wrong_draw_no_shapes(shown: dict[str, Any]):
    expected = torch.arange(6.0).reshape(2, 3)
    assert diagnosed(expected + 1, expected)
    assert shown == {}


def test_what_fc_takes_and_what_it_gets_are_drawn(shown: dict[str, Any]):
    raised = "RuntimeError: mat1 and mat2 shapes cannot be multiplied (2x256 and 400x10)"
    failure = {**NO_FAILURE, "raised": raised, "types": ["RuntimeError"]}
    call = Observation(value=True, changed=[], printed="", **failure)
    seen = {"call": call, "raised": raised, "stage": "forward", "stored": 0}
    problem = forward_failure(seen | {"shapes": [], "trainable": []}, public=True)
    assert problem is not None and "the maps give fc 256 numbers" in problem.text
    assert "it takes 400" in problem.text
    assert (shown["shapes"]["expected"], shown["shapes"]["got"]) == ([400], [256])
    assert shown["shapes"]["words"] == "fc takes 400 in a row, and it gets 256 in a row."
    assert shown["shapes"]["titles"] == ["fc takes", "fc gets"]


@pytest.mark.parametrize("got", [(1,) * 6, (10**6 + 1,), (1 << 40, 2)])
def test_shapes_that_nobody_could_draw_are_left_out(got: tuple[int, ...], shown: dict[str, Any]):
    show_shapes(got, (2, 3))
    assert shown == {}


def test_the_maps_are_those_of_the_models_first_convolution(shown: dict[str, Any]):
    model = nn.Sequential(nn.Conv2d(1, 12, 3), nn.ReLU(), nn.Conv2d(12, 4, 5)).train()
    seen = feature_maps(model, DIGIT[None, None])
    maps = seen["value"]
    assert maps is not None and maps.shape == (8, 26, 26) and model.training
    show_feature_maps(DIGIT, seen)
    image, *drawn = shown["feature_maps"]["images"]
    grey = [pixel for each in drawn for row in each["rows"] for pixel in pixels(row)]
    assert (min(grey), max(grey), grey[int(maps.argmax())]) == (0, 255, 255)
    assert torch.tensor([pixels(row) for row in image["rows"]]).shape == (28, 28)
    assert [each["name"] for each in (image, drawn[0])] == ["digit", "map 1"]
    assert shown["feature_maps"]["words"].startswith(
        "A digit of 28×28 pixels, and what your own convolution makes of it: 8 maps of 26×26."
    )


def pixels(row: str) -> list[int]:
    return list(bytes.fromhex(row))


class Failing(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        raise SystemExit("gone")


class Broken(nn.Conv2d):
    """A convolution whose weights have become NaN."""

    def __init__(self) -> None:
        super().__init__(1, 2, 3)
        nn.init.constant_(self.weight, NAN)


@pytest.mark.parametrize(
    "model",
    [
        None,
        ...,
        7,
        nn.Conv2d,
        nn.Linear(28, 2),
        Failing(),
        Broken(),
        nn.Conv2d(1, 1, 1, padding=40),
    ],
    ids=repr,
)
def test_without_a_map_to_draw_there_is_none(model: Any, shown: dict[str, Any]):
    show_feature_maps(DIGIT, feature_maps(model, DIGIT[None, None]))
    assert shown == {}


@pytest.mark.parametrize(
    "maps",
    [
        None,
        "maps",
        [[1.0]],
        torch.full((2, 3, 3), NAN),
        torch.tensor([[-1e308, 1e308]], dtype=torch.float64),
        torch.tensor([[INFINITY, 0.0]]),
        torch.zeros(9, 3, 3),
        torch.zeros(1, 65, 3),
        torch.zeros(0, 3),
        torch.zeros(3),
        torch.zeros(2, 2, dtype=torch.complex64),
        torch.zeros(1).expand(1 << 40),
    ],
    ids=lambda maps: str(getattr(maps, "shape", maps)),
)
def test_hostile_maps_are_no_maps(maps: Any, shown: dict[str, Any]):
    show_feature_maps(DIGIT, {"value": maps})
    assert shown == {}


@pytest.mark.parametrize("seen", [None, [], {}, "value", ["value"]], ids=repr)
def test_what_is_no_observation_shows_no_maps(seen: Any, shown: dict[str, Any]):
    show_feature_maps(DIGIT, seen)
    assert shown == {}


def test_a_map_of_one_number_everywhere_is_dark(shown: dict[str, Any]):
    show_feature_maps(DIGIT, {"value": torch.ones(3, 4)})
    assert shown["feature_maps"]["images"][1]["rows"] == ["00000000"] * 3
    assert "a map of 3×4" in shown["feature_maps"]["words"]


def recorded(*losses: float) -> None:
    curve = LiveCurve(nn.CrossEntropyLoss())
    for loss in losses:
        curve.add(loss)


def test_the_losses_of_the_newest_curve_are_shown(shown: dict[str, Any]):
    recorded(9.0, 8.0)
    recorded(2.5, 1.25, 0.12345678)
    show_learning_curve(learning_curve(), None)
    curve = shown["learning_curve"]
    assert (curve["values"], curve["span"]) == ([2.5, 1.25, 0.1235], [1, 3])
    assert "over 3 batches: from 2.50 to 0.12" in curve["words"]


@pytest.mark.parametrize("last", [NAN, INFINITY, -1e30])
def test_the_curve_ends_where_training_came_apart(last: float, shown: dict[str, Any]):
    recorded(2.5, 3.0, last, 1.0)
    show_learning_curve(learning_curve(), None)
    curve = shown["learning_curve"]
    assert (curve["values"], curve["span"]) == ([2.5, 3.0], [1, 2])
    assert "came apart" in curve["words"] and "learning rate" in curve["words"]


def test_a_long_training_is_thinned_out(shown: dict[str, Any]):
    recorded(*(float(number) for number in range(1001)))
    show_learning_curve(learning_curve(), None)
    curve = shown["learning_curve"]
    assert curve["span"] == [1, 1001] and len(curve["values"]) <= LOSSES_LIMIT
    assert curve["values"][:2] == [0.0, 3.0]


def test_a_training_without_losses_has_no_curve(shown: dict[str, Any]):
    show_learning_curve(learning_curve(), ...)
    recorded(2.0)
    show_learning_curve(learning_curve(), None)
    assert shown == {}


def test_where_a_model_is_there_but_no_losses_the_page_says_how_to_record_some(
    shown: dict[str, Any],
):
    show_learning_curve(learning_curve(), nn.Linear(1, 1))
    assert shown["learning_curve"]["kind"] == "note"
    assert "the notebook recorded no losses" in shown["learning_curve"]["words"]


def test_the_words_name_the_commonest_mistakes(shown: dict[str, Any]):
    counts = [[90.0 * (row == column) for column in range(10)] for row in range(10)]
    counts[4][9], counts[7][2] = 12.0, 3.0
    show_confusions(counts)
    words = shown["confusion"]["words"]
    assert "98.36 % of the changed test digits rightly" in words
    assert "(of 915 digits): 4 read as 9 (12 times), 7 read as 2 (3 times)." in words
    assert shown["accuracy"]["value"] == pytest.approx(100 * 900 / 915)


@pytest.mark.parametrize("losses", [None, 7, ["a"], [[1.0]], {1: 2}], ids=repr)
def test_a_curve_that_was_replaced_is_none(
    losses: Any, shown: dict[str, Any], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(LiveCurve, "newest", SimpleNamespace(losses=losses))
    assert type(learning_curve()) is dict
    show_learning_curve(learning_curve(), None)
    assert shown == {}


@pytest.mark.parametrize(
    "seen",
    [
        None,
        [],
        {},
        {"losses": [1.0, NAN], "batches": 2, "broken": False},
        {"losses": [1.0, 1e300], "batches": 2, "broken": False},
        {"losses": [1.0, 2], "batches": 2, "broken": False},
        {"losses": [1.0, "2"], "batches": 2, "broken": False},
        {"losses": [1.0] * (LOSSES_LIMIT + 1), "batches": 10**4, "broken": False},
        {"losses": [1.0, 2.0], "batches": 10**30, "broken": False},
        {"losses": [1.0, 2.0], "batches": 1, "broken": False},
        {"losses": [1.0, 2.0], "batches": 2, "broken": "<b>"},
    ],
    ids=lambda seen: repr(seen)[:60],
)
def test_hostile_losses_are_no_curve(seen: Any, shown: dict[str, Any]):
    show_learning_curve(seen, ...)
    assert shown == {}

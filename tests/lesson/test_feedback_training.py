"""Feedback on networks, training, scores and confusions: one observation in, one sentence out."""

import math

import pytest
import torch
from cnnlab.feedback import model_scores, models, observed, scores


def test_a_batch_left_on_another_device_is_named():
    assert observed.moves_problem({"images": ["meta"], "labels": ["meta"]}, "q10") is None
    labels = observed.moves_problem({"images": ["meta"], "labels": ["cpu"]}, "q10")
    images = observed.moves_problem({"images": ["cpu", "meta"]}, "q11")
    assert [each.causes for each in (labels, images) if each] == [
        ("labels_not_moved",),
        ("images_not_moved",),
    ]


@pytest.mark.parametrize("seen", [None, 3, [], {}, {"raised": 1}, {"modes": [1, None]}])
def test_a_record_that_is_none_is_no_fault_of_the_check(seen):
    for problem in (
        models.layers_problem(seen),
        model_scores.rows_problem(seen, 5),
        model_scores.device_problem(seen),
        scores.scores_symptom(seen, 5, "q12", "model"),
        scores.budget_symptom(seen, 5),
        observed.moves_problem(seen, "q10"),
    ):
        assert problem


@pytest.mark.parametrize("reported", [None, ..., "97", math.nan, -3, 101, [97], True])
def test_a_report_that_is_no_percentage_is_refused(reported):
    assert scores.reported_symptom(reported)


def test_scores_must_be_ten_finite_numbers_for_each_image():
    good = {"raised": "", "count": 3, "shape": [3, 10], "scores": torch.zeros(3, 10)}
    assert scores.scores_symptom(good, 3, "q12", "model") is None
    for strange in (
        *(torch.zeros(2, 10), torch.zeros(3, 9), torch.zeros(3, 10).double()),
        *(torch.full((3, 10), math.nan), None),
    ):
        assert scores.scores_symptom(good | {"scores": strange}, 3, "q12", "model")


def test_a_hidden_check_tells_of_an_exception_only_its_type():
    seen = {"raised": "ValueError: 12345", "count": 3, "shape": None, "scores": None}
    hidden = scores.scores_symptom(seen, 3, "q12", "model", public=False)
    assert hidden and "ValueError" in hidden.text and "12345" not in hidden.text
    own = seen | {"raised": "Eleven: 12345"}
    told = scores.scores_symptom(own, 3, "q12", "model", public=False)
    assert told and "Eleven" not in told.text


@pytest.mark.parametrize("count", [-5, True, 10**18, "5", None])
def test_a_count_that_cannot_be_is_not_believed(count):
    found = {"module": True, "parameters": 90, "buffers": 0, "hidden": 0}
    for name in ("parameters", "buffers", "hidden"):
        assert scores.numbers_stored(found | {name: count}) is None
        assert scores.budget_symptom(found | {name: count}, 5258)


def test_the_budget_counts_whatever_a_model_stores():
    model = {"module": True, "parameters": 90, "buffers": 8, "hidden": 5}
    assert scores.budget_symptom(model, 103) is None
    over = scores.budget_symptom(model, 100)
    assert over and "budget exceeded by 3" in over.text

"""Feedback on networks, training, scores and confusions: one observation in, one sentence out."""

import math

import pytest
import torch
from cnnlab.feedback import models, observed, scores


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
        models.rows_problem(seen, 5),
        models.device_problem(seen),
        scores.scores_problem(seen, 5),
        scores.budget_problem(seen, 5),
        observed.moves_problem(seen, "q10"),
    ):
        assert problem


def test_a_claim_far_from_the_measurement_is_told_both_numbers():
    message = scores.claim_problem(99.9, 97.41, 2.0)
    assert "you reported 99.90 %; your model scores 97.41 %" in message
    assert scores.claim_problem(97.9, 97.41, 2.0) is None


@pytest.mark.parametrize("reported", [None, ..., "97", math.nan, 0.97, -3, 101, [97], True])
def test_a_report_that_is_no_percentage_is_refused(reported):
    assert scores.claim_problem(reported, 97.0, 2.0)


def test_scores_must_be_ten_finite_numbers_for_each_image():
    good = {"raised": "", "count": 3, "shape": [3, 10], "scores": torch.zeros(3, 10)}
    assert scores.scores_problem(good, 3) is None
    assert "NaN" in scores.scores_problem(good | {"scores": torch.full((3, 10), math.nan)}, 3)
    for strange in (torch.zeros(2, 10), torch.zeros(3, 9), torch.zeros(3, 10).double(), None):
        assert scores.scores_problem(good | {"scores": strange}, 3)


def test_an_input_on_which_the_model_does_much_better_is_the_cause():
    assert scores.causes({"transposed": 96.0, "unit": 30.0}, 30.0) == [
        scores.OTHER_INPUTS["transposed"]
    ]
    assert scores.causes({"transposed": 20.0, "unit": 94.5}, 94.0) == []


def test_the_budget_counts_whatever_a_model_stores():
    model = {"module": True, "parameters": 90, "buffers": 8, "hidden": 5}
    assert scores.budget_problem(model, 103) is None
    assert "budget exceeded by 3" in scores.budget_problem(model, 100)

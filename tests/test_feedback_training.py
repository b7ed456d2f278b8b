"""Feedback on networks, training, scores and confusions: one observation in, one sentence out."""

import math

import pytest
import torch
from cnnlab.feedback import confusion, evaluation, models, observed, scores, training

RECORD = {
    "raised": "",
    "printed": "",
    "value": 2.0,
    "weights": [torch.ones(2, dtype=torch.float64)],
    "mode": True,
    "modes": [True, True],
    "tracked": [True, True],
    "same_images": [True, True],
    "same_labels": [True, True],
    "same_scores": [True, True],
    "shares": [False, False],
    "losses": [3.0, 1.0],
    "sizes": [2, 2],
    "batches": 2,
    "loops": 1,
    "steps": ["batch", "batch"],
    "rates": [0.1, 0.1],
}
LOOK = {
    "raised": "",
    "printed": "",
    "value": 75.0,
    "batches": 2,
    "modes": [False, False],
    "tracked": [False, False],
    "same_images": [True, True],
    "changed": False,
    "mode": True,
}


def test_a_right_loop_has_no_problem():
    assert training.loop_problem(RECORD, 2) is None
    assert training.weights_problem(RECORD, RECORD["weights"], 2) is None
    assert training.loss_problem(RECORD, 2.0) is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"modes": []}, "was never used"),
        ({"batches": 0}, "was never read"),
        ({"modes": [True, False]}, "evaluation mode"),
        ({"tracked": [False, False]}, "switched off"),
        ({"same_images": [True, False]}, "as the loader gave them"),
        ({"losses": []}, "`criterion`"),
        ({"shares": [True, True]}, "softmax"),
        ({"same_labels": [True, False]}, "one-hot"),
        ({"steps": []}, "never took a step"),
        ({"batches": 1}, "the loop ends early"),
        ({"loops": 2}, "more than once"),
        ({"steps": ["batch"]}, "one step of the optimizer"),
        ({"steps": ["batch", "none"]}, "no gradients"),
        ({"steps": ["batch", "sum"]}, "zero_grad"),
        ({"steps": ["changed", "batch"]}, "clipped"),
        ({"rates": [0.1, 0.2]}, "learning rate"),
        ({"mode": False}, "leave it in training mode"),
        ({"raised": "NameError: name 'net' is not defined"}, "not names from outside"),
        ({"raised": "nothing to call: None"}, "is not there yet"),
        ({"raised": "ValueError: no"}, "stopped with an error: ValueError: no"),
    ],
)
def test_a_record_of_a_wrong_loop_names_the_cause(change, words):
    message = training.loop_problem(RECORD | change, 2)
    assert message is not None
    assert message.startswith("q10: ")
    assert words in message


def test_a_record_that_looks_right_does_not_excuse_wrong_parameters():
    message = training.weights_problem(RECORD, [torch.zeros(2, dtype=torch.float64)], 2)
    assert "not those of a right loop" in message


def test_parameters_of_nan_are_never_right():
    nan = [torch.full((2,), math.nan, dtype=torch.float64)]
    assert training.weights_problem(RECORD | {"weights": nan}, nan, 2) is not None


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (1.0, "last batch's alone"),
        (3.0, "first batch's alone"),
        (4.0, "not divided by anything"),
        (8.0, "not divided by their number"),
        (torch.tensor(2.0), "`.item()`"),
        (None, "`return`"),
        (math.nan, "no finite number"),
        ("2.0", "text"),
        (True, "True or False"),
        ([2.0], "a list"),
    ],
)
def test_a_wrong_loss_is_named(value, words):
    assert words in training.loss_problem(RECORD | {"value": value}, 2.0)


@pytest.mark.parametrize("seen", [None, 3, [], {}, {"raised": 1}, RECORD | {"modes": [1, None]}])
def test_a_record_that_is_none_is_no_fault_of_the_check(seen):
    for problem in (
        training.loop_problem(seen, 2),
        training.weights_problem(seen, [], 2),
        training.loss_problem(seen, 1.0),
        evaluation.evaluation_problem(seen, 1.0, {}),
        evaluation.left_behind_problem(seen, True),
        models.layers_problem(seen),
        models.rows_problem(seen, 5),
        models.device_problem(seen),
        scores.scores_problem(seen, 5),
        scores.budget_problem(seen, 5),
        observed.moves_problem(seen, "q10"),
        confusion.pair_problem(seen, torch.eye(3)),
    ):
        assert problem


def test_a_right_evaluation_has_no_problem():
    assert evaluation.evaluation_problem(LOOK, 75.0, {}) is None
    assert evaluation.left_behind_problem(LOOK, True) is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"modes": [True, True]}, "dropout was on"),
        ({"tracked": [True, True]}, "torch.no_grad"),
        ({"changed": True}, "it must only look"),
        ({"batches": 0}, "never read"),
        ({"modes": []}, "never used"),
        ({"same_images": [False, True]}, "as the loader gave them"),
    ],
)
def test_a_right_accuracy_does_not_excuse_a_wrong_way(change, words):
    assert words in evaluation.evaluation_problem(LOOK | change, 75.0, {})


def test_the_mode_must_come_back_both_ways():
    assert "training mode and left in evaluation" in evaluation.left_behind_problem(
        LOOK | {"mode": False}, True
    )
    assert "evaluation mode and left in training" in evaluation.left_behind_problem(LOOK, False)


def test_accuracy_mistakes_are_told_apart_on_uneven_batches():
    labels = torch.tensor([0, 1, 2, 3, 4, 5, 6])
    answers = torch.tensor([0, 1, 2, 3, 0, 5, 0])
    wrong = evaluation.accuracy_mistakes(torch.nn.functional.one_hot(answers, 10), labels, 4)
    for value, words in ((5 / 7, "fraction"), (5.0, "number of right"), (100 * 4 / 6, "mean of")):
        named = [sentence for sentence, number in wrong.items() if math.isclose(number, value)]
        assert any(words in sentence for sentence in named)
    assert not any(math.isclose(number, 100 * 5 / 7) for number in wrong.values())


def test_a_batch_left_on_another_device_is_named():
    assert observed.moves_problem({"images": ["meta"], "labels": ["meta"]}, "q10") is None
    assert "labels were not moved" in observed.moves_problem(
        {"images": ["meta"], "labels": ["cpu"]}, "q10"
    )
    assert "images were not moved" in observed.moves_problem({"images": ["cpu", "meta"]}, "q11")


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


def test_any_of_tied_pairs_is_right_and_the_diagonal_never():
    matrix = torch.tensor([[90, 4, 0], [4, 80, 1], [0, 2, 70]])
    for pair in ((0, 1), (1, 0), [0, 1], torch.tensor([1, 0])):
        assert confusion.pair_problem({"value": pair}, matrix) is None
    assert "diagonal" in confusion.pair_problem({"value": (0, 0)}, matrix)
    matrix[2, 1] = 9
    assert "wrong order" in confusion.pair_problem({"value": (1, 2)}, matrix)


@pytest.mark.parametrize("value", [None, 3, "49", (1,), (1, 2, 3), (1.5, 2), (math.nan, 1), (9, 9)])
def test_what_is_no_pair_is_refused_with_words(value):
    assert confusion.pair_problem({"value": value}, torch.ones(3, 3))

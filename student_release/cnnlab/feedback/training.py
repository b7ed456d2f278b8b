"""What is wrong with a training loop (q10), from the record of one epoch.

Numbers decide: the parameters and the loss that a right loop ends with come from the check. The
record of `cnnlab.probes.training` tells why they were missed.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch

from cnnlab.feedback.compare import agrees
from cnnlab.feedback.observed import CALL, Fields, Seen, call_failure, number_problem

EXACT = 1e-9
"""Tolerance for parameters, which are computed in float64."""
SUMMED = 1e-5
"""Tolerance for the loss, which may have been summed up in float32."""

FIELDS: Fields = {
    **CALL,
    "weights": [torch.Tensor],
    "mode": bool,
    "modes": [bool],
    "tracked": [bool],
    "same_images": [bool],
    "same_labels": [bool],
    "same_scores": [bool],
    "shares": [bool],
    "losses": [float],
    "sizes": [int],
    "batches": int,
    "loops": int,
    "steps": [str],
    "rates": [float],
}


def loop_problem(seen: Any, batches: int) -> str | None:
    """What the record of one epoch over `batches` batches shows that cannot be right (q10)."""
    failure = call_failure(seen, "q10", "train_one_epoch", FIELDS)
    if failure:
        return failure
    for wrong, sentence in _loop_checks(batches):
        if wrong(seen):
            return f"q10: {sentence}"
    return None


def _loop_checks(batches: int) -> Sequence[tuple[Callable[[Seen], bool], str]]:
    """Signs of known mistakes, the first cause first: what to look for, and what to say."""
    return (
        (
            lambda seen: seen["value"] is None and not seen["batches"] and not seen["modes"],
            "train_one_epoch does nothing yet: write it in the answer cell and run that cell.",
        ),
        (
            lambda seen: not seen["modes"],
            "the `model` that the function was given was never used. Is a global model trained"
            " instead?",
        ),
        (
            lambda seen: not seen["batches"],
            "the `loader` that the function was given was never read.",
        ),
        (
            lambda seen: not all(seen["modes"]),
            "the model was trained in evaluation mode, in which dropout is off. It is handed over"
            " in that mode: switch to training mode first.",
        ),
        (
            lambda seen: not all(seen["tracked"]),
            "gradients were switched off (`torch.no_grad`) while the model computed: nothing can"
            " be learned then.",
        ),
        (
            lambda seen: not all(seen["same_images"]),
            "the model did not get the images as the loader gave them (flattened, rescaled or"
            " otherwise changed).",
        ),
        (
            lambda seen: not seen["losses"],
            "the loss was not computed with the `criterion` that the function was given.",
        ),
        (
            lambda seen: bool(seen["shares"]) and all(seen["shares"]),
            "softmax was applied before the loss. `criterion` (cross-entropy) wants the raw"
            " scores: it contains the softmax.",
        ),
        (
            lambda seen: not all(seen["same_labels"]),
            "`criterion` did not get the labels as the loader gave them: whole numbers 0 to 9 in"
            " the order of the images, not one-hot, not shuffled.",
        ),
        (
            lambda seen: not seen["steps"],
            "the `optimizer` that the function was given never took a step. Is the step missing,"
            " or is a new optimizer made inside (which forgets its momentum)?",
        ),
        (
            lambda seen: seen["batches"] < batches,
            "not every batch was used: the loop ends early. Is a `return` or `break` indented too"
            " far?",
        ),
        (lambda seen: seen["loops"] > 1, "the loader was read more than once: one epoch is one."),
        (
            lambda seen: len(seen["steps"]) != batches,
            "there must be one step of the optimizer for each batch, no more and no fewer.",
        ),
        (
            lambda seen: "none" in seen["steps"],
            "at a step of the optimizer there were no gradients. Was `backward` left out, or were"
            " they cleared between `backward` and the step?",
        ),
        (
            lambda seen: "sum" in seen["steps"],
            "gradients of earlier batches were still there at a step: they add up unless"
            " `zero_grad` clears them before each batch.",
        ),
        (
            lambda seen: "changed" in seen["steps"],
            "the gradients were changed (clipped or scaled) between `backward` and the step.",
        ),
        (
            lambda seen: len(set(seen["rates"])) > 1,
            "the learning rate was changed inside the loop: that is the caller's business.",
        ),
        (
            lambda seen: not seen["mode"],
            "the model came back in evaluation mode: leave it in training mode.",
        ),
    )


def weights_problem(seen: Any, expected: Sequence[torch.Tensor], batches: int) -> str | None:
    """Are the parameters those of a right epoch (q10)? If not, why."""
    failure = call_failure(seen, "q10", "train_one_epoch", FIELDS)
    if failure:
        return failure
    got = seen["weights"]
    if isinstance(got, list) and len(got) == len(expected):
        pairs = zip(got, expected, strict=True)
        if all(agrees(one, right, EXACT) for one, right in pairs):
            return None
    known = loop_problem(seen, batches)
    if known:
        return known
    if not all(seen["same_scores"]):
        return "q10: `criterion` did not get the model's scores as they are: they were changed."
    return (
        "q10: the parameters after the epoch are not those of a right loop. For each batch: clear"
        " the gradients, compute the loss, go backward, take one step."
    )


def loss_type_problem(seen: Any) -> str | None:
    """Is the returned loss a finite number (q10)?"""
    failure = call_failure(seen, "q10", "train_one_epoch", FIELDS)
    return failure or number_problem(seen, "q10", "train_one_epoch", "the mean loss")


def loss_problem(seen: Any, expected: float) -> str | None:
    """Is the returned loss the mean over all samples, `expected` (q10)? If not, which is it."""
    problem = loss_type_problem(seen)
    if problem:
        return problem
    if agrees(float(seen["value"]), expected, SUMMED):
        return None
    for sentence, wrong in loss_mistakes(seen["losses"], seen["sizes"]).items():
        if agrees(float(seen["value"]), wrong, SUMMED):
            return f"q10: the returned loss is not the mean per sample: {sentence}."
    return (
        "q10: the returned loss is not the mean loss per sample of this epoch: each batch's mean"
        " counts as often as the batch has images."
    )


def loss_mistakes(losses: Sequence[float], sizes: Sequence[int]) -> dict[str, float]:
    """What known mistakes return, from each batch's mean loss and number of images."""
    if not losses or len(losses) != len(sizes):
        return {}
    mean, count = np.asarray(losses, dtype=float), np.asarray(sizes, dtype=float)
    return {
        "it is the last batch's alone": float(mean[-1]),
        "it is the first batch's alone": float(mean[0]),
        "it is the sum of the batches' means, not divided by anything": float(mean.sum()),
        "it is the sum over all samples, not divided by their number": float(mean @ count),
        "it is the mean of the batches' means, in which the images of a small last batch count"
        " more than others": float(mean.mean()),
        "the sum of the batches' means is divided by the number of samples; multiply each mean by"
        " its batch's size first": float(mean.sum() / count.sum()),
        "the sum over all samples is divided by the number of batches": float(
            mean @ count / len(mean)
        ),
        "it is the largest of the batches' means": float(mean.max()),
        "it is the smallest of the batches' means": float(mean.min()),
    }

"""What is wrong with a trained model, from its scores on test images: q12 and q18.

A model is judged by its scores on perturbed images alone; how it was trained is its own business.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from cnnlab.feedback.observed import sound
from cnnlab.feedback.values import as_float64, in_words, kind
from cnnlab.probes import NOTHING_TO_CALL
from cnnlab.sampling import DigitSample, accuracy_of

FIELDS = {"raised": str, "count": int}
LEARNED = 90.0
"""Percent; a network that trained on a few thousand digits is above this."""
CHANCE = 20.0


def scores_problem(seen: Any, count: int, question: str = "q12", name: str = "model") -> str | None:
    """Did the model give ten finite scores for each of `count` images?"""
    if not sound(seen, FIELDS):
        return f"{question}: {name} could not be observed."
    if seen["raised"].startswith(NOTHING_TO_CALL):
        return (
            f"{question}: {name} is not there yet. Train it in the answer cell and run that cell."
        )
    if seen["raised"]:
        return (
            f"{question}: {name} stopped on a batch of shape B×1×28×28 with an error:"
            f" {seen['raised']}"
        )
    table, got = seen.get("scores"), seen.get("shape")
    if not isinstance(table, Tensor):
        words = in_words(got) if isinstance(got, list) and all(map(_small, got)) else "unknown"
        return (
            f"{question}: {name} gave a result of shape {words} for {seen['count']} images; a row"
            " of ten scores for each image is expected."
        )
    if tuple(table.shape) != (count, 10) or table.dtype != torch.float32:
        return (
            f"{question}: {name} gave {kind(table)} for {count} images; a row of ten scores for"
            " each image is expected."
        )
    if not bool(torch.isfinite(table).all()):
        return (
            f"{question}: some scores of {name} are NaN or infinite: the training diverged. Is the"
            " learning rate too high?"
        )
    return None


def _small(side: Any) -> bool:
    return type(side) is int and 0 <= side < 10**9


def learned_problem(accuracy: float, name: str = "q12: model") -> str | None:
    """Did the model learn at all?"""
    if accuracy < CHANCE:
        return (
            f"{name} is right on {accuracy:.1f} % of the test digits, about what guessing gives."
            " Was it trained in this notebook, and is this the trained model? (Restart and run"
            " all: an early error leaves the model of before.)"
        )
    if accuracy < LEARNED:
        return f"{name} is right on {accuracy:.1f} % of the test digits: it learned too little."
    return None


def threshold_problem(accuracy: float, threshold: float, causes: Sequence[str]) -> str | None:
    """Does the accuracy reach the threshold (q12)? If not, with the causes that were found."""
    if accuracy >= threshold:
        return None
    start = f"q12: your model scores {accuracy:.2f} %, and {threshold:.1f} % are asked for."
    if causes:
        return f"{start} {' '.join(causes)}"
    if accuracy < CHANCE:
        return f"{start} That is about what guessing gives: was the model trained at all?"
    return (
        f"{start} Usual causes: too few images or steps (one epoch over 1,000 images, or a single"
        " batch), a learning rate far from the recipe's, no schedule, gradients that are not"
        " cleared, images that are not normalised as `data.tensors` does it."
    )


def causes(accuracies: Mapping[str, float], measured: float) -> list[str]:
    """Sentences for what a model was trained on instead, where it does much better on that.

    Args:
        accuracies: of some `OTHER_INPUTS` (and `shifted_accuracies`), in percent.
        measured: on the test images as they are.
    """
    return [
        OTHER_INPUTS[name]
        for name, accuracy in accuracies.items()
        if name in OTHER_INPUTS and accuracy > max(measured + 2, LEARNED)
    ]


OTHER_INPUTS: Mapping[str, str] = {
    "transposed": "It does much better on transposed digits: were rows and columns of the images"
    " swapped in training?",
    "inverted": "It does much better on inverted digits: were black and white swapped in training?",
    "unit": "It does much better on pixels from 0 to 1: it was trained on images that were not"
    " normalised (mean 0.1307, standard deviation 0.3081).",
    "grey": "It does much better on pixels from 0 to 255: it was trained on raw images.",
    "label + 1": "Its answers are one too high: were the labels off by one in training?",
    "label - 1": "Its answers are one too low: were the labels off by one in training?",
}


def shifted_accuracies(table: Tensor, digits: DigitSample) -> dict[str, float]:
    """The accuracy if every answer were one lower or higher."""
    return {
        "label + 1": accuracy_of(table, replace(digits, labels=(digits.labels + 1) % 10)),
        "label - 1": accuracy_of(table, replace(digits, labels=(digits.labels - 1) % 10)),
    }


def reported_problem(reported: Any) -> str | None:
    """Is `reported_accuracy` a percentage?"""
    if reported is None or reported is Ellipsis:
        return "q12: reported_accuracy is not there yet: the accuracy on your validation images."
    number = as_float64(reported)
    if number is None or number.numel() != 1 or isinstance(reported, bool):
        return f"q12: reported_accuracy is {kind(reported)}, not a number of percent."
    value = float(number)
    if not 0 <= value <= 100:
        return "q12: reported_accuracy is not between 0 and 100 percent."
    if 0 < value <= 1:
        return f"q12: reported_accuracy is {value:.4g}: is it a fraction? Give it in percent."
    return None


def claim_problem(reported: Any, measured: float, tolerance: float) -> str | None:
    """Is the reported accuracy within `tolerance` points of the measured one?"""
    problem = reported_problem(reported)
    if problem:
        return problem
    number = as_float64(reported)
    claimed = float("nan") if number is None else float(number.reshape(()))
    if abs(claimed - measured) <= tolerance:
        return None
    too_high = (
        "A claim that is too high comes from a number typed in, from measuring on training images,"
        " or from an `evaluate` that is not right yet (`fitting.accuracy` measures as well)."
    )
    too_low = (
        "A claim that is too low comes from measuring before training was over, with dropout still"
        " on, or on few images."
    )
    return (
        f"q12: you reported {claimed:.2f} %; your model scores {measured:.2f} %. Up to"
        f" {tolerance:.1f} points may be chance. {too_high if claimed > measured else too_low}"
    )


def budget_problem(found: Any, budget: int) -> str | None:
    """Does the model store at most `budget` numbers, wherever it keeps them (q18)?"""
    fields = {"module": bool, "parameters": int, "buffers": int, "hidden": int}
    if not sound(found, fields):
        return "q18: best_model could not be observed."
    if not found["module"]:
        return "q18: best_model is not there yet, or is no nn.Module."
    if not found["parameters"]:
        return "q18: best_model has no parameters, so nothing in it was learned."
    total = found["parameters"] + found["buffers"] + found["hidden"]
    if total <= budget:
        return None
    parts = f"{found['parameters']:,} in parameters"
    if found["buffers"]:
        parts += f", {found['buffers']:,} in buffers (running means, for example)"
    if found["hidden"]:
        parts += f", {found['hidden']:,} in tensors that are no parameters"
    return (
        f"q18: budget exceeded by {total - budget:,}: best_model stores {total:,} numbers"
        f" ({parts})."
    )


def leaderboard_problem(accuracy: float, threshold: float) -> str | None:
    """Is the accuracy of `best_model` enough for the leaderboard (q18)?"""
    if accuracy >= threshold:
        return None
    return (
        f"q18: best_model scores {accuracy:.2f} %, and the leaderboard starts at {threshold:.1f} %."
        " More images, more epochs or another learning rate get further with the same network."
    )


def notes_problem(notes: Any) -> str | None:
    """Are there notes on the filters (q18)? A person reads them; here they need only be text."""
    if type(notes) is not str:
        return "q18: filter_notes is not there yet: two sentences of text about the filters."
    return None if notes.strip() else "q18: filter_notes is empty: write two sentences."

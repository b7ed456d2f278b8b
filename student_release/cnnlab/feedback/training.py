"""What is wrong with a training loop (q10): numbers decide, the record of one epoch explains.

The parameters that a right loop ends with come from the check.
"""

from collections.abc import Callable, Sequence
from typing import Any

import torch

from cnnlab.feedback.calls import failed_call, is_observation, with_print
from cnnlab.feedback.compare import agrees
from cnnlab.feedback.epochs import Epoch
from cnnlab.feedback.observed import Fields, Seen, sound
from labkit.diagnosis import Cause, Diagnosis, caused, sentence

QUESTION, NAME = "q10", "train_one_epoch"
EXACT = 1e-9
"""Tolerance for parameters, which are computed in float64."""
SINGLE = 1e-5
"""Tolerance for parameters where the images were made float32."""

FIELDS: Fields = {
    "call": dict,
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

Sign = tuple[Cause, Callable[[Seen, int, int], bool]]
"""A mistake, and how the record of an epoch over so many batches and images shows it."""


def epoch_problem(seen: Any, epoch: Epoch, batches: int, public: bool = False) -> Diagnosis | None:
    """Are the parameters those of a right epoch, and is the model left in training mode?"""
    unusable = failure(seen, public)
    if unusable:
        return unusable
    got, expected = seen["weights"], epoch.weights
    right = len(got) == len(expected) and all(
        agrees(one, correct, SINGLE) for one, correct in zip(got, expected, strict=True)
    )
    if right and seen["mode"]:
        return None
    cause = left_in_evaluation if right else first_sign(seen, batches, len(epoch.case.labels))
    if cause:
        diagnosis = caused(QUESTION, cause)
    else:
        text = (
            "the parameters after the epoch are not those of a right loop. For each batch: clear"
            " the gradients, compute the loss, go backward, take one step"
        )
        diagnosis = Diagnosis(sentence(QUESTION, text), symptom="parameters")
    return with_print(diagnosis, seen["call"]) if public else diagnosis


TOGETHER = (
    ("modes", "tracked", "same_images"),
    ("losses", "sizes", "same_labels", "same_scores", "shares"),
    ("steps", "rates"),
)
"""Lists with one entry each for the same events."""


def _aligned(seen: Seen) -> bool:
    return all(len({len(seen[name]) for name in names}) == 1 for names in TOGETHER)


def failure(seen: Any, public: bool) -> Diagnosis | None:
    """Why the record of an epoch says nothing about the loop; None if it does."""
    if not sound(seen, FIELDS) or not is_observation(seen["call"]) or not _aligned(seen):
        text = sentence(QUESTION, f"{NAME} could not be observed")
        return Diagnosis(text, symptom="unreadable")
    failed = failed_call(QUESTION, NAME, seen["call"], public)
    if failed:
        return failed
    if seen["call"]["value"] is None and not seen["batches"] and not seen["modes"]:
        text = f"{NAME} does nothing yet: write it in the answer cell and run that cell"
        return Diagnosis(sentence(QUESTION, text), symptom="missing")
    return None


def first_sign(seen: Seen, batches: int, images: int) -> Cause | None:
    """The mistake that comes first on the way from the loader to the step, if one shows."""
    return next((cause for cause, shows in _SIGNS if shows(seen, batches, images)), None)


def _learning_modes(seen: Seen) -> list[bool]:
    """The mode in each forward pass from which something could be learned."""
    pairs = zip(seen["modes"], seen["tracked"], strict=False)
    return [mode for mode, tracked in pairs if tracked]


def _all_softmax(seen: Seen) -> bool:
    return bool(seen["shares"]) and all(seen["shares"]) and not any(seen["same_scores"])


left_in_evaluation = Cause(
    "left_in_evaluation", "the model came back in evaluation mode: leave it in training mode"
)

_SIGNS: Sequence[Sign] = (
    (
        Cause(
            "model_unused",
            "the `model` that the function was given was never used. Is a global model trained"
            " instead?",
        ),
        lambda seen, _, __: not seen["modes"],
    ),
    (
        Cause(
            "loader_unread",
            "the `loader` that the function was given was never read. Is a global one read?",
        ),
        lambda seen, _, __: not seen["batches"],
    ),
    (
        Cause(
            "gradients_off",
            "gradients were switched off (`torch.no_grad`) while the model computed: nothing can"
            " be learned then",
        ),
        lambda seen, _, __: not any(seen["tracked"]),
    ),
    (
        Cause(
            "evaluation_mode",
            "the model was trained in evaluation mode, in which dropout is off. It is handed over"
            " in that mode: switch to training mode first",
        ),
        lambda seen, _, __: not all(_learning_modes(seen)),
    ),
    (
        Cause(
            "images_changed",
            "the model did not get the images as the loader gave them: they were rescaled or"
            " otherwise changed",
        ),
        lambda seen, _, __: not all(seen["same_images"]),
    ),
    (
        Cause(
            "own_loss",
            "the loss was not computed with the `criterion` that the function was given",
        ),
        lambda seen, _, __: not seen["losses"],
    ),
    (
        Cause(
            "softmax_before_loss",
            "softmax was applied before the loss. `criterion` (cross-entropy) wants the raw scores:"
            " it contains the softmax",
        ),
        lambda seen, _, __: _all_softmax(seen),
    ),
    (
        Cause(
            "labels_changed",
            "`criterion` did not get the labels as the loader gave them: whole numbers 0 to 9 in"
            " the order of the images, not one-hot, not shuffled",
        ),
        lambda seen, _, __: not all(seen["same_labels"]),
    ),
    (
        Cause(
            "scores_changed",
            "`criterion` did not get the model's scores as they are: they were changed",
        ),
        lambda seen, _, __: not all(seen["same_scores"]),
    ),
    (
        Cause(
            "no_step",
            "the `optimizer` that the function was given never took a step. Is the step missing, or"
            " is a new optimizer made inside (which forgets its momentum)?",
        ),
        lambda seen, _, __: not seen["steps"],
    ),
    (
        Cause(
            "batches_left_out",
            "not every batch was used: the loop ends early. Is a `return` or `break` indented too"
            " far?",
        ),
        lambda seen, _, images: sum(seen["sizes"]) < images,
    ),
    (
        Cause(
            "no_gradients",
            "at a step of the optimizer there were no gradients. Was `backward` left out, or were"
            " they cleared between `backward` and the step?",
        ),
        lambda seen, _, __: "none" in seen["steps"],
    ),
    (
        Cause(
            "two_epochs",
            "the loader was read more than once, with steps each time: one epoch is one pass",
        ),
        lambda seen, batches, _: seen["loops"] > 1 and len(seen["steps"]) > batches,
    ),
    (
        Cause(
            "steps_per_batch",
            "there must be one step of the optimizer for each batch, no more and no fewer",
        ),
        lambda seen, batches, _: len(seen["steps"]) != batches,
    ),
    (
        Cause(
            "gradients_add_up",
            "gradients of earlier batches were still there at a step: they add up unless"
            " `zero_grad` clears them before each batch",
        ),
        lambda seen, _, __: "sum" in seen["steps"],
    ),
    (
        Cause(
            "gradients_changed",
            "the gradients were changed (clipped or scaled) between `backward` and the step",
        ),
        lambda seen, _, __: "changed" in seen["steps"],
    ),
    (
        Cause(
            "rate_changed",
            "the learning rate was changed inside the loop: that is the caller's business",
        ),
        lambda seen, _, __: len(set(seen["rates"])) > 1,
    ),
)

"""What well-known mistakes in q19 (saliency) return, and what a call must leave as it was."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from cnnlab.checks import RAISES, Case, Mistakes
from cnnlab.feedback.calls import failed_call, is_observation
from cnnlab.feedback.compare import agrees, tensor_symptom
from cnnlab.feedback.observed import Fields, sound
from cnnlab.probes.looking import saliency_map, scores_of
from labkit.diagnosis import Cause, Diagnosis, caused, sentence

QUESTION, NAME = "q19", "saliency"
Inputs = tuple[list[Tensor], Tensor, Tensor]
"""Weights and mask of a `LookedAt`, and an image [1,H,W]."""

MOST_CLASSES = 10
FIELDS: Fields = {
    "call": dict,
    "again": Any,
    "mode": bool,
    "changed": bool,
    "gradients": bool,
    "frozen": bool,
}


def looked_at(
    random: torch.Generator, rows: int, columns: int, classes: int, winner: int
) -> Inputs:
    """A random network and image, of which the class number `winner` gets the largest score."""

    def normal(*shape: int, scale: float) -> Tensor:
        return scale * torch.randn(shape, generator=random)

    units = 3 * (rows - 2) * (columns - 2)
    weights = [
        normal(3, 1, 3, 3, scale=0.4),
        normal(3, scale=0.2),
        normal(classes, units, scale=0.2),
        normal(classes, scale=0.2),
    ]
    mask = torch.rand(units, generator=random).lt(0.5).float()
    image = normal(1, rows, columns, scale=1.0)
    scores = scores_of(weights, image)
    weights[3][winner] += scores.max() - scores[winner] + 0.3
    return weights, mask, image


def saliency_cases(
    random: torch.Generator, sizes: Sequence[tuple[int, int, int, int]]
) -> list[Case]:
    """One case for each (rows, columns, number of classes, winning class)."""
    return [
        Case(
            f"a network of {classes} classes and an image of 1×{rows}×{columns} random pixels",
            looked_at(random, rows, columns, classes, winner),
            look=saliency_map,
        )
        for rows, columns, classes, winner in sizes
    ]


def expected_saliency(weights: list[Tensor], _mask: Tensor, image: Tensor) -> Tensor:
    """The oracle of q19: the size of the winning score's slope, [H,W]."""
    slopes, scores = _slopes(weights, image)
    return slopes[int(scores.argmax())].abs()


def _slopes(
    weights: list[Tensor], image: Tensor, mask: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    """The slopes [K,H,W] of all scores, and the scores [K]; in training mode with `mask`."""

    def scores(pixels: Tensor) -> Tensor:
        return scores_of(weights, pixels, mask)

    table = torch.autograd.functional.jacobian(scores, image)
    if not isinstance(table, Tensor):
        raise TypeError("one output and one input make one table")
    return table[:, 0], scores(image)


def saliency_mistakes(weights: list[Tensor], mask: Tensor, image: Tensor) -> Mistakes:
    """Mistakes of q19 for one network and image; each is computed."""
    slopes, scores = _slopes(weights, image)
    best, worst = int(scores.argmax()), int(scores.argmin())
    own, right, pixels = slopes[best], slopes[best].abs(), image[0]
    shares = scores.softmax(0)
    of_shares = shares[:, None, None] * (slopes - (shares[:, None, None] * slopes).sum(0))
    of_logarithms = slopes - (shares[:, None, None] * slopes).sum(0)
    in_training, training_scores = _slopes(weights, image, mask)
    dropped = in_training[int(training_scores.argmax())]
    return {
        _SIGNED: [own],
        _POSITIVE: [own.clamp(min=0), (-own).clamp(min=0)],
        _SQUARED: [own.square()],
        _ALL: _both(slopes.sum(0), slopes.mean(0)),
        _OVER_CLASSES: [slopes.abs().sum(0), slopes.abs().mean(0), slopes.abs().amax(0)],
        _SMALLEST: _both(slopes[worst]),
        _SECOND: _both(slopes[int(scores.topk(2).indices[1])]),
        **{
            _always(k): _both(slopes[k]) if k < len(slopes) else RAISES for k in range(MOST_CLASSES)
        },
        _SHARES: _both(of_shares[best]),
        _LOSS: _both(of_logarithms[best]),
        _TIMES_IMAGE: _both(own * pixels),
        _SCALED: [
            right / right.max(),
            (right - right.min()) / (right.max() - right.min()),
            right / right.sum(),
            right / right.norm(),
            right / right.mean(),
        ],
        _DROPOUT: _both(dropped, in_training[best]),
        _IMAGE: _both(pixels),
        _SIGN_ONLY: [own.sign()],
    }


def _always(number: int) -> Cause:
    text = f"this is the gradient of the score of class {number}, whichever wins. Take the class"
    return Cause("fixed_class", f"{text} whose score is the largest")


def _both(*maps: Tensor) -> list[Tensor]:
    """Each map as it is, and without its signs."""
    return [form for each in maps for form in (each, each.abs())]


_SIGNED = Cause(
    "signed",
    "this is the gradient with its signs. A pixel matters however the score moves: take the"
    " absolute value",
)
_POSITIVE = Cause(
    "one_sign_only",
    "only gradients of one sign are kept, and the others are 0. Take the absolute value of all",
)
_SQUARED = Cause("squared", "the gradient is squared: its absolute value is asked for")
_ALL = Cause(
    "all_logits",
    "this is the gradient of all scores together. Take the one of the largest score alone",
)
_OVER_CLASSES = Cause(
    "over_all_classes",
    "the maps of all classes are combined. Only the score that wins counts",
)
_SMALLEST = Cause("smallest_logit", "this is the gradient of the smallest score, not the largest")
_SECOND = Cause("second_logit", "this is the gradient of the second largest score, not the largest")
_SHARES = Cause(
    "softmax_gradient",
    "this is the gradient of the winner's probability, behind a softmax. Take it of the score"
    " (logit) itself",
)
_LOSS = Cause(
    "loss_gradient",
    "this is the gradient of a cross-entropy loss (or of log-softmax), which mixes all classes."
    " Take it of the winning score itself",
)
_TIMES_IMAGE = Cause(
    "times_image", "the gradient is multiplied by the image: return the gradient's size alone"
)
_SCALED = Cause(
    "rescaled",
    "the map is divided by its own maximum, sum or range. Return the gradient's size as it is",
)
_DROPOUT = Cause(
    "dropout_on",
    "the model was asked in training mode, so dropout was on. Switch to evaluation mode first",
)
_IMAGE = Cause("returns_image", "this is the image itself, not a gradient")
_SIGN_ONLY = Cause(
    "sign_of_gradient", "these are only the signs of the gradient. Its size is asked for"
)


def left_problem(
    seen: Any, weights: list[Tensor], mask: Tensor, image: Tensor, training: bool
) -> Diagnosis | None:
    """Did two calls of `saliency` leave the network as it was, and give the same?"""
    if not sound(seen, FIELDS) or not is_observation(seen["call"]):
        text = sentence(QUESTION, f"{NAME} could not be observed")
        return Diagnosis(text, symptom="unreadable")
    failure = failed_call(QUESTION, NAME, seen["call"], public=True)
    right = expected_saliency(weights, mask, image)
    value = seen["call"]["value"]
    unfit = failure or tensor_symptom(value, tuple(right.shape), name=NAME)
    if unfit:
        text = unfit.text if failure else sentence(QUESTION, unfit.text)
        return Diagnosis(text, unfit.causes, unfit.symptom, unfit.place)
    for cause, shows in _SIGNS:
        if shows(seen):
            return caused(QUESTION, cause)
    if not seen["mode"]:
        was = "training" if training else "evaluation"
        text = f"the model came in {was} mode and left in the other one. Remember `model.training`"
        text += " at the start, and set that mode again at the end"
        return caused(QUESTION, Cause("mode_not_restored", text))
    if not agrees(seen["again"], value):
        return caused(QUESTION, _ACCUMULATES)
    if not agrees(value, right):
        text = "the numbers of the map are not right yet: see the check above"
        return Diagnosis(sentence(QUESTION, text), symptom="values")
    return None


_ACCUMULATES = Cause(
    "accumulates",
    "a second call with the same model and image gives another map: gradients of the first call"
    " are still there. Take a copy of the image, or clear its gradient",
)
_SIGNS: Sequence[tuple[Cause, Callable[[Any], bool]]] = (
    (
        Cause("changed_parameters", "the model's parameters were changed: saliency only looks"),
        lambda seen: seen["changed"],
    ),
    (
        Cause(
            "gradients_left",
            "gradients were left in the model's parameters (`.grad`), and would be added to those"
            " of the next training step. `torch.autograd.grad` leaves none",
        ),
        lambda seen: seen["gradients"],
    ),
    (
        Cause("left_frozen", "parameters were frozen (`requires_grad_(False)`) and left so"),
        lambda seen: seen["frozen"],
    ),
)

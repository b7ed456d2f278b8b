"""What is wrong with `overfits` (q20): the returned truths decide, the record explains them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from cnnlab.feedback.calls import failed_call, is_observation, with_print
from cnnlab.feedback.observed import Fields, sound
from cnnlab.feedback.values import as_float64, kind
from cnnlab.probes import Call
from cnnlab.probes.patients import overfitting, slope_of
from labkit.diagnosis import Cause, Diagnosis, caused, sentence, with_text

QUESTION, NAME = "q20", "overfits"
PIXELS, UNITS = 6, 64
FIELDS: Fields = {
    "call": dict,
    "backward": int,
    "forward": int,
    "asked_afterwards": bool,
    "training": bool,
    "changed": bool,
    "summed": bool,
    "slope": Tensor,
    "scores": Tensor,
}
_WORDS = {
    "healthy": "a healthy network",
    "noisy": "a healthy network with dropout",
    "blind": "a network to which all images look the same",
    "dead": "a network whose hidden units are never active",
}


@dataclass(frozen=True)
class Trial:
    """One network, one batch, and whether it can be overfit in so many steps."""

    kind: str
    weights: list[Tensor]
    images: Tensor
    labels: Tensor
    steps: int
    twins: bool
    """Are two images of the batch equal, with different labels?"""

    @property
    def right(self) -> bool:
        return self.kind in ("healthy", "noisy") and self.steps > FEW and not self.twins

    @property
    def words(self) -> str:
        twins = ", two of them equal but with different labels" if self.twins else ""
        steps = f"{self.steps} step{'s' if self.steps > 1 else ''}"
        return f"{_WORDS[self.kind]}, {len(self.labels)} images{twins}, {steps}"

    def call(self, overfits: Any) -> Call:
        """The probe's call for the student's function."""
        inputs = (overfits, self.kind, self.weights, (self.images, self.labels), self.steps)
        return overfitting, inputs, {}


FEW = 2
"""In so few steps no network learns a batch by heart."""


def trial(
    random: torch.Generator, kind: str, count: int, classes: int, steps: int, twins: bool = False
) -> Trial:
    """A trial with random weights, images and labels."""

    def normal(*shape: int, scale: float) -> Tensor:
        return scale * torch.randn(shape, generator=random)

    pixels = PIXELS * PIXELS
    weights = [
        normal(UNITS, pixels, scale=0.2),
        normal(UNITS, scale=0.1),
        normal(classes, UNITS, scale=0.1),
        normal(classes, scale=0.1),
    ]
    images = normal(count, 1, PIXELS, PIXELS, scale=1.0)
    labels = torch.randint(classes, (count,), generator=random)
    if twins:
        images[-1], labels[-1] = images[0], (labels[0] + 1) % classes
    return Trial(kind, weights, images, labels, steps, twins)


def overfitting_problem(
    seen: Sequence[Any], trials: Sequence[Trial], public: bool = False
) -> Diagnosis | None:
    """Is the truth about every network told? If not, which one mistake explains all answers?"""
    truths: list[bool] = []
    for one, each in zip(seen, trials, strict=True):
        if not sound(one, FIELDS) or not is_observation(one["call"]):
            text = sentence(QUESTION, f"{NAME} could not be observed")
            return Diagnosis(text, symptom="unreadable")
        problem = failed_call(QUESTION, NAME, one["call"], public) or _kind_problem(one["call"])
        if problem:
            return with_print(problem, one["call"]) if public else problem
        truths.append(bool(truth(one["call"]["value"])))
        if one["backward"] > each.steps:
            return caused(QUESTION, _TOO_MANY, each.words)
    wrong = [k for k, each in enumerate(trials) if truths[k] != each.right]
    if not wrong:
        return None
    told = _explained(seen, trials, truths, wrong[0])
    if public:
        one = trials[wrong[0]]
        told = with_text(told, f"Expected: {one.right}, for {one.words}")
        told = with_print(with_text(told, f"Yours:    {truths[wrong[0]]}"), seen[wrong[0]]["call"])
    return told


def truth(value: Any) -> bool | None:
    """True or False of any library, alone or as the only entry of a tensor; None for all else."""
    if type(value) in (bool, np.bool_):
        return bool(value)
    if isinstance(value, Tensor) and value.dtype == torch.bool and value.numel() == 1:
        return bool(value.item())
    if isinstance(value, np.ndarray) and value.dtype == np.bool_ and value.size == 1:
        return bool(value.reshape(-1)[0])
    return None


def _kind_problem(call: Mapping[str, Any]) -> Diagnosis | None:
    value = call["value"]
    if truth(value) is not None:
        return None
    if value is None:
        if call["printed"]:
            text = f"{NAME} prints its result and returns None: end it with `return`"
            told = sentence(QUESTION, text)
            return Diagnosis(told, ("prints_instead_of_returning",), "none")
        text = f"{NAME} returned None: it is not written yet, or its `return` is missing"
        return Diagnosis(sentence(QUESTION, text), symptom="none")
    what = "a number" if as_float64(value) is not None else kind(value)
    text = f"{NAME} returned {what}, where True or False is expected: are all images right?"
    return Diagnosis(sentence(QUESTION, text), symptom="kind")


Predicted = Callable[[Trial], bool]


def _patterns() -> Mapping[Cause, Predicted]:
    """What each mistake says of a trial, where that can be told from the trial alone."""
    return {
        Cause(
            "always_true", "every network is said to be overfit, those that cannot learn, too"
        ): lambda _: True,
        Cause("inverted", "True and False are swapped"): lambda each: not each.right,
        IN_TRAINING: lambda each: each.right and each.kind != "noisy",
        Cause(
            "nearly_all", "nearly all images right is not all: one that stays wrong must count"
        ): lambda each: each.right or (each.twins and each.steps > FEW),
        Cause(
            "assumes_32", "the number of images is taken for 32: ask the labels how many there are"
        ): lambda each: each.right and len(each.labels) == 32,
    }


IN_TRAINING = Cause(
    "measured_in_training_mode",
    "it is measured in training mode, in which dropout hides what the network knows. Call"
    " `model.eval()` before the last look",
)
_TOO_MANY = Cause("too_many_steps", "the network is trained for more steps than `steps`")
_SIGNS: Sequence[tuple[Cause, Callable[[Any, Trial], bool]]] = (
    (
        Cause("model_unused", "the `model` that the function is given is never asked"),
        lambda one, _: not one["forward"],
    ),
    (
        Cause(
            "nothing_learned",
            "the network's parameters are the same afterwards: does the optimizer hold those of"
            " `model`, do gradients arrive, and does it take its step?",
        ),
        lambda one, _: not one["changed"],
    ),
    (
        Cause("softmax_before_loss", "there is a softmax before the cross-entropy, which has one"),
        lambda one, each: _has_slope(one, each, softmax=True),
    ),
    (
        Cause("gradients_not_zeroed", "the gradients of earlier steps are never cleared"),
        lambda one, _: one["summed"],
    ),
    (
        Cause("one_step_only", "only one step is taken: is the training in a loop?"),
        lambda one, _: one["backward"] == 1,
    ),
    (
        Cause(
            "measured_too_early",
            "the network is not asked again after its last step: what it knew before is measured",
        ),
        lambda one, _: not one["asked_afterwards"],
    ),
)


def _explained(
    seen: Sequence[Any], trials: Sequence[Trial], truths: Sequence[bool], first: int
) -> Diagnosis:
    one, each = seen[first], trials[first]
    if each.right:
        for cause, shows in _SIGNS:
            if shows(one, each):
                return caused(QUESTION, cause, each.words)
    fitting = [
        cause
        for cause, says in _patterns().items()
        if any(truths)
        and all(says(each) == told for each, told in zip(trials, truths, strict=True))
    ]
    if fitting == [IN_TRAINING] and not seen[first]["training"]:
        fitting = []
    if len(fitting) == 1:
        return caused(QUESTION, fitting[0], trials[first].words)
    if each.right:
        text = (
            f"{NAME} returns False for {each.words}, too, which Adam with a rate of 0.01 teaches"
            " all labels. Is the rate large enough, and are all steps taken?"
        )
        return Diagnosis(sentence(QUESTION, text), symptom="healthy_not_overfit")
    text = f"{NAME} returns {truths[first]} for {trials[first].words}, which is not the truth"
    return Diagnosis(sentence(QUESTION, text), symptom="wrong_truth")


def _has_slope(one: Any, each: Trial, softmax: bool) -> bool:
    scores, slope = one["scores"], one["slope"]
    if scores.shape != slope.shape or scores.dim() != 2 or len(scores) != len(each.labels):
        return False
    wanted = slope_of(scores.float(), each.labels, softmax)
    return bool(torch.allclose(slope.float(), wanted, atol=1e-6))

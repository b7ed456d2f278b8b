"""Observations of `overfits` and `mended_loop` (q20): what was returned, and what was trained."""

from functools import partial
from typing import Any, TypedDict, cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from cnnlab.probes import Count, Observation, observe
from cnnlab.probes.recorders import Notes, RecordedLoader, SmallNetwork

KINDS = ("healthy", "noisy", "blind", "dead")
NOISE = 0.7
"""Share of the units that a noisy network drops in training mode."""


class Patient(nn.Module):
    """A network with one hidden layer that can learn a batch by heart, unless it is broken.

    Args:
        kind: "healthy"; "noisy", which drops units in training mode; "blind", to which all images
            are alike; "dead", whose units are never active.
        weights: [units, pixels], [units], [classes, units], [classes].
    """

    def __init__(self, kind: str, weights: list[Tensor]) -> None:
        super().__init__()
        self.kind = kind
        self.random = torch.Generator().manual_seed(len(weights[0]))
        self.first = nn.Linear(weights[0].shape[1], len(weights[0]))
        self.last = nn.Linear(weights[2].shape[1], len(weights[2]))
        for parameter, weight in zip(self.parameters(), weights, strict=True):
            parameter.data = weight.clone()

    def forward(self, images: Tensor) -> Tensor:
        """Images [B,1,H,W] → scores [B,K]."""
        pixels = images.flatten(1) * (0.0 if self.kind == "blind" else 1.0)
        units = torch.relu(self.first(pixels) - (1e4 if self.kind == "dead" else 0.0))
        if self.training and self.kind == "noisy":
            kept = torch.rand(units.shape, generator=self.random) > NOISE
            units = units * kept / (1 - NOISE)
        return self.last(units)


class Overfitting(TypedDict):
    """What `overfits` did with one network."""

    call: Observation
    backward: Count
    """How many times gradients arrived."""
    forward: Count
    asked_afterwards: bool
    """Was the network asked once more after the last gradients?"""
    training: bool
    """Was it in training mode when it was asked last?"""
    changed: bool
    """Is a parameter another than before?"""
    summed: bool
    """Did gradients meet older ones that had not been cleared?"""
    slope: Tensor
    """The first gradient of the scores [B,K], and `scores` themselves; empty where none came."""
    scores: Tensor


class _Record:
    def __init__(self, model: Patient) -> None:
        self.backward = self.forward = 0
        self.asked_afterwards = self.summed = self.training = False
        self.slope = self.scores = torch.zeros(0)
        self.fresh: Tensor | None = None
        model.register_forward_hook(self._asked)
        model.last.weight.register_hook(self._arrives)
        model.last.weight.register_post_accumulate_grad_hook(self._arrived)

    def _asked(self, model: nn.Module, _inputs: Any, scores: Any) -> None:
        self.forward += 1
        self.training = model.training
        self.asked_afterwards = True
        if isinstance(scores, Tensor) and scores.requires_grad and not len(self.scores):
            self.scores = scores.detach().clone()
            scores.register_hook(self._first_slope)

    def _first_slope(self, slope: Tensor) -> None:
        if not len(self.slope):
            self.slope = slope.clone()

    def _arrives(self, gradient: Tensor) -> None:
        self.backward += 1
        self.asked_afterwards = False
        self.fresh = gradient.clone()

    def _arrived(self, parameter: Tensor) -> None:
        whole, fresh = parameter.grad, self.fresh
        if self.summed or whole is None or fresh is None or torch.equal(whole, fresh):
            return  # nearly always; the comparison below takes ten times as long
        self.summed = not torch.allclose(whole, fresh, equal_nan=True)


def overfitting(
    overfits: Any, kind: str, weights: list[Tensor], batch: tuple[Tensor, Tensor], steps: int
) -> Overfitting:
    """Let the student's `overfits` train a `Patient` of this kind on a batch."""
    model = Patient(kind, weights)
    record = _Record(model)
    own = tuple(part.clone() for part in batch)
    call = observe(partial(overfits, model, own, steps) if callable(overfits) else overfits)
    pairs = zip(model.parameters(), weights, strict=True)
    return Overfitting(
        call=call,
        backward=record.backward,
        forward=record.forward,
        asked_afterwards=record.asked_afterwards,
        training=record.training,
        changed=any(not torch.equal(p, w) for p, w in pairs),
        summed=record.summed,
        slope=record.slope,
        scores=record.scores,
    )


class Mending(TypedDict):
    """What `mended_loop` returned and where the parameters ended."""

    call: Observation
    weights: list[Tensor]


def mending(
    mended: Any,
    weights: list[Tensor],
    masks: Tensor,
    images: Tensor,
    labels: Tensor,
    options: dict[str, float],
) -> Mending:
    """Let the student's `mended_loop` train a `SmallNetwork`; `options`: `batch_size`, `rate`."""
    model = SmallNetwork(weights, masks).eval()
    loader = RecordedLoader(images, labels, int(options["batch_size"]), Notes(images, labels))
    call = partial(mended, model, loader, options["rate"]) if callable(mended) else mended
    seen = observe(call)
    after = [parameter.detach().clone() for parameter in model.parameters()]
    return Mending(call=seen, weights=after)


def slope_of(scores: Tensor, labels: Tensor, softmax: bool) -> Tensor:
    """The gradient of the cross-entropy with respect to scores [B,K], with a softmax too many?"""
    given = scores.clone().requires_grad_()
    entropy = F.cross_entropy(given.softmax(1) if softmax else given, labels)
    return cast("Tensor", torch.autograd.grad(entropy, given)[0])

"""Observations of training and evaluation: q10 and q11.

The student's function gets a model, a loader, a loss and an optimizer that keep a record of what
is done with them. The random choices (weights, data, which units are dropped) come from the check,
so that the check can work out what must come out.
"""

from functools import partial
from typing import Any, TypedDict, cast

import torch
from torch import Tensor

from cnnlab.probes import Count, Observation, observe
from cnnlab.probes.recorders import (
    CPU,
    META,
    Notes,
    RecordedLoader,
    RecordedLoss,
    RecordedNetwork,
    SmallNetwork,
    Whereabouts,
    place,
    watch,
)


class Passes(TypedDict):
    """What happened to a network and a loader while a student's function had them."""

    call: Observation
    mode: bool
    """Is the network in training mode afterwards?"""
    batches: Count
    """How many the loader gave."""
    loops: Count
    """In how many passes."""
    modes: list[bool]
    """This and the next two have one entry for each forward pass: in training mode?"""
    tracked: list[bool]
    """Is the result bound to the parameters?"""
    same_images: list[bool]
    """Are all images those of the loader?"""
    losses: list[float]
    """This and the next four have one for each use of the loss from which something can be learned.
    """
    sizes: list[Count]
    """The number of rows."""
    same_labels: list[bool]
    """The images' own labels?"""
    same_scores: list[bool]
    """The model's scores?"""
    shares: list[bool]
    """Rows that sum to 1?"""
    steps: list[str]
    """One entry for each step of the optimizer: "batch" if its gradients are those of the last
    backward pass, "sum" if older ones are in them, "none" or "changed"."""
    rates: list[float]
    """The learning rate at each step."""


class Training(Passes):
    """What `training` saw."""

    weights: list[Tensor]
    """The parameters afterwards."""


class Evaluation(Passes):
    """What `evaluation` saw."""

    changed: bool
    """Is a parameter or a gradient another?"""


class Places(TypedDict):
    """The device types that a model and a loss were given."""

    images: list[str]
    labels: list[str]


def training(
    train: Any,
    weights: list[Tensor],
    masks: Tensor,
    images: Tensor,
    labels: Tensor,
    options: dict[str, float],
) -> Training:
    """Let the student's `train_one_epoch` train a `SmallNetwork` that is in evaluation mode.

    Args:
        weights, masks: of `SmallNetwork`.
        images, labels: float64 [N,1,S,S] and int64 [N].
        options: `batch_size`, `lr`, `momentum` (of SGD) and `smoothing` (of the loss).
    """
    notes = Notes(images, labels)
    network = SmallNetwork(weights, masks)
    model = RecordedNetwork(network, notes).eval()
    optimizer = torch.optim.SGD(network.parameters(), options["lr"], options["momentum"])
    watch(network, optimizer, notes)
    loader = RecordedLoader(images, labels, int(options["batch_size"]), notes)
    loss = RecordedLoss(notes, options["smoothing"])
    call = observe(_with(train, model, loader, loss, optimizer, CPU))
    seen = notes.report() | {
        "call": call,
        "weights": [parameter.detach().clone() for parameter in network.parameters()],
        "mode": bool(model.training and network.training),
    }
    return cast("Training", seen)


def training_moves(train: Any, images: Tensor, labels: Tensor) -> Places:
    """Where `train_one_epoch` brings a batch when it is told to compute on another device.

    The other device is torch's meta device, which every computer has; it computes shapes only, so
    what the function raises later on says nothing and is left out.
    """
    places = Places(images=[], labels=[])
    model = Whereabouts(places)

    def loss(_: Any, target: Any) -> Tensor:
        places["labels"].append(place(target))
        return (model.own * 0.0).sum()

    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    loader = RecordedLoader(images, labels, 8, Notes(images, labels))
    observe(_with(train, model, loader, loss, optimizer, META))
    return places


def evaluation(
    evaluate: Any,
    weights: list[Tensor],
    masks: Tensor,
    images: Tensor,
    labels: Tensor,
    options: dict[str, Any],
) -> Evaluation:
    """Let the student's `evaluate` score a `SmallNetwork` with dropout.

    Args:
        options: `batch_size`, and `training`: the mode in which the model is handed over.
    """
    notes = Notes(images, labels)
    network = SmallNetwork(weights, masks)
    model = RecordedNetwork(network, notes).train(bool(options["training"]))
    loader = RecordedLoader(images, labels, int(options["batch_size"]), notes)
    call = observe(_with(evaluate, model, loader, CPU))
    pairs = zip(network.parameters(), weights, strict=True)
    seen = notes.report() | {
        "call": call,
        "mode": bool(model.training and network.training),
        "changed": any(p.grad is not None or not torch.equal(p, w) for p, w in pairs),
    }
    return cast("Evaluation", seen)


def evaluation_moves(evaluate: Any, images: Tensor, labels: Tensor) -> Places:
    """Where `evaluate` brings a batch when told to compute on another device: `images` only.

    Labels may stay where they are if the predictions are fetched instead.
    """
    places = Places(images=[], labels=[])
    loader = RecordedLoader(images, labels, 8, Notes(images, labels))
    observe(_with(evaluate, Whereabouts(places), loader, META))
    return places


def _with(function: Any, *arguments: Any) -> Any:
    """The call to observe; what cannot be called is left for `observe` to say so."""
    return partial(function, *arguments) if callable(function) else function

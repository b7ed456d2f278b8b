"""Observations of training and evaluation: q10 and q11.

The student's function gets a model, a loader, a loss and an optimizer that keep a record of what
is done with them. The random choices (weights, data, which units are dropped) come from the check,
so that the check can work out what must come out.
"""

from functools import partial
from typing import Any

import torch
from torch import Tensor

from cnnlab.probes import observe
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


def training(
    train: Any,
    weights: list[Tensor],
    masks: Tensor,
    images: Tensor,
    labels: Tensor,
    options: dict[str, float],
) -> dict[str, Any]:
    """Let the student's `train_one_epoch` train a `SmallNetwork` that is in evaluation mode.

    Args:
        weights, masks: of `SmallNetwork`.
        images, labels: float64 [N,1,S,S] and int64 [N].
        options: `batch_size`, `lr`, `momentum` (of SGD) and `smoothing` (of the loss).

    Returns:
        call: what `observe` saw. weights: the parameters afterwards. mode: training afterwards?
        modes, tracked, same_images: one entry for each forward pass: training mode? is the result
            bound to the parameters? are all images those of the loader?
        losses, sizes, same_labels, same_scores, shares: one for each use of the loss from which
            something can be learned: its value, number of rows, the images' own labels? the
            model's scores? rows that sum to 1?
        batches, loops: how many batches the loader gave, in how many passes.
        steps: one entry for each step of the optimizer: "batch" if its gradients are those of the
            last backward pass, "sum" if older ones are in them, "none" or "changed".
        rates: the learning rate at each step.
    """
    notes = Notes(images, labels)
    network = SmallNetwork(weights, masks)
    model = RecordedNetwork(network, notes).eval()
    optimizer = torch.optim.SGD(network.parameters(), options["lr"], options["momentum"])
    watch(network, optimizer, notes)
    loader = RecordedLoader(images, labels, int(options["batch_size"]), notes)
    loss = RecordedLoss(notes, options["smoothing"])
    call = observe(_with(train, model, loader, loss, optimizer, CPU))
    return notes.report() | {
        "call": call,
        "weights": [parameter.detach().clone() for parameter in network.parameters()],
        "mode": bool(model.training and network.training),
    }


def training_moves(train: Any, images: Tensor, labels: Tensor) -> dict[str, list[str]]:
    """Where `train_one_epoch` brings a batch when it is told to compute on another device.

    The other device is torch's meta device, which every computer has; it computes shapes only, so
    what the function raises later on says nothing and is left out.

    Returns `images` and `labels`: the device types that the model and the loss were given.
    """
    places: dict[str, list[str]] = {"images": [], "labels": []}
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
) -> dict[str, Any]:
    """Let the student's `evaluate` score a `SmallNetwork` with dropout.

    Args:
        options: `batch_size`, and `training`: the mode in which the model is handed over.

    Returns call (what `observe` saw), mode (training afterwards?), modes, tracked, same_images (one
    for each forward pass), batches, loops, and `changed`: is a parameter or a gradient another?
    """
    notes = Notes(images, labels)
    network = SmallNetwork(weights, masks)
    model = RecordedNetwork(network, notes).train(bool(options["training"]))
    loader = RecordedLoader(images, labels, int(options["batch_size"]), notes)
    call = observe(_with(evaluate, model, loader, CPU))
    pairs = zip(network.parameters(), weights, strict=True)
    return notes.report() | {
        "call": call,
        "mode": bool(model.training and network.training),
        "changed": any(p.grad is not None or not torch.equal(p, w) for p, w in pairs),
    }


def evaluation_moves(evaluate: Any, images: Tensor, labels: Tensor) -> dict[str, list[str]]:
    """Where `evaluate` brings a batch when told to compute on another device: `images` only.

    Labels may stay where they are if the predictions are fetched instead.
    """
    places: dict[str, list[str]] = {"images": []}
    loader = RecordedLoader(images, labels, 8, Notes(images, labels))
    observe(_with(evaluate, Whereabouts(places), loader, META))
    return places


def _with(function: Any, *arguments: Any) -> Any:
    """The call to observe; what cannot be called is left for `observe` to say so."""
    return partial(function, *arguments) if callable(function) else function

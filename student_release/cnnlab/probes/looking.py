"""Observations of `saliency` (q19): the map of a small network, and what is left of the network."""

from functools import partial
from typing import Any, TypedDict, cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from cnnlab.probes import Observation, observe


class LookedAt(nn.Module):
    """A small convolutional classifier whose dropout follows a given mask.

    Args:
        weights: kernel [C,1,3,3], its bias [C], head [K,units], its bias [K].
        mask: [units]; in training mode the units that are 0 in it are dropped.
    """

    def __init__(self, weights: list[Tensor], mask: Tensor) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, len(weights[0]), 3)
        self.head = nn.Linear(weights[2].shape[1], len(weights[2]))
        for parameter, weight in zip(self.parameters(), weights, strict=True):
            parameter.data = weight.clone()
        self.register_buffer("mask", mask.clone())

    def forward(self, images: Tensor) -> Tensor:
        """Images [B,1,H,W] → scores [B,K]."""
        units = torch.tanh(self.conv(images)).flatten(1)
        if self.training:
            units = units * 2 * cast("Tensor", self.mask)
        return self.head(units)


class Left(TypedDict):
    """What `saliency` did to a network beside its map."""

    call: Observation
    again: Any
    """The map of a second call, with the very same network and image."""
    mode: bool
    """Is every part in the mode of before?"""
    changed: bool
    """Is a parameter another?"""
    gradients: bool
    """Is there a gradient in a parameter?"""
    frozen: bool
    """Is a parameter no longer to be trained?"""


def saliency_map(saliency: Any, weights: list[Tensor], mask: Tensor, image: Tensor) -> Observation:
    """What the student's `saliency` gives for one image [1,H,W]; the network is in training mode.

    An image of the call's own is looked at for changes, and the network is a new one.
    """
    model = LookedAt(weights, mask).train()
    seen = observe(partial(saliency, model) if callable(saliency) else saliency, image)
    # Places are counted with the network as the first argument.
    return cast("Observation", seen | {"changed": [place + 1 for place in seen["changed"]]})


def left_behind(
    saliency: Any, weights: list[Tensor], mask: Tensor, image: Tensor, training: bool
) -> Left:
    """What two calls of `saliency` leave of a network that comes in the mode `training`."""
    model = LookedAt(weights, mask).train(training)
    own = image.clone()
    call = partial(saliency, model, own) if callable(saliency) else saliency
    seen, again = observe(call), observe(call)
    parameters = list(model.parameters())
    return Left(
        call=seen,
        again=again["value"],
        mode=all(module.training == training for module in model.modules()),
        changed=any(not torch.equal(p, w) for p, w in zip(parameters, weights, strict=True)),
        gradients=any(p.grad is not None and bool(p.grad.any()) for p in parameters),
        frozen=not all(p.requires_grad for p in parameters),
    )


def scores_of(weights: list[Tensor], image: Tensor, mask: Tensor | None = None) -> Tensor:
    """The scores [K] of a `LookedAt` for one image; with `mask`, those of training mode."""
    kernel, kernel_bias, head, head_bias = weights
    units = torch.tanh(F.conv2d(image[None], kernel, kernel_bias)).flatten(1)
    if mask is not None:
        units = units * 2 * mask
    return F.linear(units, head, head_bias)[0]

"""Probes of q15: build a layer from plain weights beside the student's code, and hand it over."""

from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from cnnlab.probes import Observation, observe


def observe_with_convolution(
    function: Any, weight: torch.Tensor, image: torch.Tensor, shift: tuple[int, int]
) -> Observation:
    """Call `function(layer, image, shift)` with the unpadded convolution by [O, C, kh, kw]."""
    outputs, channels, rows, columns = weight.shape
    layer = nn.Conv2d(channels, outputs, (rows, columns), bias=False, dtype=weight.dtype)
    with torch.no_grad():
        layer.weight.copy_(weight)
    return _observe_with_layer(function, layer, image, shift)


def observe_with_brightness(
    function: Any, brightness: torch.Tensor, image: torch.Tensor, shift: tuple[int, int]
) -> Observation:
    """The same with a layer that multiplies every pixel by a factor of its own place [H, W]."""
    return _observe_with_layer(function, Pointwise(brightness), image, shift)


def observe_with_plain_function(
    function: Any, brightness: torch.Tensor, image: torch.Tensor, shift: tuple[int, int]
) -> Observation:
    """The same with a Python function, which has neither parameters nor modes."""
    factors = brightness.clone()
    return observe(function, lambda x: x * factors, image, tuple(shift))


def observe_with_pooling(
    function: Any, brightness: torch.Tensor, image: torch.Tensor, shift: tuple[int, int]
) -> Observation:
    """The same with a layer that brightens and then takes the largest of every 3×3 window."""
    layer = nn.Sequential(Pointwise(brightness), nn.MaxPool2d(3, stride=1))
    return _observe_with_layer(function, layer, image, shift)


class Pointwise(nn.Module):
    """Multiplies every pixel by the factor that belongs to its place: not equivariant at all."""

    def __init__(self, factors: torch.Tensor) -> None:
        super().__init__()
        self.factors = nn.Parameter(factors.clone())

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """[N, C, H, W] → [N, C, H, W]."""
        return x * self.factors


def _observe_with_layer(
    function: Callable[..., Any], layer: nn.Module, image: torch.Tensor, shift: tuple[int, int]
) -> Observation:
    # Frozen weights: a result that carries no gradient can go to NumPy without detach().
    return observe(function, layer.requires_grad_(False), image, tuple(shift))

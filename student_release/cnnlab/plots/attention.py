"""What a network looks at: saliency maps, and Grad-CAM on its last convolution."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from matplotlib.figure import Figure
from torch import nn

from cnnlab.plots.cells import AMOUNT, GREY, frame
from cnnlab.plots.tracing import as_model
from cnnlab.probes.models import evaluating
from labkit.notebook.canvas import picture, show
from labkit.notebook.inputs import Array, CannotDraw, plane, unit_range
from labkit.notebook.say import say
from labkit.notebook.screen import grading

MOST_IMAGES = 6
THIRDS = ("upper", "middle", "lower")


@picture
def attention(saliency: object, model: object, images: torch.Tensor) -> None:
    """For each image [N,1,H,W]: the image, the student's saliency map, and Grad-CAM."""
    network = as_model(model)
    if grading():
        say("What the network looks at (not drawn while grading).")
        return
    shown = images[:MOST_IMAGES].to(_device(network))
    maps = [saliency_of(saliency, network, image) for image in shown]
    regions = [grad_cam(network, image) for image in shown]
    winners = [_winner(network, image) for image in shown]
    said = "; ".join(
        f"read as {winner}: saliency is {where(one)}, Grad-CAM {where(region)}"
        for winner, one, region in zip(winners, maps, regions, strict=True)
    )
    pixels = [unit_range(plane(image, "the image")) for image in shown]
    show(
        lambda: draw_attention(pixels, winners, maps, regions),
        alt=(
            f"{len(maps)} digits, one a column: above the image, below it the saliency map (bright:"
            f" the winning score depends on this pixel), then Grad-CAM. {said}."
        ),
        line=f"What the network looks at. {said}.",
    )


@picture
def attention_of_networks(
    saliency: object, networks: Mapping[str, nn.Module], images: torch.Tensor
) -> None:
    """The mean saliency map of each network over all `images` [N,1,H,W]."""
    if grading():
        say("What the networks look at (not drawn while grading).")
        return
    means = {
        name: np.mean([saliency_of(saliency, network, image) for image in images], axis=0)
        for name, network in networks.items()
    }
    said = "; ".join(f"{name}: {where(one)}" for name, one in means.items())
    show(
        lambda: draw_means(means),
        alt=(
            f"Mean saliency maps of {len(means)} networks over {len(images)} digits, side by side,"
            f" each on a scale of its own. {said}."
        ),
        line=f"Mean saliency over {len(images)} digits. {said}.",
    )


def saliency_of(saliency: Any, model: nn.Module, image: torch.Tensor) -> Array:
    """The student's map of an image [1,H,W], as a plane; or the sentence why there is none."""
    if not callable(saliency):
        raise CannotDraw("not there yet: saliency has no value. Answer the question above first.")
    try:
        found = saliency(model, image.clone())
    except Exception as problem:
        raise CannotDraw(f"saliency stopped with an error: {problem}") from problem
    return np.abs(plane(found, "the result of saliency"))


def grad_cam(model: nn.Module, image: torch.Tensor) -> Array:
    """Grad-CAM of the winning score on the model's last convolution, in the image's size.

    Each map of that layer counts by its mean slope; what speaks against the class is cut off.
    """
    layers = [layer for layer in model.modules() if isinstance(layer, nn.Conv2d)]
    if not layers:
        raise CannotDraw("the model has no convolution (nn.Conv2d) for Grad-CAM.")
    kept: list[torch.Tensor] = []
    hook = layers[-1].register_forward_hook(lambda _layer, _inputs, result: kept.append(result))
    try:
        with evaluating(model), torch.enable_grad():
            table = model(image[None].clone().requires_grad_())
            (slopes,) = torch.autograd.grad(table.amax(), kept[-1])
    finally:
        hook.remove()
    importance = slopes.mean((2, 3), keepdim=True)
    region = (importance * kept[-1]).sum(1, keepdim=True).clamp(min=0)
    size = (int(image.shape[-2]), int(image.shape[-1]))
    return plane(F.interpolate(region, size, mode="bilinear"), "Grad-CAM")


def where(plane_of_numbers: Array) -> str:
    """Where a map is bright, in words: its brightest pixel and the shares of its thirds."""
    total = float(plane_of_numbers.sum())
    if total <= 0:
        return "0 everywhere"
    row, column = np.unravel_index(int(plane_of_numbers.argmax()), plane_of_numbers.shape)
    parts = np.array_split(plane_of_numbers, len(THIRDS))
    shares = ", ".join(
        f"{100 * float(part.sum()) / total:.0f} % {name}"
        for name, part in zip(THIRDS, parts, strict=True)
    )
    return f"brightest at row {row}, column {column} ({shares} third)"


def draw_attention(
    images: list[Array], winners: list[int], maps: list[Array], regions: list[Array]
) -> Figure:
    """One column an image; three rows."""
    figure = Figure(figsize=(1.55 * len(images) + 1.0, 4.9))
    grid = figure.subplots(3, len(images), squeeze=False)
    lines: list[tuple[str, list[Array], str]] = [
        ("image", images, GREY),
        ("saliency", maps, AMOUNT),
        ("Grad-CAM", regions, AMOUNT),
    ]
    for row, (name, planes, colours) in enumerate(lines):
        for column, values in enumerate(planes):
            axes = grid[row, column]
            axes.imshow(values, cmap=colours, interpolation="nearest")
            frame(axes, *values.shape)
            if row == 0:
                axes.set_title(f"read as {winners[column]}")
            if column == 0:
                axes.set_ylabel(name)
    return figure


def draw_means(means: Mapping[str, Array]) -> Figure:
    """The mean maps in one row."""
    figure = Figure(figsize=(2.1 * len(means) + 0.6, 2.5))
    row = figure.subplots(1, len(means), squeeze=False)[0]
    for axes, (name, values) in zip(row, means.items(), strict=True):
        axes.imshow(values, cmap=AMOUNT, interpolation="nearest")
        frame(axes, *values.shape)
        axes.set_title(f"network {name}")
    return figure


def _winner(model: nn.Module, image: torch.Tensor) -> int:
    with evaluating(model), torch.no_grad():
        return int(model(image[None]).argmax())


def _device(model: nn.Module) -> torch.device:
    first = next(model.parameters(), None)
    return torch.device("cpu") if first is None else first.device

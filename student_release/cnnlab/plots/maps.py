"""The feature maps of a network: what each of its convolutions sees in one image."""

from __future__ import annotations

import torch
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from cnnlab.plots.cells import AMOUNT, GREY, bare, frame
from cnnlab.plots.tracing import as_model, trace
from labkit.notebook.canvas import picture, show
from labkit.notebook.inputs import Array, CannotDraw, numbers, plane, size_text, unit_range
from labkit.notebook.say import say
from labkit.notebook.screen import grading
from labkit.words import with_article

MOST_MAPS = 16
MOST_LAYERS = 3
MNIST_MEAN, MNIST_DEVIATION = 0.1307, 0.3081


@picture
def feature_maps(model: object, image: object) -> None:
    """What each convolution of `model` sees in one image: its maps after ReLU.

    `image` is one image [H, W], [1, H, W] or [1, 1, H, W]: floats as the model expects them, or
    bytes 0..255, which are scaled and normalised as the lesson's loader does.
    """
    network = as_model(model)
    pixels = plane(image, "the image")
    if grading():
        say(f"Feature maps of {type(network).__name__} (not drawn while grading).")
        return
    maps = convolution_maps(network, model_input(image, pixels))
    said = "; ".join(
        f"{name}: {len(stack)} maps of {size_text(stack)}, map "
        f"{int(stack.mean(axis=(1, 2)).argmax())} the most active, "
        f"{int((stack.max(axis=(1, 2)) <= 0).sum())} silent"
        for name, stack in maps
    )
    show(
        lambda: draw_feature_maps(unit_range(pixels), maps),
        alt=(
            f"One {size_text(pixels)} image and the feature maps that it causes, after ReLU. "
            f"Bright is a strong answer, dark none. {said}."
        ),
        line=f"Feature maps after ReLU. {said}.",
    )


def model_input(image: object, pixels: Array) -> torch.Tensor:
    """The image as the model expects it, [1, 1, H, W]; bytes are scaled and normalised first."""
    kind = str(getattr(image, "dtype", ""))
    if kind.endswith("uint8"):
        pixels = (pixels / 255 - MNIST_MEAN) / MNIST_DEVIATION
    return torch.from_numpy(pixels.copy())[None, None]


def convolution_maps(model: torch.nn.Module, image: torch.Tensor) -> list[tuple[str, Array]]:
    """The maps [count, h, w] of each convolution layer, negative answers cut off as ReLU does."""
    seen = trace(model, image)
    if seen.error:
        raise CannotDraw(
            f"the model cannot read {with_article(size_text(image.numpy()[0]))} image: {seen.error}"
        )
    names = {
        name.rsplit(".", 1)[-1]: layer
        for name, layer in model.named_modules()
        if isinstance(layer, torch.nn.Conv2d)
    }
    found = [
        (name, numbers(result[0], f"the output of {name}").clip(min=0))
        for name, result in seen.steps
        if result.ndim == 4 and (name in names or name in ("Conv2d", "conv2d"))
    ]
    if not found:
        raise CannotDraw("the model has no convolution (nn.Conv2d) whose maps could be shown.")
    return found[:MOST_LAYERS]


def draw_feature_maps(image: Array, maps: list[tuple[str, Array]]) -> Figure:
    """The image, then a row of up to eight maps a line for each layer; one scale a layer."""
    lines = [
        (name, stack, range(start, min(start + 8, len(stack), MOST_MAPS)))
        for name, stack in maps
        for start in range(0, min(len(stack), MOST_MAPS), 8)
    ]
    figure = Figure(figsize=(10.4, 1.22 * len(lines) + 0.2))
    grid = figure.add_gridspec(
        len(lines),
        11,
        left=0.0,
        right=0.95,
        top=0.95,
        bottom=0.02,
        hspace=0.26,
        wspace=0.08,
        width_ratios=[1.35, 0.75] + [1] * 8 + [0.16],
    )
    original = figure.add_subplot(grid[0, 0])
    original.imshow(image, cmap=GREY, interpolation="nearest")
    frame(original, *image.shape)
    original.set_title("image", fontsize=10)
    for row, (name, stack, chosen) in enumerate(lines):
        scale = Normalize(0, float(stack.max()) or 1.0)
        if chosen.start == 0:
            words = figure.add_subplot(grid[row, 1])
            bare(words)
            words.text(0.92, 0.55, name, ha="right", va="center", fontweight="bold")
            words.text(0.92, 0.3, size_text(stack), ha="right", va="center", fontsize=9)
        for column, number in enumerate(chosen):
            axes = figure.add_subplot(grid[row, 2 + column])
            axes.imshow(stack[number], cmap=AMOUNT, norm=scale, interpolation="nearest")
            frame(axes, *stack.shape[1:])
            axes.set_title(str(number), fontsize=9, pad=2)
        bar = figure.colorbar(ScalarMappable(scale, AMOUNT), cax=figure.add_subplot(grid[row, 10]))
        bar.ax.tick_params(labelsize=9)
    return figure

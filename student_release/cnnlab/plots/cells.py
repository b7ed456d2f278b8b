"""Grids of cells with their numbers written in: the visual vocabulary of the small pictures."""

from __future__ import annotations

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.patches import Rectangle

from labkit.notebook.canvas import BLUE, INK, MUTED, RULE
from labkit.notebook.inputs import Array, number_text

GREY = "Greys_r"
SIGNED = "PuOr_r"
AMOUNT = "cividis"

SMALLEST_NUMBER = 7.5


def symmetric(*arrays: Array) -> Normalize:
    """One colour scale for signed numbers, with zero in its middle.

    It reaches a third further than the numbers do: the darkest orange and purple look alike.
    """
    largest = 1.33 * max(float(np.abs(array).max()) for array in arrays) or 1.0
    return Normalize(-largest, largest)


def soft_grey(image: Array) -> Normalize:
    """A grey scale that stays off black at its dark end, so that written numbers remain legible."""
    low, high = float(image.min()), float(image.max())
    spread = (high - low) or 1.0
    return Normalize(low - 0.15 * spread, high)


def draw_cells(
    axes: Axes,
    values: Array,
    *,
    colours: str,
    norm: Normalize,
    numbers: bool = True,
    known: Array | None = None,
) -> None:
    """Draw a plane as squares with its numbers in them.

    `known` (a mask) leaves the cells that are not computed yet empty. Numbers carry their sign, so
    that colour is never the only bearer of it.
    """
    height, width = values.shape
    shown = values if known is None else np.where(known, values, np.nan)
    map_ = matplotlib.colormaps[colours].with_extremes(bad="white")
    axes.imshow(np.ma.masked_invalid(shown), cmap=map_, norm=norm, interpolation="nearest")
    axes.vlines(np.arange(0.5, width - 1), -0.5, height - 0.5, color=RULE, linewidth=0.8)
    axes.hlines(np.arange(0.5, height - 1), -0.5, width - 0.5, color=RULE, linewidth=0.8)
    frame(axes, height, width)
    if numbers:
        write_numbers(axes, shown, [map_(norm(value)) for value in shown.flat])


def write_numbers(axes: Axes, values: Array, colours: list[tuple[float, ...]]) -> None:
    """Write each number (NaN: none) on its cell, as large as the longest one allows."""
    present = values[~np.isnan(values)]
    cell = cell_points(axes, values.shape)
    for decimals in (2, 1, 0):
        longest = max((len(number_text(value, decimals)) for value in present), default=1)
        size = min(13.0, 0.55 * cell, 0.9 * cell / (0.62 * longest))
        if size >= SMALLEST_NUMBER:
            break
    for ((row, column), value), colour in zip(np.ndenumerate(values), colours, strict=True):
        if not np.isnan(value):
            axes.text(
                column,
                row,
                number_text(value, decimals),
                ha="center",
                va="center",
                fontsize=max(size, SMALLEST_NUMBER),
                color=readable_on(colour),
                zorder=6,
            )


def cell_points(axes: Axes, shape: tuple[int, ...]) -> float:
    """The side of one cell in points, before the squares are fitted into the panel."""
    box, inches = axes.get_position(original=True), axes.figure.get_size_inches()
    return 72 * min(box.width * inches[0] / shape[1], box.height * inches[1] / shape[0])


def readable_on(colour: tuple[float, ...]) -> str:
    """Dark or white ink, whichever contrasts more with `colour` (WCAG relative luminance)."""
    channels = np.asarray(colour[:3], dtype=float)
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    luminance = float(linear @ np.array([0.2126, 0.7152, 0.0722]))
    return INK if luminance > 0.22 else "white"


def frame(axes: Axes, height: int, width: int) -> None:
    """A thin frame without ticks around a grid of `height` × `width` cells."""
    axes.set(xticks=[], yticks=[], xlim=(-0.5, width - 0.5), ylim=(height - 0.5, -0.5))
    for spine in axes.spines.values():
        spine.set(color=MUTED, linewidth=1.0)


def outline(
    axes: Axes, row: float, column: float, height: float, width: float, colour: str = BLUE
) -> None:
    """A heavy outline around a window of cells: seen by its weight, whatever its colour."""
    for line_width, edge in ((6.0, "white"), (3.2, colour)):
        axes.add_patch(
            Rectangle(
                (column - 0.5, row - 0.5),
                width,
                height,
                fill=False,
                edgecolor=edge,
                linewidth=line_width,
                zorder=5,
                clip_on=False,
            )
        )


def bare(axes: Axes) -> None:
    """An empty panel for text or drawings, without axes."""
    axes.set_axis_off()
    axes.set(xlim=(0, 1), ylim=(0, 1))

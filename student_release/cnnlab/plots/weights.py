"""The first layer's filters, before and after training."""

from __future__ import annotations

import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.figure import Figure

from cnnlab.plots.cells import SIGNED, bare, draw_cells, symmetric
from labkit.notebook.canvas import picture, show
from labkit.notebook.inputs import Array, CannotDraw, number_text, planes, shape_text, size_text

MOST_FILTERS = 16


@picture
def filters(weights_before: object, weights_after: object) -> None:
    """The first layer's filters before and after training, on one colour scale.

    Both are [count, 1, kh, kw] or [count, kh, kw], such as `model.conv1.weight`. Keep a copy of the
    first (`.detach().clone()`): training changes weights in place.
    """
    before, after = (
        planes(weights, name)
        for weights, name in (
            (weights_before, "the weights before training"),
            (weights_after, "the weights after training"),
        )
    )
    if before.shape != after.shape:
        raise CannotDraw(
            f"the weights before ({shape_text(before.shape)}) and after training "
            f"({shape_text(after.shape)}) have different shapes."
        )
    before, after = before[:MOST_FILTERS], after[:MOST_FILTERS]
    change = np.abs(after - before).max(axis=(1, 2))
    most = int(change.argmax())
    if change.max() == 0:
        line = (
            "Filters before and after are equal: either nothing was trained, or both are the same "
            "tensor. Copy the first with .detach().clone() before training."
        )
    else:
        line = (
            f"{len(before)} filters of {size_text(before)}, before and after training: filter "
            f"{most} changed most (by up to {number_text(change[most])} in one weight), the "
            f"average weight by {number_text(float(np.abs(after - before).mean()))}."
        )
    show(
        lambda: draw_filters(before, after),
        alt=(
            f"Two rows of {len(before)} filters with their numbers, before training and after, on "
            f"one colour scale. {line} Filter {most} before: {rows_text_short(before[most])}; "
            f"after: {rows_text_short(after[most])}."
        ),
        line=line,
    )


def rows_text_short(filter_: Array) -> str:
    """A filter's rows with one decimal, for the description."""
    return "; ".join(", ".join(number_text(value, 1) for value in row) for row in filter_)


def draw_filters(before: Array, after: Array) -> Figure:
    """Before above after, at most eight filters side by side."""
    columns = min(len(before), 8)
    blocks = -(-len(before) // columns)
    figure = Figure(figsize=(10.4, 2.75 * blocks))
    grid = figure.add_gridspec(
        2 * blocks,
        columns + 2,
        left=0.0,
        right=0.93,
        top=0.92,
        bottom=0.03,
        hspace=0.12,
        wspace=0.12,
        width_ratios=[0.62] + [1] * columns + [0.22],
    )
    scale = symmetric(before, after)
    for number in range(len(before)):
        block, column = divmod(number, columns)
        for row, weights in enumerate((before, after)):
            axes = figure.add_subplot(grid[2 * block + row, 1 + column])
            draw_cells(axes, weights[number], colours=SIGNED, norm=scale)
            if row == 0:
                axes.set_title(f"filter {number}", fontsize=10)
    for row in range(2 * blocks):
        words = figure.add_subplot(grid[row, 0])
        bare(words)
        words.text(
            0.9, 0.5, ("before", "after")[row % 2], ha="right", va="center", fontweight="bold"
        )
    bar = figure.colorbar(ScalarMappable(scale, SIGNED), cax=figure.add_subplot(grid[:, -1]))
    bar.set_label("weight")
    bar.ax.yaxis.set_major_formatter(lambda value, _: number_text(value))
    return figure

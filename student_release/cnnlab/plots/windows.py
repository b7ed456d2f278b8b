"""The sliding window: a film strip of it, and one moment of it for the explorer."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cnnlab.plots.cells import GREY, SIGNED, bare, draw_cells, outline, soft_grey, symmetric
from cnnlab.plots.inputs import cross_correlation, image_and_kernel
from labkit.notebook.canvas import INK, MUTED, picture, show
from labkit.notebook.inputs import Array, number_text, rows_text, size_text
from labkit.words import with_article

LARGEST_IMAGE = 10

Position = tuple[int, int]


@picture
def filmstrip(image: object, kernel: object) -> None:
    """Four moments of a window that slides over a small image: window, products, sum.

    `image` is [H, W] with at most ten rows and columns, `kernel` [kh, kw]; the kernel is not
    flipped, the step is 1 and there is no padding.
    """
    pixels, weights = image_and_kernel(image, kernel, LARGEST_IMAGE)
    output = cross_correlation(pixels, weights)
    sums = "; ".join(
        f"row {row}, column {column}: {number_text(output[row, column])}"
        for row, column in chosen_moments(output.shape)
    )
    show(
        lambda: draw_filmstrip(pixels, weights),
        alt=(
            f"Film strip of {with_article(size_text(weights))} window sliding over "
            f"{with_article(size_text(pixels))} image "
            f"with the rows {rows_text(pixels)}. The kernel's rows are {rows_text(weights)}. At "
            "each position window and kernel are multiplied cell by cell, and the sum of the "
            f"products becomes one cell of the {size_text(output)} output. Sums: {sums}."
        ),
        line=(
            f"{with_article(size_text(weights)).capitalize()} window on "
            f"{with_article(size_text(pixels))} image has {output.size} "
            f"positions, so the output is {size_text(output)}. Sums shown: {sums}."
        ),
    )


def chosen_moments(shape: tuple[int, ...]) -> list[Position]:
    """At most four positions that tell the story: the start, one right, one down, the end."""
    last_row, last_column = shape[0] - 1, shape[1] - 1
    wanted = {(0, 0), (0, min(1, last_column)), (min(1, last_row), 0), (last_row, last_column)}
    return sorted(wanted)


def draw_filmstrip(image: Array, kernel: Array) -> Figure:
    """One column a moment, from top to bottom: window, products, output so far."""
    moments = chosen_moments(cross_correlation(image, kernel).shape)
    figure = Figure(figsize=(2.0 * (len(moments) + 1), 6.3))
    grid = figure.add_gridspec(
        3, len(moments) + 1, left=0.015, right=0.985, top=0.93, bottom=0.05, hspace=0.3, wspace=0.16
    )
    captions = [figure.add_subplot(grid[row, 0]) for row in (0, 2)]
    caption(captions[0], "1", "Outline a window\nof the image.")
    caption(captions[1], "3", "The sum is one cell\nof the output.")
    weights = figure.add_subplot(grid[1, 0])
    draw_cells(weights, kernel, colours=SIGNED, norm=symmetric(kernel))
    weights.set_anchor("W")
    weights.set_title("2  Multiply by the\nkernel, cell by cell.", loc="left", fontweight="bold")
    for column, moment in enumerate(moments, start=1):
        panels = [figure.add_subplot(grid[row, column]) for row in range(3)]
        draw_moment(panels, image, kernel, moment)
        panels[0].set_title(f"row {moment[0]}, column {moment[1]}")
    return figure


def caption(axes: Axes, number: str, text: str) -> None:
    """A numbered sentence in a panel of its own."""
    bare(axes)
    axes.text(0, 0.5, f"{number}  {text}", va="center", fontweight="bold", linespacing=1.5)


def draw_moment(panels: list[Axes], image: Array, kernel: Array, moment: Position) -> None:
    """Three panels of one position: the outlined window, the products, the output so far.

    The output fills in reading order, row by row; cells still to come are empty.
    """
    row, column = moment
    height, width = kernel.shape
    output = cross_correlation(image, kernel)
    products = image[row : row + height, column : column + width] * kernel
    largest_product = np.abs(image).max() * np.abs(kernel)
    draw_cells(panels[0], image, colours=GREY, norm=soft_grey(image))
    outline(panels[0], row, column, height, width)
    draw_cells(panels[1], products, colours=SIGNED, norm=symmetric(largest_product))
    panels[1].set_xlabel(f"sum = {number_text(output[row, column])}", fontsize=12, color=INK)
    reading_order = np.arange(output.size).reshape(output.shape)
    known = reading_order <= reading_order[row, column]
    draw_cells(panels[2], output, colours=SIGNED, norm=symmetric(output), known=known)
    outline(panels[2], row, column, 1, 1)


def draw_position(image: Array, kernel: Array, moment: Position) -> Figure:
    """One moment in a row, for the explorer: image × kernel → products → output."""
    figure = Figure(figsize=(10.0, 3.0))
    grid = figure.add_gridspec(1, 4, left=0.02, right=0.98, top=0.86, bottom=0.12, wspace=0.3)
    panels = [figure.add_subplot(grid[0, column]) for column in range(4)]
    draw_cells(panels[1], kernel, colours=SIGNED, norm=symmetric(kernel))
    draw_moment([panels[0], panels[2], panels[3]], image, kernel, moment)
    titles = ("image and window", "kernel", "products", "output so far")
    for axes, title in zip(panels, titles, strict=True):
        axes.set_title(title)
    signs = ("\N{MULTIPLICATION SIGN}", "=", "\N{RIGHTWARDS ARROW}")
    for left, sign in zip(panels[:3], signs, strict=True):
        left.annotate(
            sign,
            (1.15, 0.5),
            xycoords="axes fraction",
            ha="center",
            va="center",
            fontsize=18,
            color=MUTED,
        )
    return figure

"""True convolution beside cross-correlation: what the flip of the kernel changes."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from cnnlab.plots.cells import GREY, SIGNED, bare, draw_cells, outline, soft_grey, symmetric
from cnnlab.plots.inputs import cross_correlation, image_and_kernel
from cnnlab.plots.windows import LARGEST_IMAGE
from labkit.notebook.canvas import MUTED, picture, show
from labkit.notebook.inputs import Array, rows_text, size_text


@picture
def true_and_cross(image: object, kernel: object) -> None:
    """True convolution and cross-correlation of a small image, one above the other.

    `image` is [H, W] with at most ten rows and columns, `kernel` [kh, kw]. True convolution flips
    the kernel upside down and left to right first; that flipped kernel is shown.
    """
    pixels, weights = image_and_kernel(image, kernel, LARGEST_IMAGE)
    flipped = weights[::-1, ::-1]
    cross, true = cross_correlation(pixels, weights), cross_correlation(pixels, flipped)
    same = "are equal here" if np.allclose(cross, true) else "differ"
    show(
        lambda: draw_true_and_cross(pixels, weights),
        alt=(
            f"One {size_text(pixels)} image, two results. Above, cross-correlation with the kernel "
            f"{rows_text(weights)} gives {rows_text(cross)}. Below, true convolution flips the "
            f"kernel in both directions to {rows_text(flipped)} and gives {rows_text(true)}."
        ),
        line=(
            "Cross-correlation takes the kernel as it is; true convolution flips it upside down "
            f"and left to right first. Here the kernel {rows_text(weights)} becomes "
            f"{rows_text(flipped)}, and the two results {same}."
        ),
    )


def draw_true_and_cross(image: Array, kernel: Array) -> Figure:
    """Two rows of image, kernel as applied, and result; corresponding corners are outlined."""
    figure = Figure(figsize=(9.6, 5.4))
    grid = figure.add_gridspec(
        2,
        4,
        left=0.01,
        right=0.985,
        top=0.93,
        bottom=0.03,
        hspace=0.28,
        wspace=0.22,
        width_ratios=[1.15, 1, 1, 1],
    )
    flipped = kernel[::-1, ::-1]
    results = [cross_correlation(image, used) for used in (kernel, flipped)]
    rows = (
        ("Cross-correlation", "The kernel is applied\nas it is. This is what\nnn.Conv2d computes."),
        ("True convolution", "The kernel is flipped\nfirst: upside down and\nleft to right."),
    )
    corners = ((0, 0), (kernel.shape[0] - 1, kernel.shape[1] - 1))
    for row, (name, text) in enumerate(rows):
        words, *panels = (figure.add_subplot(grid[row, column]) for column in range(4))
        bare(words)
        words.text(0, 0.78, name, fontsize=13, fontweight="bold", va="center")
        words.text(0, 0.42, text, va="center", linespacing=1.5)
        used = (kernel, flipped)[row]
        draw_cells(panels[0], image, colours=GREY, norm=soft_grey(image))
        draw_cells(panels[1], used, colours=SIGNED, norm=symmetric(kernel))
        outline(panels[1], *corners[row], 1, 1)
        draw_cells(panels[2], results[row], colours=SIGNED, norm=symmetric(*results))
        titles = ("image", ("kernel", "flipped kernel")[row], "result")
        for axes, title in zip(panels, titles, strict=True):
            axes.set_title(title)
        operator = ("\N{STAR OPERATOR}", "\N{ASTERISK OPERATOR}")[row]
        for left, sign in zip(panels[:2], (operator, "="), strict=True):
            left.annotate(
                sign,
                (1.11, 0.5),
                xycoords="axes fraction",
                ha="center",
                va="center",
                fontsize=17 if sign == "=" else 24,
                color=MUTED,
            )
    return figure

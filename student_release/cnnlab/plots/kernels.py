"""Classic kernels on a digit, and a kernel of one's own."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from cnnlab.plots.cells import GREY, SIGNED, draw_cells, frame, symmetric
from cnnlab.plots.inputs import cross_correlation
from labkit.notebook.canvas import picture, show
from labkit.notebook.inputs import Array, CannotDraw, number_text, plane, size_text, unit_range

THIRD = 1 / 9

CLASSIC_KERNELS: dict[str, tuple[tuple[float, ...], ...]] = {
    "identity": ((0, 0, 0), (0, 1, 0), (0, 0, 0)),
    "blur (mean)": ((THIRD,) * 3,) * 3,
    "sharpen": ((0, -1, 0), (-1, 5, -1), (0, -1, 0)),
    "vertical edges": ((-1, 0, 1), (-2, 0, 2), (-1, 0, 1)),
    "horizontal edges": ((-1, -2, -1), (0, 0, 0), (1, 2, 1)),
    "outline": ((-1, -1, -1), (-1, 8, -1), (-1, -1, -1)),
}
"""Kernels that people designed long before CNNs: the edge kernels are Sobel's, the outline is the
discrete Laplacian with diagonals."""


@picture
def kernel_gallery(digit_image: object) -> None:
    """One digit under six classic kernels, each kernel beside its response.

    `digit_image` is one grey image ([H, W], [1, H, W] or [1, 1, H, W]), bytes or floats.
    """
    digit = digit_plane(digit_image)
    names = ", ".join(CLASSIC_KERNELS)
    show(
        lambda: draw_gallery(digit),
        alt=(
            f"A digit and what six 3×3 kernels make of it: {names}. Identity leaves it as it is, "
            "the mean blurs it, sharpen exaggerates its borders. The edge kernels answer where "
            "brightness changes from left to right or from top to bottom: positive on one side of "
            "a stroke, negative on the other. The outline kernel answers along all borders. "
            "Negative responses carry small dashes."
        ),
        line=(
            f"Six kernels on one digit: {names}. Edge kernels answer with opposite signs on the "
            "two sides of a stroke, and with 0 where nothing changes."
        ),
    )


def digit_plane(value: object) -> Array:
    """A digit as a plane with brightness 0..1, large enough for a 3×3 kernel."""
    digit = plane(value, "the digit image")
    if min(digit.shape) < 3:
        raise CannotDraw(f"the digit image is {size_text(digit)}, smaller than a 3×3 kernel.")
    return unit_range(digit)


def draw_gallery(digit: Array) -> Figure:
    """The digit on the left, then two rows of three pairs: kernel and response."""
    figure = Figure(figsize=(10.4, 4.5))
    grid = figure.add_gridspec(
        2, 4, left=0.01, right=0.99, top=0.92, bottom=0.02, hspace=0.25, wspace=0.08
    )
    original = figure.add_subplot(grid[:, 0])
    draw_image(original, digit)
    original.set_title("the digit")
    for number, (name, weights) in enumerate(CLASSIC_KERNELS.items()):
        pair = grid[number // 3, 1 + number % 3].subgridspec(
            1, 2, width_ratios=[1, 1.9], wspace=0.06
        )
        kernel = np.array(weights, dtype=float)
        small, large = (figure.add_subplot(pair[0, side]) for side in (0, 1))
        draw_cells(small, kernel, colours=SIGNED, norm=symmetric(kernel))
        draw_response(large, cross_correlation(digit, kernel))
        large.set_title(name)
    return figure


def draw_image(axes: Axes, image: Array) -> None:
    """A grey image, black to white, without numbers."""
    axes.imshow(image, cmap=GREY, norm=Normalize(0, 1), interpolation="nearest")
    frame(axes, *image.shape)


def draw_response(axes: Axes, response: Array) -> None:
    """A signed map: orange is positive, purple negative; clearly negative cells carry a dash."""
    axes.imshow(response, cmap=SIGNED, norm=symmetric(response), interpolation="nearest")
    rows, columns = np.nonzero(response < -0.15 * max(np.abs(response).max(), 1e-12))
    axes.scatter(columns, rows, marker="_", s=5, color="white", linewidths=0.8)
    frame(axes, *response.shape)


def draw_playground(digit: Array, kernel: Array) -> Figure:
    """The digit, the kernel and the response in a row, with the response's scale."""
    figure = Figure(figsize=(9.4, 3.0))
    grid = figure.add_gridspec(
        1,
        4,
        left=0.01,
        right=0.93,
        top=0.88,
        bottom=0.02,
        wspace=0.16,
        width_ratios=[1, 0.75, 1, 0.05],
    )
    original, weights, response, bar = (figure.add_subplot(grid[0, place]) for place in range(4))
    draw_image(original, digit)
    original.set_title("the digit")
    draw_cells(weights, kernel, colours=SIGNED, norm=symmetric(kernel))
    weights.set_title("kernel")
    values = cross_correlation(digit, kernel)
    draw_response(response, values)
    response.set_title("response (dashes: negative)")
    scale = figure.colorbar(ScalarMappable(symmetric(values), SIGNED), cax=bar)
    scale.ax.yaxis.set_major_formatter(lambda value, _: number_text(value))
    return figure

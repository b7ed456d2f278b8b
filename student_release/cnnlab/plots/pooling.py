"""Pooling: each window of a small image is replaced by its maximum or its mean."""

from __future__ import annotations

import matplotlib
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from cnnlab.plots.cells import GREY, cell_points, draw_cells, readable_on, soft_grey
from labkit.notebook.canvas import BLUE, MUTED, picture, show
from labkit.notebook.inputs import Array, CannotDraw, plane, rows_text, size_text
from labkit.words import with_article

LARGEST_IMAGE = 10


@picture
def pooling_demo(image: object) -> None:
    """Max pooling and average pooling of a small image, 2×2 windows side by side.

    `image` is [H, W] with two to ten rows and columns. A last row or column that fills no window
    is hatched: it is left out.
    """
    pixels = plane(image, "the image")
    if not (min(pixels.shape) >= 2 and max(pixels.shape) <= LARGEST_IMAGE):
        raise CannotDraw(
            f"the image is {size_text(pixels)}; take one of 2 to {LARGEST_IMAGE} rows and columns, "
            "for example image[8:14, 10:16]."
        )
    largest, mean = pooled(pixels)
    rest = left_out_text(pixels)
    show(
        lambda: draw_pooling(pixels),
        alt=(
            f"{with_article(size_text(pixels)).capitalize()} image with the rows "
            f"{rows_text(pixels)}, divided into 2×2 "
            f"windows with the maximum of each circled. Max pooling gives {rows_text(largest)}; "
            f"average pooling gives {rows_text(mean)}.{rest}"
        ),
        line=(
            f"2×2 pooling turns {size_text(pixels)} into {size_text(largest)}: max pooling gives "
            f"{rows_text(largest)}; average pooling gives {rows_text(mean)}.{rest}"
        ),
    )


def left_out_text(image: Array) -> str:
    """A sentence on the last row or column that fills no window, or nothing."""
    odd = [word for word, side in zip(("row", "column"), image.shape, strict=True) if side % 2]
    if not odd:
        return ""
    verb = "fills no window and is" if len(odd) == 1 else "fill no window and are"
    return f" The last {' and the last '.join(odd)} {verb} left out."


def pooled(image: Array) -> tuple[Array, Array]:
    """Maximum and mean of each 2×2 window of a plane, as torch pools it."""
    plane_ = torch.from_numpy(image.copy())[None]
    return (
        torch.nn.functional.max_pool2d(plane_, 2)[0].numpy(),
        torch.nn.functional.avg_pool2d(plane_, 2)[0].numpy(),
    )


def draw_pooling(image: Array) -> Figure:
    """Three panels: the image with its windows, the maxima, the means."""
    figure = Figure(figsize=(9.6, 3.7))
    grid = figure.add_gridspec(1, 3, left=0.02, right=0.98, top=0.88, bottom=0.1, wspace=0.3)
    panels = [figure.add_subplot(grid[0, column]) for column in range(3)]
    largest, mean = pooled(image)
    scale = soft_grey(image)
    draw_cells(panels[0], image, colours=GREY, norm=scale)
    draw_windows(panels[0], image)
    for axes, values in zip(panels[1:], (largest, mean), strict=True):
        draw_cells(axes, values, colours=GREY, norm=scale)
    titles = (
        f"image {size_text(image)} in 2×2 windows",
        f"max pooling: {size_text(largest)}",
        f"average pooling: {size_text(mean)}",
    )
    for axes, title in zip(panels, titles, strict=True):
        axes.set_title(title)
    notes = (
        "circle: maximum" + (", hatched: left out" if left_out_text(image) else ""),
        "the largest number",
        "the mean of four numbers",
    )
    for axes, note in zip(panels, notes, strict=True):
        axes.set_xlabel(note, color=MUTED)
    return figure


def draw_windows(axes: Axes, image: Array) -> None:
    """Outline the windows, circle each one's maximum, and hatch what fills no window."""
    height, width = image.shape
    places = torch.nn.functional.max_pool2d(
        torch.from_numpy(image.copy())[None], 2, return_indices=True
    )[1].flatten()
    scale, map_ = soft_grey(image), matplotlib.colormaps[GREY]
    for place in places.tolist():
        axes.plot(
            place % width,
            place // width,
            marker="o",
            markersize=0.7 * min(cell_points(axes, image.shape), 40),
            markerfacecolor="none",
            markeredgecolor=readable_on(map_(scale(image.flat[place]))),
            markeredgewidth=1.6,
            zorder=7,
        )
    inner_height, inner_width = height - height % 2, width - width % 2
    for row in range(0, inner_height, 2):
        for column in range(0, inner_width, 2):
            axes.add_patch(box(row, column, 2, 2, edgecolor=BLUE, fill=False, linewidth=3))
    hatched = {"facecolor": "#ffffffc0", "edgecolor": MUTED, "hatch": "///", "linewidth": 0}
    if height % 2:
        axes.add_patch(box(inner_height, 0, 1, width, **hatched))
    if width % 2:
        axes.add_patch(box(0, inner_width, inner_height, 1, **hatched))


def box(row: int, column: int, height: int, width: int, **looks: object) -> Rectangle:
    """A rectangle around whole cells, above their numbers."""
    return Rectangle((column - 0.5, row - 0.5), width, height, zorder=6.5, clip_on=False, **looks)

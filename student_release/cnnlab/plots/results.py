"""How well it went: the confusion matrix and the most confident mistakes."""

from __future__ import annotations

import numpy as np
import torch
from matplotlib.cm import ScalarMappable
from matplotlib.colors import PowerNorm
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import FixedLocator

from cnnlab.plots.cells import AMOUNT, GREY, frame, readable_on
from labkit.notebook.canvas import MUTED, picture, show
from labkit.notebook.inputs import Array, CannotDraw, numbers, plane, planes, shape_text, unit_range
from labkit.notebook.say import say
from labkit.words import with_article

LARGEST_MATRIX = 20
MOST_MISTAKES = 30


@picture
def confusion_heatmap(matrix: object) -> None:
    """A confusion matrix [C, C] with its counts: rows are true classes, columns predictions."""
    counts = plane(matrix, "the confusion matrix")
    if counts.shape[0] != counts.shape[1] or len(counts) > LARGEST_MATRIX or counts.min() < 0:
        raise CannotDraw(
            "the confusion matrix must be square, one row and one column for each class, with "
            f"counts of 0 or more; its shape is {shape_text(counts.shape)}."
        )
    if counts.sum() == 0:
        raise CannotDraw("the confusion matrix holds only zeros: no image was counted.")
    right = float(np.trace(counts))
    errors = counts - np.diag(np.diag(counts))
    share = f"{right:,.0f} of {counts.sum():,.0f} are right ({100 * right / counts.sum():.2f} %)"
    worst = ""
    if errors.max() > 0:
        places = np.argwhere(errors == errors.max())[:3]
        pairs = ", ".join(f"{true} read as {said}" for true, said in places)
        worst = f" The largest count off the diagonal is {errors.max():,.0f}: {pairs}."
    show(
        lambda: draw_confusion(counts),
        alt=(
            f"Confusion matrix of {len(counts)} classes with a count in every cell, rows true, "
            f"columns predicted. {share}.{worst}"
        ),
        line=f"Confusion matrix: {share}.{worst}",
    )


def draw_confusion(counts: Array) -> Figure:
    """A heat map with counts; its colours are stretched, so that rare mistakes can be seen."""
    classes = len(counts)
    figure = Figure(figsize=(7.4, 6.0))
    axes = figure.add_subplot()
    scale = PowerNorm(0.35, 0, float(counts.max()))
    heat = axes.imshow(counts, cmap=AMOUNT, norm=scale)
    map_ = heat.get_cmap()
    size = min(10.5, 105 / classes)
    for (row, column), count in np.ndenumerate(counts):
        axes.text(
            column,
            row,
            f"{count:.0f}",
            ha="center",
            va="center",
            fontsize=size,
            zorder=6,
            color=readable_on(map_(scale(count))),
        )
    for place in range(classes):
        axes.add_patch(
            Rectangle((place - 0.47, place - 0.47), 0.94, 0.94, fill=False, linewidth=2, zorder=5)
        )
    axes.set(xlabel="predicted", ylabel="true", xticks=range(classes), yticks=range(classes))
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)
    bar = figure.colorbar(ScalarMappable(scale, AMOUNT), ax=axes, fraction=0.045, pad=0.03)
    bar.set_label("images (stretched scale)")
    bar.ax.yaxis.set_major_locator(FixedLocator(scale_ticks(float(counts.max()))))
    bar.ax.minorticks_off()
    return figure


def scale_ticks(largest: float) -> list[float]:
    """Zero and the powers of ten below the largest count, and that count itself."""
    powers = [10.0**power for power in range(9) if 10.0**power < 0.6 * largest]
    return [0.0, *powers, largest]


@picture
def most_confident_mistakes(
    images: object, labels: object, logits: object, count: int = 10
) -> None:
    """The wrong predictions that the model was surest of.

    `images` [N, 1, H, W] or [N, H, W], `labels` [N] whole numbers, `logits` [N, C]; at most
    `count` (1 to 30) are shown.
    """
    pictures = planes(images, "images")
    truth = numbers(labels, "labels").astype(int).ravel()
    scores = numbers(logits, "logits")
    if scores.ndim != 2 or not len(pictures) == len(truth) == len(scores):
        raise CannotDraw(
            "images, labels and logits must have one row for each image, and logits one column for "
            f"each class; the shapes are {shape_text(pictures.shape)}, {shape_text(truth.shape)} "
            f"and {shape_text(scores.shape)}."
        )
    if not isinstance(count, int) or not 1 <= count <= MOST_MISTAKES:
        raise CannotDraw(f"count must be a whole number from 1 to {MOST_MISTAKES}, not {count!r}.")
    shares = torch.softmax(torch.from_numpy(scores), dim=1).numpy()
    said, surety = shares.argmax(axis=1), shares.max(axis=1)
    wrong = np.flatnonzero(said != truth)
    if not wrong.size:
        say(f"No mistakes among {len(truth):,} images: nothing to show.")
        return
    chosen = wrong[np.argsort(-surety[wrong], kind="stable")][:count]
    rows = [(pictures[i], int(truth[i]), int(said[i]), float(surety[i])) for i in chosen]
    words = "; ".join(
        f"{with_article(true)} read as {with_article(guess)} ({100 * sure:.1f} %)"
        for _, true, guess, sure in rows
    )
    show(
        lambda: draw_mistakes(rows),
        alt=f"{len(rows)} images that were read wrongly, the surest first: {words}.",
        line=(
            f"{wrong.size:,} of {len(truth):,} images are read wrongly; the {len(rows)} surest "
            f"mistakes: {words}."
        ),
    )


def draw_mistakes(rows: list[tuple[Array, int, int, float]]) -> Figure:
    """Five images a line: below each its label, the prediction and the confidence."""
    columns = min(len(rows), 5)
    lines = -(-len(rows) // columns)
    figure = Figure(figsize=(1.9 * columns, 2.35 * lines))
    grid = figure.add_gridspec(
        lines,
        columns,
        left=0.02,
        right=0.98,
        top=0.99,
        bottom=0.12 / lines + 0.02,
        hspace=0.32,
        wspace=0.1,
    )
    for number, (image, true, guess, sure) in enumerate(rows):
        axes = figure.add_subplot(grid[divmod(number, columns)])
        axes.imshow(unit_range(image), cmap=GREY, interpolation="nearest")
        frame(axes, *image.shape)
        axes.set_xlabel(
            f"true {true}, read as {guess}\n{100 * sure:.1f} % sure", color=MUTED, fontsize=10
        )
    return figure

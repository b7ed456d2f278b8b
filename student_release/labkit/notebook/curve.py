"""The learning curve: the loss of every batch, and its running mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from labkit.notebook.canvas import BLUE, RULE, picture, show
from labkit.notebook.inputs import Array, CannotDraw, numbers

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@picture
def learning_curve(losses: object) -> None:
    """The loss of every batch, in the order of training, and its running mean.

    `losses` is a flat list of numbers, one a batch.
    """
    values = loss_values(losses)
    smooth = running_mean(values)
    show(
        lambda: draw_learning_curve(values),
        alt=(
            f"Learning curve of {len(values)} batches: the loss starts at {values[0]:.2f}, its "
            f"lowest value is {values.min():.2f}, and its running mean ends at {smooth[-1]:.2f}."
        ),
        line=curve_line(values),
    )


def loss_values(losses: object) -> Array:
    """The losses as a flat array without NaN; a sentence where training has come apart."""
    try:
        raw = np.array([float(loss) for loss in losses])  # type: ignore[union-attr]
    except (TypeError, ValueError):
        raw = numbers(losses, "losses").ravel()
    if not raw.size:
        raise CannotDraw("not there yet: there are no losses to show. Train first.")
    broken = np.flatnonzero(~np.isfinite(raw))
    if broken.size:
        raise CannotDraw(
            f"the loss of batch {broken[0]} is {raw[broken[0]]}: training has come apart there. "
            "The usual cause is a learning rate that is too large."
        )
    return raw


def running_mean(values: Array) -> Array:
    """The mean of each value and the ones before it, over a window of a tenth of the curve."""
    window = max(1, min(50, len(values) // 10))
    sums = np.cumsum(np.concatenate([[0.0], values]))
    ends = np.arange(1, len(values) + 1)
    starts = np.maximum(0, ends - window)
    return (sums[ends] - sums[starts]) / (ends - starts)


def curve_line(values: Array) -> str:
    """The learning curve in one sentence."""
    return (
        f"Loss over {len(values)} batch{'es' if len(values) != 1 else ''}: from {values[0]:.2f} to "
        f"{running_mean(values)[-1]:.2f} (mean of the last batches)."
    )


def draw_learning_curve(values: Array, expected: int | None = None) -> Figure:
    """Thin: every batch; heavy: the running mean. `expected` batches fix the axis' length."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.6, 3.1))
    axes = figure.add_subplot()
    batches = np.arange(1, len(values) + 1)
    smooth = running_mean(values)
    axes.plot(batches, values, color="#9fb3c8", linewidth=0.9, label="each batch")
    axes.plot(batches, smooth, color=BLUE, linewidth=2.4, label="running mean")
    axes.plot(batches[-1], smooth[-1], marker="o", color=BLUE)
    axes.annotate(
        f"{smooth[-1]:.2f}",
        (batches[-1], smooth[-1]),
        xytext=(0, 9),
        textcoords="offset points",
        ha="center",
        color=BLUE,
        fontweight="bold",
    )
    axes.set(xlabel="batch", ylabel="loss", ylim=(0, float(values.max()) * 1.06 or 1.0))
    axes.set_xlim(0, max(expected or 0, len(values)) * 1.03 or 1.0)
    axes.grid(color=RULE, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, loc="upper right")
    return figure

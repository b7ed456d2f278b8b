"""The shape ledger: what leaves each layer of a network, line by line."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from torch import nn

from cnnlab.plots.tracing import as_model, trace
from labkit.notebook.canvas import BLUE, MUTED, ORANGE, PAPER, RULE, picture, show
from labkit.notebook.inputs import CannotDraw, shape_text
from labkit.notebook.say import say
from labkit.notebook.screen import grading

Shape = tuple[int, ...]

PLAN = ("conv1, ReLU", "pool", "conv2, ReLU", "pool", "flatten", "fc")
"""The steps of SimpleCNN, whose shapes the reader fills in."""


@dataclass(frozen=True)
class Row:
    """A step and the shape that leaves it, without the batch; None where it is to be filled in."""

    name: str
    shape: Shape | None


@picture
def shape_ledger(sizes: object = None) -> None:
    """What leaves each layer: of a list of (name, shape) pairs, of a model, or empty boxes.

    A model is given one image of 1×28×28, and every step that it takes is noted. With nothing
    given, the ledger of SimpleCNN has empty boxes. A shape of None leaves a box empty, too.
    """
    error = ""
    if sizes is None or sizes is Ellipsis:
        rows = [Row("image", (1, 28, 28)), *(Row(name, None) for name in PLAN)]
    elif isinstance(sizes, nn.Module | type):
        model = as_model(sizes)
        if grading():
            say(f"Shape ledger of {type(model).__name__} (not drawn while grading).")
            return
        rows, error = traced_rows(model)
    else:
        rows = [row_of(pair) for pair in pairs_of(sizes)]
    said = "; ".join(f"{row.name} {words_of(row.shape)}" for row in rows)
    ending = f" Then the model stopped with {error}." if error else ""
    show(
        lambda: draw_ledger(rows, error),
        alt=(
            f"Table of the shapes that leave each layer (channels, rows, columns), top to bottom: "
            f"{said}.{ending}"
        ),
        line=f"Shape ledger: {said}.{ending}",
    )


def traced_rows(model: nn.Module) -> tuple[list[Row], str]:
    """The rows of a model that is given one image, and the error that stopped it, if any."""
    seen = trace(model, torch.zeros(1, 1, 28, 28))
    return [Row(name, tuple(result.shape[1:])) for name, result in seen.steps], seen.error


def pairs_of(sizes: object) -> Sequence[object]:
    """The argument as a sequence of pairs, or the sentence that says what it should be."""
    if isinstance(sizes, dict):
        return list(sizes.items())
    if not isinstance(sizes, Sequence) or isinstance(sizes, str) or not sizes:
        raise CannotDraw(
            "the shape ledger takes a list of (name, shape) pairs, such as "
            '[("image", (1, 28, 28))], or a model, or nothing.'
        )
    return sizes


def row_of(pair: object) -> Row:
    """One (name, shape) pair as a row; a lone number counts as a shape with one side."""
    try:
        name, shape = pair  # type: ignore[misc]
        if shape is None or shape is Ellipsis:
            return Row(str(name), None)
        sides = shape if isinstance(shape, Sequence) else (shape,)
        return Row(str(name), tuple(int(side) for side in sides))
    except (TypeError, ValueError) as error:
        raise CannotDraw(
            f'each row must be a pair like ("pool", (8, 12, 12)), but one is {pair!r:.60}.'
        ) from error


def words_of(shape: Shape | None) -> str:
    """A shape and how many numbers that is; a blank to fill in where it is unknown."""
    if shape is None:
        return "____"
    count = math.prod(shape)
    return f"{shape_text(shape)} = {count:,} number{'s' if count != 1 else ''}"


def draw_ledger(rows: list[Row], error: str = "") -> Figure:
    """A table; the squares on the left are to scale, stacked once for each channel (at most 8)."""
    height = 0.42 * (len(rows) + 1) + (0.5 if error else 0.1)
    figure = Figure(figsize=(8.2, height))
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, 8.2), ylim=(height, 0), aspect="equal")
    axes.set_axis_off()
    columns = (1.5, 3.6, 6.4)
    heads = ("step", "shape that leaves it", "numbers")
    for left, head in zip(columns, heads, strict=True):
        axes.text(left, 0.21, head, va="center", color=MUTED, fontsize=10)
    known = [row.shape for row in rows if row.shape]
    widest = max((max(shape[-2:]) for shape in known if len(shape) > 1), default=1)
    widest_row = max((math.prod(shape) for shape in known if len(shape) == 1), default=1)
    for number, row in enumerate(rows):
        middle = 0.42 * (number + 1.5)
        axes.plot([0.1, 8.1], [middle - 0.21] * 2, color=RULE, linewidth=1)
        axes.text(columns[0], middle, row.name, va="center", fontweight="bold")
        if row.shape is None:
            for left, width in ((columns[1], 2.2), (columns[2], 1.2)):
                axes.add_patch(blank(left, middle, width))
            continue
        draw_stack(axes, row.shape, middle, widest, widest_row)
        axes.text(columns[1], middle, shape_text(row.shape), va="center")
        axes.text(columns[2], middle, f"{math.prod(row.shape):,}", va="center")
    if error:
        axes.text(
            0.1,
            height - 0.28,
            f"\N{MULTIPLICATION SIGN}  stopped: {error:.95}",
            va="center",
            fontsize=9,
            color=ORANGE,
            fontweight="bold",
        )
    return figure


def blank(left: float, middle: float, width: float) -> Rectangle:
    """A dashed box to fill in."""
    return Rectangle(
        (left, middle - 0.14),
        width,
        0.28,
        facecolor="white",
        edgecolor=MUTED,
        linestyle=(0, (4, 3)),
    )


def draw_stack(axes: Axes, shape: Shape, middle: float, widest: int, widest_row: int) -> None:
    """Maps as squares to scale, one behind the other; a row of numbers as a bar,
    whose length grows with the logarithm of their count."""
    if len(shape) < 2:
        length = 1.1 * math.log(1 + math.prod(shape)) / math.log(1 + widest_row)
        axes.add_patch(Rectangle((0.2, middle - 0.03), length, 0.06, color=BLUE))
        return
    down, across = (0.27 * side / widest for side in shape[-2:])
    for layer in reversed(range(min(math.prod(shape[:-2]), 8))):
        axes.add_patch(
            Rectangle(
                (0.2 + 0.09 * layer, middle + 0.05 - down / 2 - 0.014 * layer),
                across,
                down,
                facecolor=PAPER,
                edgecolor=BLUE,
                linewidth=1,
            )
        )

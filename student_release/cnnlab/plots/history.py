"""The history of CNNs from 1980 to 2015 on a time axis."""

from __future__ import annotations

from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from labkit.notebook.canvas import BLUE, MUTED, picture, show

Point = tuple[float, float]


@dataclass(frozen=True)
class Milestone:
    """A year of the history: the networks, and why they are remembered."""

    year: int
    name: str
    text: str


MILESTONES = (
    Milestone(1980, "Neocognitron", "Fukushima: layers of\nsimple and complex\nfeature detectors"),
    Milestone(1989, "LeNet", "LeCun: filters found\nby backpropagation;\nreads postcodes"),
    Milestone(1998, "LeNet-5", "two convolutions, two\npools; reads digits\non cheques"),
    Milestone(2012, "AlexNet", "wins ImageNet by far;\ndeep, with ReLU,\non two GPUs"),
    Milestone(2014, "VGG, GoogLeNet", "many small 3×3\nkernels; Inception\nmodules"),
    Milestone(2015, "ResNet", "skip connections;\nmore than 100 layers\nbecome trainable"),
)


@picture
def timeline() -> None:
    """Milestones of CNNs from 1980 to 2015."""
    words = "; ".join(
        f"{stone.year} {stone.name} ({stone.text.replace(chr(10), ' ')})" for stone in MILESTONES
    )
    show(
        draw_timeline,
        alt=f"A time axis from 1980 to 2015 with six milestones, in order: {words}.",
        line="Timeline: " + "; ".join(f"{stone.year} {stone.name}" for stone in MILESTONES) + ".",
    )


def draw_timeline() -> Figure:
    """Evenly spaced cards, each joined to its year on an axis that is true to scale."""
    figure = Figure(figsize=(10.4, 2.75))
    axes = figure.add_axes((0.01, 0.01, 0.98, 0.98))
    axes.set(xlim=(0, 10.4), ylim=(0, 2.75))
    axes.set_axis_off()
    axis_height, card_bottom = 0.42, 1.12
    axes.plot([year_place(1978), year_place(2017)], [axis_height] * 2, color=MUTED, linewidth=2)
    for year in range(1980, 2016, 5):
        axes.plot([year_place(year)] * 2, [axis_height - 0.06, axis_height], color=MUTED)
        axes.text(
            year_place(year),
            axis_height - 0.14,
            str(year),
            ha="center",
            va="top",
            fontsize=10,
            color=MUTED,
        )
    for number, stone in enumerate(MILESTONES):
        left = 0.05 + 1.745 * number
        axes.plot(
            [left + 0.07, left + 0.07, year_place(stone.year)],
            [card_bottom + 1.5, card_bottom - 0.12, axis_height],
            color=BLUE,
            linewidth=1.4,
        )
        axes.plot(
            year_place(stone.year),
            axis_height,
            marker="o",
            markersize=8,
            color=BLUE,
            markeredgecolor="white",
            markeredgewidth=1.2,
            zorder=4,
        )
        draw_card(axes, stone, (left + 0.17, card_bottom + 1.48))
    return figure


def year_place(year: float) -> float:
    """Where a year lies on the axis."""
    return 0.3 + (year - 1978) * 9.7 / 39


def draw_card(axes: Axes, stone: Milestone, top_left: Point) -> None:
    """Year, name and two or three short lines."""
    left, top = top_left
    axes.text(left, top, str(stone.year), va="top", fontsize=10, color=BLUE, fontweight="bold")
    axes.text(left, top - 0.24, stone.name, va="top", fontsize=11.5, fontweight="bold")
    axes.text(left, top - 0.54, stone.text, va="top", fontsize=9.5, linespacing=1.45)

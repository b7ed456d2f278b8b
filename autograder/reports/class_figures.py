"""The class report's figures: how scores, times and what checks have measured are distributed."""

from collections.abc import Sequence
from statistics import median

import numpy as np
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from autograder.reports.figures import ACCENT, SOFT, inline_svg
from autograder.reports.kinds.told import Measured
from autograder.reports.words import number


def score_figure(scores: Sequence[float], max_score: float) -> Markup:
    """How many students have how many points; bonus points stand to the right of the maximum."""
    top = max(max_score, *scores)
    bins = np.linspace(0, top, 21).tolist()
    return _histogram(scores, bins, "Scores", "points", max_score)


def measured_figure(measured: Sequence[Measured]) -> Markup:
    """How many notebooks have which number; of percents the histogram ends at 100."""
    values = [each.value for each in measured]
    top = 100.0 if measured[0].unit == "%" and max(values) <= 100 else max(values)
    edges = [float(edge) for edge in MaxNLocator(20).tick_values(min(values), top)]
    return _histogram(values, edges, measured[0].title, measured[0].axis)


def time_figure(seconds: Sequence[float]) -> Markup:
    """How many notebooks took how long to grade."""
    bins = np.linspace(0, max(1.0, *seconds) * 1.001, 21).tolist()
    return _histogram(seconds, bins, "Time to grade", "seconds")


def memory_figure(megabytes: Sequence[float]) -> Markup:
    """How many notebooks held how much memory at their peak."""
    bins = np.linspace(0, max(1.0, *megabytes) * 1.001, 21).tolist()
    return _histogram(megabytes, bins, "Memory at the peak", "megabytes")


def distribution_words(values: Sequence[float], unit: str) -> str:
    """The mean, the median and the ends of `values` in a sentence."""
    shown = (
        number(round(value, 1))
        for value in (sum(values) / len(values), median(values), min(values), max(values))
    )
    mean, middle, low, high = shown
    if len(values) == 1:
        return f"1 notebook: {mean} {unit}."
    return f"{len(values)} notebooks: mean {mean}, median {middle}, from {low} to {high} {unit}."


def _histogram(
    values: Sequence[float],
    bins: Sequence[float],
    title: str,
    label: str,
    full: float | None = None,
) -> Markup:
    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        axes.hist(values, bins, color=ACCENT, rwidth=0.9)
        if full is not None:
            axes.axvline(full, color=SOFT, linewidth=1, linestyle=(0, (3, 3)))
        _plain(axes, label)

    words = distribution_words(values, label)
    return inline_svg(draw, 4.9, 2.4, title, f"Histogram. {words}")


def _plain(axes: Axes, label: str) -> None:
    axes.set_xlabel(label)
    axes.set_ylabel("notebooks")
    axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes.grid(axis="y", linewidth=0.7)
    axes.tick_params(length=0)
    axes.spines["left"].set_visible(False)

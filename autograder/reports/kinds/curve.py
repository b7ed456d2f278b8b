"""How a number went, step by step."""

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from markupsafe import Markup
from matplotlib.figure import Figure
from pydantic import Field

from autograder.reports.figures import ACCENT, SOFT, inline_svg
from autograder.reports.kinds.form import Name, Number, Words


@dataclass(frozen=True)
class Curve:
    """Values that are evenly spread over `span`."""

    kind: Literal["curve"]
    title: Name
    words: Words
    values: Annotated[list[Number], Field(min_length=2, max_length=1000)]
    x: Name
    y: Name
    span: tuple[Number, Number]
    noisy: bool
    """Whether to draw the running mean, too."""

    def drawing(self, question: str) -> Markup:
        """Return the curve; a noisy one thin, and its running mean."""
        return inline_svg(self._draw, 4.9, 2.4, f"{question}: {self.title}", self.words)

    def _draw(self, figure: Figure) -> None:
        axes = figure.add_subplot()
        places = np.linspace(*self.span, len(self.values))
        if self.noisy:
            axes.plot(places, self.values, color=SOFT, linewidth=0.7, alpha=0.6)
        axes.plot(
            places,
            running_mean(self.values) if self.noisy else self.values,
            color=ACCENT,
            linewidth=2,
        )
        axes.set(xlabel=self.x, ylabel=self.y, ylim=(min(0.0, *self.values), None))
        axes.grid(axis="y", linewidth=0.7)
        axes.tick_params(length=0)
        axes.spines["left"].set_visible(False)


def running_mean(values: list[float]) -> list[float]:
    """Return for each value the mean of it and the ones before it, over a tenth of the curve."""
    window = max(1, len(values) // 10)
    sums = np.cumsum([0.0, *values])
    ends = np.arange(1, len(sums))
    starts = np.maximum(0, ends - window)
    return ((sums[ends] - sums[starts]) / (ends - starts)).tolist()

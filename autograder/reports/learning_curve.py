"""How the loss fell while a student's model was trained."""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from markupsafe import Markup
from matplotlib.figure import Figure
from pydantic import Field, TypeAdapter, ValidationError

from autograder.reports.figures import ACCENT, SOFT, inline_svg

EVIDENCE = "learning_curve"
"""The name under which a check shows the losses, if the notebook recorded some."""
NONE_RECORDED = (
    "No learning curve: the notebook recorded no losses. It does where the training gets"
    " progress.LiveCurve(nn.CrossEntropyLoss()) as its loss."
)

Loss = Annotated[float, Field(ge=-1e6, le=1e6, allow_inf_nan=False)]


@dataclass(frozen=True)
class LearningCurve:
    """The losses of a training."""

    losses: Annotated[list[Loss], Field(min_length=2, max_length=1000)]
    """In the order of training, evenly spread over all batches."""
    batches: Annotated[int, Field(ge=2, lt=10**9)]
    broken: bool
    """Whether training came apart after them: the next loss was huge or no number."""

    @property
    def smooth(self) -> list[float]:
        """For each loss the mean of it and the ones before it, over a tenth of the curve."""
        window = max(1, len(self.losses) // 10)
        sums = np.cumsum([0.0, *self.losses])
        ends = np.arange(1, len(sums))
        starts = np.maximum(0, ends - window)
        return ((sums[ends] - sums[starts]) / (ends - starts)).tolist()

    @property
    def words(self) -> str:
        fell = (
            f"The loss of your training over {self.batches:,} batches: from {self.losses[0]:.2f}"
            f" to {self.smooth[-1]:.2f} (mean of the last ones)."
        )
        if not self.broken:
            return fell
        return (
            f"{fell} Then training came apart: the loss was huge or no number any more. The usual"
            " cause is a learning rate that is too large."
        )


_CURVE = TypeAdapter(LearningCurve)


def learning_curve_in(evidence: object) -> LearningCurve | None:
    """The curve, if it is sound: a file may hold anything."""
    try:
        return _CURVE.validate_python(evidence)
    except ValidationError:
        return None


def curve_figure(curve: LearningCurve, question: str) -> Markup:
    """The loss of each batch, thin, and its running mean."""
    title = f"{question}: learning curve"
    return inline_svg(lambda figure: _draw(figure, curve), 4.9, 2.4, title, curve.words)


def _draw(figure: Figure, curve: LearningCurve) -> None:
    axes = figure.add_subplot()
    batches = np.linspace(1, curve.batches, len(curve.losses))
    axes.plot(batches, curve.losses, color=SOFT, linewidth=0.7, alpha=0.6)
    axes.plot(batches, curve.smooth, color=ACCENT, linewidth=2)
    axes.set(xlabel="batch", ylabel="loss", ylim=(min(0.0, *curve.losses), None))
    axes.grid(axis="y", linewidth=0.7)
    axes.tick_params(length=0)
    axes.spines["left"].set_visible(False)

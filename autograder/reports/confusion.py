"""Which digits a trained model mixes up: the counts of a check, as words and as a picture."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from markupsafe import Markup
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray
from pydantic import TypeAdapter, ValidationError

from autograder.records import Grade, QuestionResult
from autograder.reports.figures import ACCENT, CARD, SOFT, TEXT, inline_svg

EVIDENCE = "confusion"
"""The name under which a check shows its counts."""

_COUNTS = TypeAdapter(list[list[float]])
_MANY = 10_000
"""A count of five digits does not fit into its cell."""
_MOST = 1e12
_DARK = 0.55
"""From this strength on, a cell's number is written in the colour of the paper."""


@dataclass(frozen=True)
class Confusion:
    """How often each true class (row) was read as each class (column)."""

    counts: NDArray[np.float64]
    """Of test images; estimates, so they need not be whole."""

    @property
    def images(self) -> float:
        return float(self.counts.sum())

    @property
    def accuracy(self) -> float:
        """Percent of the images that were read rightly."""
        return 100 * float(np.trace(self.counts)) / self.images

    def words(self, subject: str) -> str:
        """What the counts say; `subject` is who read the images, as in "Your model"."""
        found = f"{subject} read {self.accuracy:.2f} % of the changed test digits rightly."
        worst = self._worst(3)
        of_all = f"(of {self.images:,.0f} digits)"
        return f"{found} Most often mistaken {of_all}: {', '.join(worst)}." if worst else found

    def _worst(self, most: int) -> list[str]:
        mistakes = self.counts * (1 - np.eye(len(self.counts)))
        ranked = np.argsort(-mistakes, axis=None, kind="stable")[:most]
        places = (divmod(int(place), len(mistakes)) for place in ranked)
        return [
            f"{true} read as {read} ({mistakes[true, read]:,.0f} times)"
            for true, read in places
            if round(mistakes[true, read])
        ]


def confusion_of(questions: Iterable[QuestionResult]) -> Confusion | None:
    """The counts that a check of these questions showed, if one did."""
    shown = (
        case.evidence[EVIDENCE]
        for question in questions
        for case in question.cases
        if EVIDENCE in case.evidence
    )
    return next((found for counts in shown if (found := _sound(counts))), None)


def accuracy_of(grade: Grade) -> float | None:
    """The accuracy of the student's model in percent, if a check has measured it."""
    found = confusion_of(grade.questions)
    return found.accuracy if found else None


def total(confusions: Sequence[Confusion]) -> Confusion | None:
    """All counts together; None if there are none, or of different numbers of classes."""
    if len({confusion.counts.shape for confusion in confusions}) != 1:
        return None
    return Confusion(np.sum([confusion.counts for confusion in confusions], axis=0))


def heat_map(confusion: Confusion, subject: str) -> Markup:
    """The counts as a picture with a number in each cell; percent of a row where they are large.

    The colour follows the fourth root of a count: a few mistakes can be seen beside hundreds of
    right answers.
    """
    return inline_svg(
        lambda figure: _draw(figure, confusion.counts),
        4.9,
        4.9,
        "Confusion matrix",
        f"Rows are true digits, columns what they were read as. {confusion.words(subject)}",
    )


def _draw(figure: Figure, counts: NDArray[np.float64]) -> None:
    axes = figure.add_subplot()
    classes = len(counts)
    labels = _labels(counts)
    strength = (counts / max(1.0, float(counts.max()))) ** 0.25
    for row, column in product(range(classes), repeat=2):
        cell, count = float(strength[row, column]), round(counts[row, column])
        square = Rectangle((column - 0.48, row - 0.48), 0.96, 0.96, color=ACCENT, alpha=cell)
        colour = CARD if cell > _DARK else TEXT if count else SOFT
        text = axes.text(
            column, row, labels[row][column], ha="center", va="center", fontsize=10.5, color=colour
        )
        for inner in (axes.add_artist(square), text):
            inner.set_in_layout(False)  # or most of the time would go into measuring them
    axes.set(
        xlim=(-0.5, classes - 0.5),
        ylim=(classes - 0.5, -0.5),
        xticks=range(classes),
        yticks=range(classes),
        xlabel="read as",
        ylabel="true digit" if counts.max() < _MANY else "true digit (percent of each row)",
        aspect="equal",
    )
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _labels(counts: NDArray[np.float64]) -> list[list[str]]:
    """What stands in each cell."""
    if counts.max() < _MANY:
        return [[f"{count:.0f}" for count in row] for row in counts]
    percent = 100 * counts / counts.sum(1, keepdims=True).clip(min=1)
    return [[f"{float(share):.1f}" for share in row] for row in percent]


def _sound(counts: object) -> Confusion | None:
    """`counts` if they are a square of counts with something in it: a file may hold anything."""
    try:
        table = np.array(_COUNTS.validate_python(counts), dtype=np.float64)
    except (ValidationError, ValueError):
        return None
    square = table.ndim == 2 and table.shape[0] == table.shape[1] <= 20
    sound = square and bool((table >= 0).all()) and 0 < table.sum() < _MOST
    return Confusion(table) if sound else None

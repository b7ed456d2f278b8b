"""Numbers in rows and columns, as a heat map."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Annotated, Literal, Self

import numpy as np
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray
from pydantic import Field, model_validator

from autograder.reports.figures import ACCENT, CARD, SOFT, TEXT, inline_svg
from autograder.reports.kinds.form import Name, Number, Words

_MANY = 10_000
"""A count of five digits does not fit into its cell."""
_DARK = 0.55
"""From this strength on, a cell's number is written in the colour of the paper."""
_SIDE, _WIDE, _MARGIN, _LETTER = 0.42, 0.62, 0.7, 0.075
"""Inches: of a cell with a count, of one with another number, around the cells, of a letter."""
_SHORT = 3
"""Letters of a column's name that fit above each other's neighbours."""

Names = Annotated[list[Name], Field(min_length=1, max_length=20)]


@dataclass(frozen=True)
class Table:
    """A table; what its rows and columns are, and the name of each."""

    kind: Literal["table"]
    title: Name
    words: Words
    numbers: list[list[Number]]
    rows: Name
    columns: Name
    row_names: Names
    column_names: Names
    counts: bool
    """How often something happened; estimates, so they need not be whole."""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        lengths = {len(row) for row in self.numbers}
        if len(self.numbers) != len(self.row_names) or lengths != {len(self.column_names)}:
            raise ValueError("a table with holes")
        if self.counts and (self.array.min() < 0 or not self.array.any()):
            raise ValueError("no counts")
        return self

    @property
    def heading(self) -> str:
        return f"{self.title[:1].upper()}{self.title[1:]}"

    @property
    def array(self) -> NDArray[np.float64]:
        return np.array(self.numbers, dtype=np.float64)

    def drawing(self, question: str) -> Markup:
        """Return the numbers in their cells; counts as percent of a row where they are large.

        The colour of counts follows their fourth root: a few mistakes can be seen beside hundreds
        of right answers.
        """
        layout = f"Rows: {self.rows}; columns: {self.columns}. {self.words}"
        letters = max(map(len, self.row_names)) - 1
        width = _MARGIN + self._width * len(self.column_names) + _LETTER * letters
        height = _MARGIN + _SIDE * len(self.row_names)
        return inline_svg(self._draw, width, height, f"{question}: {self.title}", layout)

    @property
    def _width(self) -> float:
        return _SIDE if self.counts else _WIDE

    def _draw(self, figure: Figure) -> None:
        axes = figure.add_subplot()
        sizes = np.abs(self.array)
        shares = sizes / (sizes.max() or 1.0)
        strength = shares**0.25 if self.counts else shares
        labels = self._labels()
        for row, column in product(range(len(self.row_names)), range(len(self.column_names))):
            cell, number = float(strength[row, column]), self.numbers[row][column]
            is_seen = round(number) if self.counts else True
            colour = CARD if cell > _DARK else TEXT if is_seen else SOFT
            _cell(axes, (row, column), cell, labels[row][column], colour)
        percent = " (percent of each row)" if self.counts and sizes.max() >= _MANY else ""
        axes.set(
            xlim=(-0.5, len(self.column_names) - 0.5),
            ylim=(len(self.row_names) - 0.5, -0.5),
            xticks=range(len(self.column_names)),
            yticks=range(len(self.row_names)),
            xlabel=self.columns,
            ylabel=f"{self.rows}{percent}",
            aspect=_SIDE / self._width,
        )
        turned = 90 if max(map(len, self.column_names)) > _SHORT else 0
        axes.set_xticklabels(self.column_names, rotation=turned)
        axes.set_yticklabels(self.row_names)
        axes.tick_params(length=0)
        for spine in axes.spines.values():
            spine.set_visible(False)

    def _labels(self) -> list[list[str]]:
        """Return what stands in each cell."""
        if not self.counts:
            return [[f"{number:.3g}" for number in row] for row in self.numbers]
        if self.array.max() < _MANY:
            return [[f"{count:.0f}" for count in row] for row in self.numbers]
        percent = 100 * self.array / self.array.sum(1, keepdims=True).clip(min=1)
        return [[f"{float(share):.1f}" for share in row] for row in percent]


def together(tables: Sequence[Table], whose: str) -> Table | None:
    """Return the counts of all `tables` in one; None where they don't fit each other."""
    of_counts = [table for table in tables if table.counts]
    forms = {(*table.row_names, "", *table.column_names) for table in of_counts}
    if len(forms) != 1:
        return None
    counts = np.sum([table.array for table in of_counts], axis=0)
    whole = replace(of_counts[0], numbers=counts.tolist())
    return replace(whole, words=_told(whole, whose))


def _told(table: Table, whose: str) -> str:
    """Return what the counts of several tables say."""
    counts, is_square = table.array, table.row_names == table.column_names
    total = float(counts.sum())
    told = f"{whose}: {total:,.0f} counted"
    if is_square:
        told += f", {100 * float(np.trace(counts)) / total:.2f} % of them on the diagonal"
    mistakes = counts * (1 - np.eye(len(counts))) if is_square else counts
    ranked = np.argsort(-mistakes, axis=None, kind="stable")[:3]
    places = (divmod(int(place), counts.shape[1]) for place in ranked)
    worst = [
        f"{table.rows} {table.row_names[row]}, {table.columns} {table.column_names[column]}"
        f" ({mistakes[row, column]:,.0f} times)"
        for row, column in places
        if round(mistakes[row, column])
    ]
    often = "Most often beside it" if is_square else "Most often"
    return f"{told}. {often}: {'; '.join(worst)}." if worst else f"{told}."


def _cell(axes: Axes, place: tuple[int, int], strength: float, label: str, colour: str) -> None:
    row, column = place
    square = Rectangle((column - 0.48, row - 0.48), 0.96, 0.96, color=ACCENT, alpha=strength)
    text = axes.text(column, row, label, ha="center", va="center", fontsize=10.5, color=colour)
    for inner in (axes.add_artist(square), text):
        inner.set_in_layout(False)  # or most of the time would go into measuring them

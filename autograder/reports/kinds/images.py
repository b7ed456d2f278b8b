"""Small grey pictures beside each other."""

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from markupsafe import Markup
from matplotlib.figure import Figure
from pydantic import AfterValidator, Field

from autograder.reports.figures import SOFT, inline_svg
from autograder.reports.kinds.form import Name, Words

IN_A_ROW = 3


def _even(rows: list[str]) -> list[str]:
    if len({*map(len, rows)}) != 1:
        raise ValueError("rows of different lengths")
    return rows


Row = Annotated[str, Field(pattern="^(?:[0-9a-f]{2}){1,64}$")]
Rows = Annotated[list[Row], Field(strict=True, min_length=1, max_length=64), AfterValidator(_even)]


@dataclass(frozen=True)
class Image:
    """Rows of two hexadecimal digits a pixel: 00 is dark, ff is bright."""

    name: Name
    rows: Rows


@dataclass(frozen=True)
class Images:
    """Pictures, each with its name above it."""

    kind: Literal["images"]
    title: Name
    words: Words
    images: Annotated[list[Image], Field(strict=True, min_length=1, max_length=9)]

    def drawing(self, question: str) -> Markup:
        """Return the pictures, all as large as the first one."""
        columns = min(IN_A_ROW, len(self.images))
        lines = -(-len(self.images) // columns)
        return inline_svg(
            lambda figure: self._draw(figure, lines, columns),
            1.6 * columns,
            1.72 * lines,
            f"{question}: {self.title}",
            self.words,
        )

    def _draw(self, figure: Figure, lines: int, columns: int) -> None:
        figure.set_layout_engine("none")
        axes = figure.add_axes((0, 0, 1, 1))
        for place, image in enumerate(self.images):
            line, column = divmod(place, columns)
            left, top = 1.1 * column, 1.18 * line
            axes.imshow(
                np.array([list(bytes.fromhex(row)) for row in image.rows], dtype=np.uint8),
                cmap="gray",
                vmin=0,
                vmax=255,
                interpolation="none",
                extent=(left, left + 1, top + 1, top),
            )
            axes.text(left + 0.5, top - 0.04, image.name, ha="center", va="bottom", color=SOFT)
        axes.set(xlim=(-0.02, 1.1 * columns - 0.08), ylim=(1.18 * lines - 0.16, -0.18))
        axes.axis("off")

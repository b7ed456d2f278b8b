"""A public digit and what a student's own convolution makes of it."""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from markupsafe import Markup
from matplotlib.figure import Figure
from pydantic import Field, TypeAdapter, ValidationError

from autograder.reports.figures import SOFT, inline_svg

EVIDENCE = "feature_maps"
"""The name under which a check shows them."""

Row = Annotated[str, Field(pattern="^(?:[0-9a-f]{2}){1,64}$")]
Picture = Annotated[list[Row], Field(strict=True, min_length=1, max_length=64)]
IN_A_ROW = 3


@dataclass(frozen=True)
class FeatureMaps:
    """Rows of two hexadecimal digits a pixel: 00 is dark, the smallest number, ff the largest."""

    image: Picture
    maps: Annotated[list[Picture], Field(strict=True, min_length=1, max_length=8)]

    @property
    def words(self) -> str:
        rows, columns = len(self.maps[0]), len(self.maps[0][0]) // 2
        count = f"{len(self.maps)} maps" if len(self.maps) > 1 else "a map"
        return (
            f"A digit of {len(self.image)}×{len(self.image[0]) // 2} pixels, and what your own"
            f" convolution makes of it: {count} of {rows}×{columns}. Bright is a large number,"
            f" dark a small one."
        )


_MAPS = TypeAdapter(FeatureMaps)


def feature_maps_in(evidence: object) -> FeatureMaps | None:
    """The maps, if they are sound: a file may hold anything."""
    try:
        found = _MAPS.validate_python(evidence)
    except ValidationError:
        return None
    pictures = [found.image, *found.maps]
    return found if all(len({*map(len, rows)}) == 1 for rows in pictures) else None


def map_figure(found: FeatureMaps, question: str) -> Markup:
    """The digit first, then the maps, each as large as the digit."""
    columns = min(IN_A_ROW, 1 + len(found.maps))
    lines = -(-(1 + len(found.maps)) // columns)
    return inline_svg(
        lambda figure: _draw(figure, found, lines, columns),
        1.6 * columns,
        1.72 * lines,
        f"{question}: a digit and its feature maps",
        found.words,
    )


def _draw(figure: Figure, found: FeatureMaps, lines: int, columns: int) -> None:
    figure.set_layout_engine("none")
    axes = figure.add_axes((0, 0, 1, 1))
    for place, rows in enumerate((found.image, *found.maps)):
        line, column = divmod(place, columns)
        left, top = 1.1 * column, 1.18 * line
        axes.imshow(
            np.array([list(bytes.fromhex(row)) for row in rows], dtype=np.uint8),
            cmap="gray",
            vmin=0,
            vmax=255,
            interpolation="none",
            extent=(left, left + 1, top + 1, top),
        )
        name = f"map {place}" if place else "digit"
        axes.text(left + 0.5, top - 0.04, name, ha="center", va="bottom", color=SOFT)
    axes.set(xlim=(-0.02, 1.1 * columns - 0.08), ylim=(1.18 * lines - 0.16, -0.18))
    axes.axis("off")

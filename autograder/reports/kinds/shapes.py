"""Two shapes, as boxes side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from pydantic import Field

from autograder.reports.figures import ACCENT, CARD, SOFT, TEXT, inline_svg
from autograder.reports.kinds.form import Name, Words
from labkit.evidence import shape_text

Shape = Annotated[
    list[Annotated[int, Field(strict=True, ge=0, le=10**6)]], Field(strict=True, max_length=5)
]
LEAST = 0.12
"""Smallest length of a box's side in inches, where the longest side of both has 1."""
BEHIND = 0.05
"""How far the sheets of a stack stand apart in the drawing; three stand for any number."""

_CENTRED: dict[str, Any] = {"ha": "center", "va": "center"}


@dataclass(frozen=True)
class Shapes:
    """The sides of two arrays, as a message of the check says them."""

    kind: Literal["shapes"]
    words: Words
    expected: Shape
    got: Shape
    titles: tuple[Name, Name]
    """What stands above the two boxes."""

    def drawing(self, question: str) -> Markup:
        """Return boxes in one scale, rows downwards; earlier dimensions are sheets behind."""
        longest = max((*self.expected[-2:], *self.got[-2:], 1))
        both = [(shape, _size(shape, longest)) for shape in (self.expected, self.got)]
        room = max(height for _, (height, _) in both) / 2 + 2 * BEHIND

        def draw(figure: Figure) -> None:
            figure.set_layout_engine("none")
            for place, (shape, size) in enumerate(both):
                axes = figure.add_axes((place / 2, 0, 0.5, 1))
                axes.set(xlim=(-0.9, 0.9), ylim=(room + 0.5, -room - 0.3))  # so an inch is 1
                axes.axis("off")
                axes.text(0, -room - 0.15, self.titles[place], color=SOFT, **_CENTRED)
                below = shape_text(shape)
                axes.text(0, room + 0.36, below, weight="bold", fontsize=12, **_CENTRED)
                _draw(axes, shape, size, (ACCENT, TEXT)[place])

        title = f"{question}: {self.titles[0]} and {self.titles[1]}"
        return inline_svg(draw, 3.6, 2 * room + 0.8, title, f"Two boxes side by side. {self.words}")


def _size(shape: Sequence[int], longest: int) -> tuple[float, float]:
    """Height and width of the drawn box, in inches."""
    rows, columns = (1, 1, *shape)[-2:]
    return _length(rows / longest), _length(columns / longest)


def _length(share: float) -> float:
    return LEAST + (1 - LEAST) * share


def _draw(axes: Axes, shape: Sequence[int], size: tuple[float, float], colour: str) -> None:
    """One box around (0, 0), with the lengths of its sides."""
    height, width = size
    for sheet in reversed(range(3 if len(shape) > 2 else 1)):
        corner = (-width / 2 + sheet * BEHIND, -height / 2 - sheet * BEHIND)
        axes.add_artist(
            Rectangle(corner, width, height, facecolor=CARD, edgecolor=colour, linewidth=1.6)
        )
    if len(shape) > 1:
        axes.text(-width / 2 - 0.06, 0, f"{shape[-2]}", ha="right", va="center", color=SOFT)
    if shape:
        axes.text(0, height / 2 + 0.1, f"{shape[-1]}", color=SOFT, **_CENTRED)

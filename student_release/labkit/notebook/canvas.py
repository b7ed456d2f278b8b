"""How a picture reaches the reader: one way to show a figure, and its alternative text with it.

A picture is published as an HTML image whose `alt` attribute carries the description. JupyterLab
ignores an `alt` in the metadata of an `image/png` output, and Visual Studio Code and Colab read it
differently again; an `<img alt="…">` works in all of them, and JupyterLab's sanitizer lets its data
address through in notebooks that are not trusted. The bare PNG goes along for exports to PDF, and
the description once more as plain text, for everything that shows no pictures.

Figures never enter pyplot's registry: there is nothing to close, and hundreds of calls leak
nothing.
"""

from __future__ import annotations

import base64
import functools
import html
import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ParamSpec

from labkit.notebook.inputs import CannotDraw
from labkit.notebook.say import say
from labkit.notebook.screen import grading, in_notebook

if TYPE_CHECKING:  # these are imported where something is drawn: grading draws nothing
    from matplotlib.figure import Figure
    from PIL import Image

PIXELS_PER_INCH = 144
CSS_PIXELS_PER_INCH = 96
ROOM = 1.0
"""Inches that are drawn around a figure: labels may reach over its edge."""
MARGIN = 0.1
"""Inches of white that are left around what was drawn."""

INK = "#1f2933"
MUTED = "#52606d"
RULE = "#cbd2d9"
PAPER = "#f5f7fa"
BLUE = "#0b5fa5"
ORANGE = "#b34700"

STYLE: dict[str, object] = {
    "font.family": "DejaVu Sans",
    "font.size": 11,
    "axes.titlesize": 11,
    "axes.titleweight": "normal",
    "axes.labelsize": 11,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "axes.titlecolor": INK,
    "text.color": INK,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.labelsize": 10,
    "ytick.labelsize": 10,
    "hatch.linewidth": 0.8,
}

Arguments = ParamSpec("Arguments")


@dataclass(frozen=True)
class Picture:
    """A rendered figure: PNG bytes, size on the page in CSS pixels, and its description."""

    png: bytes
    width: int
    height: int
    alt: str

    def html(self) -> str:
        """The picture as an `<img>` element that shrinks with the page."""
        data = base64.b64encode(self.png).decode("ascii")
        return (
            f'<img src="data:image/png;base64,{data}" alt="{html.escape(self.alt, quote=True)}" '
            f'width="{self.width}" style="max-width: 100%; height: auto">'
        )

    def bundle(self) -> tuple[dict[str, str], dict[str, object]]:
        """The output's forms by media type, and the metadata that goes with them."""
        forms = {
            "text/html": self.html(),
            "image/png": base64.b64encode(self.png).decode("ascii"),
            "text/plain": self.alt,
        }
        return forms, {"image/png": {"alt": self.alt, "width": self.width}}


def render(draw: Callable[[], Figure], *, alt: str) -> Picture:
    """Draw a figure in the notebook's style and turn it into a small PNG.

    The PNG has a palette of 256 colours, which these pictures never exceed visibly: it is a third
    of the size of true colour.
    """
    if not alt.strip():
        raise ValueError("A picture needs a description (alt) that says what it shows.")
    import matplotlib
    from matplotlib.transforms import Bbox
    from PIL import Image

    with matplotlib.rc_context(STYLE):
        figure = draw()
        width, height = figure.get_size_inches()
        buffer = io.BytesIO()
        figure.savefig(
            buffer,
            format="png",
            dpi=PIXELS_PER_INCH,
            facecolor="white",
            # "tight" would draw it twice: once to see how far the labels reach
            bbox_inches=Bbox.from_extents(-ROOM, -ROOM, width + ROOM, height + ROOM),
            pil_kwargs={"compress_level": 0},  # it is read again at once
        )
        figure.clear()
    image = _trimmed(Image.open(buffer).convert("RGB"))
    image = image.quantize(256, dither=Image.Dither.NONE)
    small = io.BytesIO()
    image.save(small, format="png")
    width, height = (round(side * CSS_PIXELS_PER_INCH / PIXELS_PER_INCH) for side in image.size)
    return Picture(png=small.getvalue(), width=width, height=height, alt=alt)


def _trimmed(image: Image.Image) -> Image.Image:
    """The picture with a narrow white margin: no label is cut off, and no room is wasted."""
    from PIL import ImageOps

    drawn = image.crop(ImageOps.invert(image).getbbox())
    return ImageOps.expand(drawn, round(MARGIN * PIXELS_PER_INCH), "white")


def show(draw: Callable[[], Figure], *, alt: str, line: str) -> None:
    """Show a figure with its description, and one line that says the same.

    While grading, and outside a notebook, the line is printed and nothing is drawn.
    """
    if in_notebook() and not grading():
        from IPython.display import display

        forms, metadata = render(draw, alt=alt).bundle()
        display(forms, metadata=metadata, raw=True)
    say(line)


def picture(function: Callable[Arguments, None]) -> Callable[Arguments, None]:
    """Let a picture that cannot be drawn say why, instead of stopping the notebook.

    A wrong or missing answer further up must not keep "Run all" from reaching the next question.
    """

    @functools.wraps(function)
    def drawn_or_explained(*args: Arguments.args, **kwargs: Arguments.kwargs) -> None:
        try:
            function(*args, **kwargs)
        except CannotDraw as reason:
            say(f"No picture ({function.__name__}): {reason}")

    return drawn_or_explained

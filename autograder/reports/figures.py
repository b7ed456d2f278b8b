"""Figures of the reports: inline SVG in the colours of the page around it, with a description."""

import io
import threading
import zlib
from collections.abc import Callable, Mapping
from typing import Any
from xml.etree import ElementTree

import matplotlib
from markupsafe import Markup
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

TEXT, SOFT, LINE, ACCENT, CARD = ("#000101", "#000102", "#000103", "#000104", "#000105")
"""Stand for the page's colours while a figure is drawn; they follow light and dark mode."""

_PAGE_COLOURS: Mapping[str, str] = {
    TEXT: "var(--text)",
    SOFT: "var(--soft)",
    LINE: "var(--line)",
    ACCENT: "var(--accent)",
    CARD: "var(--card)",
}
_STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",  # text stays text: the reader's own fonts, small, searchable
    "font.family": "sans-serif",
    "font.size": 10,
    "axes.edgecolor": LINE,
    "axes.labelcolor": SOFT,
    "axes.titlecolor": TEXT,
    "axes.facecolor": "none",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "figure.facecolor": "none",
    "grid.color": LINE,
    "patch.linewidth": 0,
    "text.color": TEXT,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "text.parse_math": False,
}
_SVG = "http://www.w3.org/2000/svg"
_LINK = "http://www.w3.org/1999/xlink"
_one_at_a_time = threading.Lock()


def inline_svg(
    draw: Callable[[Figure], None], width: float, height: float, title: str, description: str
) -> Markup:
    """The figure that `draw` draws, `width` × `height` inches, as an element for an HTML page.

    It shrinks with the page; `title` and `description` say in words what it shows.
    """
    with _one_at_a_time, matplotlib.rc_context({**_STYLE, "svg.hashsalt": title}):
        figure = Figure(figsize=(width, height), layout="constrained")
        draw(figure)
        target = io.StringIO()
        FigureCanvasSVG(figure).print_svg(target, metadata={"Date": None})
    return Markup(_with_page_colours(_described(target.getvalue(), title, description)))


def _described(source: str, title: str, description: str) -> str:
    """matplotlib's SVG file as an element of a page, named for screen readers."""
    ElementTree.register_namespace("", _SVG)
    ElementTree.register_namespace("xlink", _LINK)
    root = ElementTree.fromstring(source)
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in (f"{{{_SVG}}}metadata", f"{{{_SVG}}}style"):
                parent.remove(child)
        if parent.tag == f"{{{_SVG}}}g":
            parent.attrib.pop("id", None)  # "figure_1" would stand in the page many times
    name = f"figure-{zlib.crc32((title + description).encode()):08x}"
    inches = float(root.attrib.pop("width").removesuffix("pt")) / 72
    root.attrib.pop("height")
    root.set("class", "figure")
    root.set("style", f"max-width: {96 * inches:.0f}px")
    root.set("role", "img")
    root.set("aria-labelledby", f"{name}-title {name}-text")
    for place, (tag, end, text) in enumerate(
        (("title", "title", title), ("desc", "text", description))
    ):
        element = ElementTree.Element(f"{{{_SVG}}}{tag}", {"id": f"{name}-{end}"})
        element.text = text
        root.insert(place, element)
    return ElementTree.tostring(root, encoding="unicode")


def _with_page_colours(source: str) -> str:
    for stand_in, colour in _PAGE_COLOURS.items():
        source = source.replace(stand_in, colour)
    return source

"""From edges to shapes to objects: an idealised drawing of the feature hierarchy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyBboxPatch

from labkit.notebook.canvas import BLUE, INK, MUTED, PAPER, picture, show

Point = tuple[float, float]


@picture
def feature_hierarchy() -> None:
    """Edges become shapes, and shapes become objects: an idealised drawing."""
    show(
        draw_hierarchy,
        alt=(
            "Three columns joined by lines. Early layers: edges, namely horizontal, vertical, "
            "slanted and curved strokes. Middle layers: shapes made of them: a square, a triangle "
            "and a circle. Late layers: objects made of shapes: a house (square and triangle), a "
            "cat's face (triangle and circle) and a car (square and circle)."
        ),
        line=(
            "From edges to shapes to objects: each layer combines what the layer before it found. "
            "(An idealised drawing; real filters are less tidy.)"
        ),
    )


def strokes(*lines: list[Point]) -> Callable[[Axes, Point], None]:
    """A drawing of open lines, in coordinates from -1 to 1 around a tile's centre."""

    def draw(axes: Axes, centre: Point) -> None:
        for line in lines:
            across, up = np.array(line).T * TILE_SCALE
            axes.plot(
                centre[0] + across,
                centre[1] + up,
                color=INK,
                linewidth=2.6,
                solid_capstyle="round",
                solid_joinstyle="round",
                zorder=4,
            )

    return draw


def circles(*parts: tuple[float, float, float]) -> Callable[[Axes, Point], None]:
    """A drawing of circles (x, y, radius), in coordinates from -1 to 1 around a tile's centre."""

    def draw(axes: Axes, centre: Point) -> None:
        for across, up, radius in parts:
            axes.add_patch(
                Circle(
                    (centre[0] + across * TILE_SCALE, centre[1] + up * TILE_SCALE),
                    radius * TILE_SCALE,
                    facecolor=PAPER,
                    edgecolor=INK,
                    linewidth=2.6,
                    zorder=4,
                )
            )

    return draw


@dataclass(frozen=True)
class Tile:
    """One feature: its name, the features of the column before that it is made of, its drawing."""

    name: str
    parts: tuple[str, ...]
    drawings: tuple[Callable[[Axes, Point], None], ...]


TILE_SCALE = 0.36
TILE_SIDE = 0.62
CURVE: list[Point] = [(np.cos(t) * 1.2 + 0.95, np.sin(t) * 1.2) for t in np.linspace(2.3, 3.98, 20)]
SQUARE: list[Point] = [(-0.7, -0.7), (0.7, -0.7), (0.7, 0.7), (-0.7, 0.7), (-0.7, -0.7)]
TRIANGLE: list[Point] = [(-0.8, -0.65), (0.8, -0.65), (0, 0.75), (-0.8, -0.65)]
WALLS: list[Point] = [(-0.6, -0.85), (0.6, -0.85), (0.6, 0.1), (-0.6, 0.1), (-0.6, -0.85)]
ROOF: list[Point] = [(-0.85, 0.1), (0.85, 0.1), (0, 0.9), (-0.85, 0.1)]
LEFT_EAR: list[Point] = [(-0.62, 0.15), (-0.6, 0.88), (-0.1, 0.5)]
RIGHT_EAR: list[Point] = [(0.62, 0.15), (0.6, 0.88), (0.1, 0.5)]
NOSE: list[Point] = [(-0.12, -0.22), (0.12, -0.22), (0, -0.38), (-0.12, -0.22)]
WHISKERS: list[list[Point]] = [
    [(-0.95, -0.2), (-0.4, -0.3)],
    [(-0.95, -0.5), (-0.4, -0.4)],
    [(0.95, -0.2), (0.4, -0.3)],
    [(0.95, -0.5), (0.4, -0.4)],
]
BODY: list[Point] = [(-0.95, -0.4), (0.95, -0.4), (0.95, 0.1), (-0.95, 0.1), (-0.95, -0.4)]
CABIN: list[Point] = [(-0.55, 0.1), (-0.55, 0.65), (0.45, 0.65), (0.45, 0.1)]

COLUMNS: tuple[tuple[str, tuple[Tile, ...]], ...] = (
    (
        "early layers: edges",
        (
            Tile("horizontal", (), (strokes([(-0.8, 0), (0.8, 0)]),)),
            Tile("vertical", (), (strokes([(0, -0.8), (0, 0.8)]),)),
            Tile("slanted", (), (strokes([(-0.6, -0.7), (0.6, 0.7)]),)),
            Tile("curved", (), (strokes(CURVE),)),
        ),
    ),
    (
        "middle layers: shapes",
        (
            Tile("square", ("horizontal", "vertical"), (strokes(SQUARE),)),
            Tile("triangle", ("horizontal", "slanted"), (strokes(TRIANGLE),)),
            Tile("circle", ("curved",), (circles((0, 0, 0.8)),)),
        ),
    ),
    (
        "late layers: objects",
        (
            Tile("house", ("square", "triangle"), (strokes(WALLS, ROOF),)),
            Tile(
                "cat",
                ("triangle", "circle"),
                (
                    strokes(LEFT_EAR, RIGHT_EAR),
                    circles((0, -0.15, 0.7), (-0.26, 0.06, 0.07), (0.26, 0.06, 0.07)),
                    strokes(NOSE, *WHISKERS),
                ),
            ),
            Tile(
                "car",
                ("square", "circle"),
                (
                    strokes(BODY, CABIN),
                    circles((-0.5, -0.45, 0.25), (0.5, -0.45, 0.25)),
                ),
            ),
        ),
    ),
)


def draw_hierarchy() -> Figure:
    """Three columns of tiles; a line says what is made of what."""
    figure = Figure(figsize=(9.6, 5.1))
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, 9.6), ylim=(0, 5.1), aspect="equal")
    axes.set_axis_off()
    places: dict[str, Point] = {}
    for column, (title, tiles) in enumerate(COLUMNS):
        across = 1.6 + 3.2 * column
        axes.text(across, 4.88, title, ha="center", va="center", fontsize=12.5, fontweight="bold")
        for row, tile in enumerate(tiles):
            up = 4.62 - 4.52 * (row + 0.5) / len(tiles)
            places[tile.name] = (across, up)
            draw_tile(axes, tile, (across, up))
            for part in tile.parts:
                join(axes, places[part], (across, up))
    return figure


def draw_tile(axes: Axes, tile: Tile, centre: Point) -> None:
    """A rounded tile with its drawing, and its name below."""
    half = TILE_SIDE / 2
    axes.add_patch(
        FancyBboxPatch(
            (centre[0] - half, centre[1] - half + 0.06),
            TILE_SIDE,
            TILE_SIDE,
            boxstyle="round,pad=0.08",
            facecolor=PAPER,
            edgecolor=MUTED,
            linewidth=1,
            zorder=3,
        )
    )
    for draw in tile.drawings:
        draw(axes, (centre[0], centre[1] + 0.06))
    axes.text(
        centre[0],
        centre[1] - 0.45,
        tile.name,
        ha="center",
        va="center",
        fontsize=10.5,
        zorder=5,
    )


def join(axes: Axes, start: Point, end: Point) -> None:
    """A line from a part to the whole."""
    axes.annotate(
        "",
        xy=(end[0] - 0.44, end[1] + 0.06),
        xytext=(start[0] + 0.42, start[1] + 0.06),
        arrowprops={"arrowstyle": "-|>", "color": BLUE, "linewidth": 1.3, "shrinkA": 2},
        zorder=2,
    )

"""Evidence: what a check measured anyway and the feedback may show, beside passed or not.

Only checks and what they call use these functions, and only with what gives nothing hidden away:
counts, a measured accuracy, a shape that the message says as well. In the notebook and under stock
otter nobody collects, and they do nothing.

    show_curve        how a number went, step by step
    show_table        numbers in rows and columns, as a heat map
    show_images       small grey pictures beside each other
    show_shapes       two shapes, as boxes in one scale
    show_note         words alone
    show_number       one number a student: the class report shows how it is distributed
    show_leaderboard  what Gradescope ranks
    show              anything else, which nobody draws

`name` tells pieces of evidence apart; `words` say in plain sentences what there is to see. Values
may come from a student's code: what can't be drawn (no numbers, too many) is left out.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np

from labkit import run

SIDES_LIMIT, LARGEST_SIDE = 5, 10**6
POINTS_LIMIT = 1000
CELLS_LIMIT = 20
IMAGES_LIMIT, PIXELS_LIMIT = 9, 64
LARGEST = 1e12


def show(name: str, value: Any) -> None:
    """Give `value`, made of numbers, texts, lists and dictionaries, to the feedback as `name`."""
    shown = run.current().shown
    if shown is not None:
        shown[name] = value


def show_curve(
    name: str,
    values: Sequence[float],
    words: str,
    *,
    title: str,
    x: str,
    y: str,
    span: tuple[float, float] | None = None,
    noisy: bool = False,
) -> None:
    """Show `values`, evenly spread from the first to the second number of `span`.

    Without a `span` they are counted from 1. `noisy`: draw their running mean, too.
    """
    numbers = _numbers(values, 1)
    if numbers is not None and 2 <= len(numbers) <= POINTS_LIMIT:
        ends = [float(end) for end in span or (1, len(numbers))]
        curve = {"values": numbers.tolist(), "x": x, "y": y, "span": ends, "noisy": noisy}
        show(name, {"kind": "curve", "title": title, "words": words, **curve})


def show_table(
    name: str,
    numbers: Sequence[Sequence[float]],
    words: str,
    *,
    title: str,
    rows: tuple[str, Sequence[str]],
    columns: tuple[str, Sequence[str]],
    counts: bool = False,
) -> None:
    """Show a table; `rows` and `columns` say what they are, and the name of each.

    `counts`: how often something happened, or estimates of that. Such tables of a class are added
    up; a square one counts what was taken for what, and its diagonal is right.
    """
    table, names = _numbers(numbers, 2), (list(rows[1]), list(columns[1]))
    if table is None or table.shape != tuple(map(len, names)) or max(table.shape) > CELLS_LIMIT:
        return
    shown = {"numbers": table.tolist(), "rows": rows[0], "columns": columns[0]}
    shown |= {"row_names": names[0], "column_names": names[1], "counts": counts}
    show(name, {"kind": "table", "title": title, "words": words, **shown})


def show_images(name: str, images: Mapping[str, Any], words: str, *, title: str) -> None:
    """Show pictures by their names: arrays [H,W] of numbers from 0 (dark) to 1 (bright)."""
    drawn: list[dict[str, Any]] = []
    for each, pixels in images.items():
        numbers = _numbers(pixels, 2)
        if numbers is None or max(numbers.shape) > PIXELS_LIMIT:
            return
        drawn.append({"name": each, "rows": _rows(numbers)})
    if 0 < len(drawn) <= IMAGES_LIMIT:
        show(name, {"kind": "images", "title": title, "words": words, "images": drawn})


def show_shapes(
    name: str,
    expected: Sequence[int],
    got: Sequence[int],
    *,
    titles: tuple[str, str] = ("expected", "what came"),
    words: str = "",
) -> None:
    """Show two shapes, each under its title: only where the message says both.

    Without `words` they are told by their titles.
    """
    shapes, sides = (list(expected), list(got)), [*expected, *got]
    if max(map(len, shapes)) <= SIDES_LIMIT and max(sides, default=0) <= LARGEST_SIDE:
        pairs = zip(titles, shapes, strict=True)
        told = " ".join(f"{each[:1].upper()}{each[1:]}: {shape_text(one)}." for each, one in pairs)
        both = {"expected": shapes[0], "got": shapes[1], "titles": list(titles)}
        show(name, {"kind": "shapes", "words": words or told, **both})


def show_note(name: str, words: str) -> None:
    """Show a sentence where there is nothing to draw."""
    show(name, {"kind": "note", "words": words})


def show_number(name: str, value: float, *, title: str, unit: str = "", of: str = "") -> None:
    """Show a number to the class report alone: "96.4 % of the changed test digits"."""
    number = _numbers(value, 0)
    if number is not None:
        told = {"title": title, "unit": unit, "of": of}
        show(name, {"kind": "number", "value": float(number), **told})


def show_leaderboard(*entries: tuple[str, float, Literal["asc", "desc"]]) -> None:
    """Show what Gradescope ranks, the most important first: a name, a number, and its order."""
    listed = [{"name": name, "value": value, "order": order} for name, value, order in entries]
    show("leaderboard", {"kind": "leaderboard", "entries": listed})


def shape_text(shape: Sequence[int]) -> str:
    """[4, 7] → '4×7'."""
    if len(shape) == 1:
        return f"{shape[0]} in a row"
    return "×".join(map(str, shape)) or "a single number"


def _numbers(values: Any, dimensions: int) -> Any:
    """Return `values` as an array; None where they are no finite numbers in so many dimensions."""
    try:
        numbers = np.asarray(values)
    except (TypeError, ValueError, RuntimeError):
        return None
    if numbers.dtype.kind not in "biuf" or numbers.ndim != dimensions or not numbers.size:
        return None
    numbers = numbers.astype(np.float64)
    return numbers if bool((abs(numbers) < LARGEST).all()) else None


def _rows(pixels: Any) -> list[str]:
    """Return each row as text, two hexadecimal digits a pixel: numbers would fill the records."""
    grey = (255 * pixels.clip(0, 1)).round().astype(np.uint8)
    return [bytes(row).hex() for row in grey.tolist()]

"""What a picture is drawn from: arrays, lists or a library's own kind, checked and made plain."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from labkit.copies import kind_of

Array = NDArray[np.float64]


class CannotDraw(Exception):
    """The sentence that tells the reader why there is no picture, and what to do."""


def numbers(value: object, name: str) -> Array:
    """`value` as a float array: an array, a list, or a kind that `labkit.copies` knows."""
    if value is None or value is Ellipsis:
        raise CannotDraw(
            f"not there yet: {name} has no value. Answer the question above, then run this cell "
            "again."
        )
    try:
        if kind := kind_of(value):
            array = kind.numbers(value)
        elif isinstance(value, Sequence) and any(map(kind_of, value)):
            array = np.stack([numbers(item, name) for item in value])
        else:
            array = np.asarray(value, dtype=np.float64)
    except CannotDraw:
        raise
    except Exception as error:
        raise CannotDraw(
            f"{name} must hold numbers (a tensor, an array or a list of equally long lists), "
            f"but it is of type {type(value).__name__}."
        ) from error
    if array.size == 0:
        raise CannotDraw(f"{name} is empty (shape {shape_text(array.shape)}).")
    if not np.isfinite(array).all():
        raise CannotDraw(f"{name} holds NaN or infinite values; look at where they come from.")
    return array


def plane(value: object, name: str) -> Array:
    """`value` as one [height, width] plane; leading dimensions of size 1 are dropped."""
    array = numbers(value, name)
    while array.ndim > 2 and array.shape[0] == 1:
        array = array[0]
    if array.ndim != 2:
        raise CannotDraw(
            f"{name} must be one plane [height, width], but its shape is {shape_text(array.shape)}."
        )
    return array


def planes(value: object, name: str) -> Array:
    """`value` as a stack [count, height, width]; a channel dimension of size 1 is dropped."""
    array = numbers(value, name)
    if array.ndim == 4 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim == 2:
        array = array[None]
    if array.ndim != 3:
        raise CannotDraw(
            f"{name} must be a stack [count, height, width] or [count, 1, height, width], but its "
            f"shape is {shape_text(array.shape)}."
        )
    return array


def unit_range(image: Array) -> Array:
    """Brightness stretched to 0..1, whether the pixels were bytes, fractions or normalised."""
    low, high = image.min(), image.max()
    return np.zeros_like(image) if high == low else (image - low) / (high - low)


def shape_text(shape: Sequence[int]) -> str:
    """A shape as the lesson writes it: [8, 26, 26]."""
    return "[" + ", ".join(str(int(side)) for side in shape) + "]"


def size_text(array: Array) -> str:
    """The last two sides, rows first: 5×7."""
    return f"{array.shape[-2]}×{array.shape[-1]}"


def number_text(value: float, decimals: int = 2) -> str:
    """A number short enough for a cell, with a true minus sign: −6, 0.25, 1.75, 12.5."""
    size = abs(float(value))
    places = 0 if size >= 100 else min(decimals, 1) if size >= 10 else decimals
    text = f"{float(value):.{places}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return ("0" if text == "-0" else text).replace("-", "\N{MINUS SIGN}")


def rows_text(array: Array) -> str:
    """A plane as text, row by row: 1, 0, −1; 1, 0, −1."""
    return "; ".join(", ".join(number_text(value) for value in row) for row in array)

"""Copies of what a student's function gets and gives, and whether it has changed them.

Arrays, numbers, text, and lists, tuples and dictionaries of them. A library's own kind of value is
added by `add`, as `labkit.for_torch` does.
"""

import importlib
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np

LARGEST = 10_000_000
"""Elements up to which a result is copied: an expanded one may claim to have any number."""


@dataclass(frozen=True)
class Kind:
    """What has to be known of one kind of value."""

    type: type
    copy: Callable[[Any], Any]
    """Make one that the student's function may do anything with, in the same layout."""
    keep: Callable[[Any], Any]
    """Copy a result, which a later call may change in place."""
    same: Callable[[Any, Any], bool]
    """Whether two values are equal in all parts; NaN is equal to NaN here."""
    numbers: Callable[[Any], Any]
    """Return its numbers as a float array of NumPy's, for a picture."""


PLAIN = (bool, int, float, str, set)
"""Types whose `==` is Python's own."""
LIBRARIES = frozenset({"torch", "pandas"})
"""Those for which there is a module `labkit.for_…`."""
_kinds: list[Kind] = []
_tried: set[str] = set()


def add(kind: Kind) -> None:
    """Let values of one more kind be copied and watched."""
    if kind not in _kinds:
        _kinds.append(kind)


def copy(value: Any) -> Any:
    """Return a copy to hand to a student's function."""
    if type(value) in (list, tuple):
        return type(value)(map(copy, value))
    if type(value) is set:
        return set(value)
    if type(value) is dict:
        return dict(zip(value, map(copy, value.values()), strict=True))
    kind = kind_of(value)
    return kind.copy(value) if kind else value


def keep(value: Any) -> Any:
    """Return a copy of a student's result, where it is a plain one of a known kind."""
    kind = kind_of(value)
    return kind.keep(value) if kind and type(value) is kind.type else value


def same(before: Any, after: Any) -> bool:
    """Is an argument as it was before the call? Types first: a student's `==` may do anything."""
    kind = kind_of(before)
    if kind and isinstance(after, kind.type):
        return kind.same(before, after)
    if type(before) is not type(after):
        return False
    if type(before) is dict:
        return same(list(before.items()), list(after.items()))
    if type(before) in (list, tuple):
        return len(before) == len(after) and all(map(same, before, after))
    return before is after or type(before) not in PLAIN or before == after


def kind_of(value: Any) -> Kind | None:
    """Return what is known of the kind of `value`; None for a plain one."""
    for library in LIBRARIES - _tried:
        if library in sys.modules:
            _tried.add(library)
            with suppress(ImportError):  # a sandbox may not read it where nobody preloads it
                importlib.import_module(f"labkit.for_{library}")  # it adds its kinds
    return next((kind for kind in _kinds if isinstance(value, kind.type)), None)


def _copied_array(value: Any) -> Any:
    if type(value) is not np.ndarray or value.dtype.hasobject or value.flags.c_contiguous:
        return value.copy()
    # A view of every second element stays one: copy() would make it contiguous.
    roomy = np.empty(_reach(value), dtype=np.uint8)
    try:
        made = np.ndarray(value.shape, value.dtype, roomy, _lowest(value), value.strides)
        made[...] = value
    except (ValueError, TypeError):  # overlapping windows, which nobody can write into
        return value.copy()
    return made if np.array_equal(made, value, equal_nan=value.dtype.kind in "fc") else value.copy()


def _reach(value: Any) -> int:
    """Return the bytes between the first and the last that belong to an array."""
    steps = [abs(step) * (side - 1) for step, side in zip(value.strides, value.shape, strict=True)]
    return sum(steps) + value.dtype.itemsize if value.size else 0


def _lowest(value: Any) -> int:
    """Return the place of the first element, where an axis runs backwards."""
    pairs = zip(value.strides, value.shape, strict=True)
    return sum(-step * (side - 1) for step, side in pairs if step < 0) if value.size else 0


def _same_array(before: Any, after: Any) -> bool:
    if before.shape != after.shape or before.dtype != after.dtype:
        return False
    return bool(np.array_equal(before, after, equal_nan=before.dtype.kind in "fc"))


add(
    Kind(
        np.ndarray,
        _copied_array,
        lambda value: value.copy() if value.size <= LARGEST else value,
        _same_array,
        lambda value: np.asarray(value, dtype=np.float64),
    )
)

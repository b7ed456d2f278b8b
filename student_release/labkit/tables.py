"""Compare tables and columns of pandas, where pandas is."""

import sys
from collections.abc import Sequence
from typing import Any

from labkit.words import with_article

_NAMES_SHOWN = 6


def is_table(value: Any) -> bool:
    """Whether `value` is a table (DataFrame) or a column (Series)."""
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(value, (pandas.DataFrame, pandas.Series))


def table_difference(got: Any, want: Any, relative: float, absolute: float) -> str:
    """Return what `got` has that `want`, a table, has not; '' where they are nearly the same.

    Whole numbers are as good as floats, and categories as good as texts.
    """
    kind = type(want).__name__
    if type(got).__name__ != kind or not is_table(got):
        return f"is {with_article(type(got).__name__)}, not a {kind}"
    frames = kind == "DataFrame"
    if frames and list(got.columns) != list(want.columns):
        return f"has the columns {_listed(got.columns)}, not {_listed(want.columns)}"
    if len(got) != len(want):
        return f"has {len(got)} rows, not {len(want)}"
    if list(got.index) != list(want.index):
        return f"has the rows {_listed(got.index)}, not {_listed(want.index)}"
    columns = range(got.shape[1]) if frames else [None]
    for place in columns:
        pair = (got, want) if place is None else (got.iloc[:, place], want.iloc[:, place])
        if not _nearly(*pair, relative, absolute):
            where = "" if place is None else f" in the column {want.columns[place]!r}"
            return f"has other values{where}"
    return ""


def _nearly(got: Any, want: Any, relative: float, absolute: float) -> bool:
    nearly: dict[str, Any] = {"rtol": relative, "atol": absolute}
    nearly |= {"check_dtype": False, "check_names": False, "check_index": False}
    try:
        sys.modules["pandas"].testing.assert_series_equal(
            got, want, check_categorical=False, **nearly
        )
    except (AssertionError, TypeError, ValueError):
        return False
    return True


def _listed(names: Sequence[Any]) -> str:
    shown = ", ".join(repr(name) for name in list(names)[:_NAMES_SHOWN])
    return f"[{shown}{', …' if len(names) > _NAMES_SHOWN else ''}]"

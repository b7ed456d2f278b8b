"""What has to be known of pandas' tables. Imported only where pandas is."""

from typing import Any

import pandas as pd

from labkit.copies import LARGEST, Kind, add


def _kept(value: Any) -> Any:
    return value.copy() if value.size <= LARGEST else value


def _same(before: Any, after: Any) -> bool:
    return bool(before.equals(after))


def _numbers(value: Any) -> Any:
    return value.to_numpy(dtype="float64")


for kind in (pd.DataFrame, pd.Series):
    add(Kind(kind, kind.copy, _kept, _same, _numbers))

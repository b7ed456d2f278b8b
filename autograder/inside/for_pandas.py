"""Tables on the wire, for an assignment that preloads pandas: typed columns, nothing pickled.

{"frame": [names], "columns": [column, …], "index": index} and {"series": name, "column": column,
"index": index}. A column is {"kind": kind, "values": value}, where the kind says what the values
are: "numbers" (an array), "plain" (a list), "category" (a list) or "datetime[unit]" (an array of
whole numbers). An index is a list, or null for 0, 1, 2, ….
"""

from typing import Any, cast

import numpy as np
import pandas as pd

from autograder.wire.frames import WireError, is_list, is_object
from autograder.wire.values import DTYPES, Decoder, Encoder, Extension, extend

COLUMNS_LIMIT = 1_000
_DATETIMES = {f"datetime[{unit}]": f"datetime64[{unit}]" for unit in ("s", "ms", "us", "ns")}
_KINDS = ("numbers", "plain", "category", *_DATETIMES)


def _encoded_frame(encoder: Encoder, value: Any, depth: int) -> Any:
    if value.shape[1] > COLUMNS_LIMIT:
        raise WireError(f"a table has more than {COLUMNS_LIMIT} columns")
    columns = [_column(encoder, value.iloc[:, place], depth) for place in range(value.shape[1])]
    return {
        "frame": encoder.encode(list(value.columns.tolist()), depth + 1),
        "columns": columns,
        "index": _index(encoder, value.index, depth),
    }


def _encoded_series(encoder: Encoder, value: Any, depth: int) -> Any:
    return {
        "series": encoder.encode(value.name, depth + 1),
        "column": _column(encoder, value, depth),
        "index": _index(encoder, value.index, depth),
    }


def _index(encoder: Encoder, index: Any, depth: int) -> Any:
    if isinstance(index, pd.RangeIndex) and (index.start, index.step) == (0, 1):
        return None
    return encoder.encode(index.tolist(), depth + 1)


def _column(encoder: Encoder, column: Any, depth: int) -> dict[str, Any]:
    dtype = column.dtype
    if isinstance(dtype, np.dtype) and dtype in set(DTYPES.values()):
        return {"kind": "numbers", "values": encoder.numbers("array", column.to_numpy())}
    if isinstance(dtype, np.dtype) and dtype.kind == "M":
        unit = np.datetime_data(cast("Any", dtype))[0]
        numbers = column.to_numpy().view(np.int64)
        return {"kind": f"datetime[{unit}]", "values": encoder.numbers("array", numbers)}
    kind = "category" if isinstance(dtype, pd.CategoricalDtype) else "plain"
    cells = [None if cell is pd.NA or cell is pd.NaT else cell for cell in column.tolist()]
    return {"kind": kind, "values": encoder.encode(cells, depth + 1)}


def _decoded_frame(decoder: Decoder, tree: dict[str, Any], depth: int) -> Any:
    names, columns = decoder.decode(tree["frame"], depth + 1), tree.get("columns")
    if not is_list(names) or not is_list(columns) or len(names) != len(columns):
        raise WireError("a table has not one name for each column")
    if len(columns) > COLUMNS_LIMIT:
        raise WireError(f"a table has more than {COLUMNS_LIMIT} columns")
    values = [_values(decoder, column, depth) for column in columns]
    index = decoder.decode(tree.get("index"), depth + 1)
    lengths = {len(each) for each in values} | ({len(index)} if is_list(index) else set[int]())
    if len(lengths) > 1:
        raise WireError("the columns of a table are of different lengths")
    try:
        made = pd.DataFrame(dict(enumerate(values)))
        made.index = pd.Index(cast("Any", index)) if is_list(index) and values else made.index
        made.columns = pd.Index(names, tupleize_cols=True) if names else made.columns
    except (TypeError, ValueError):
        raise WireError("a table has no usable names") from None
    return made


def _decoded_series(decoder: Decoder, tree: dict[str, Any], depth: int) -> Any:
    name = decoder.decode(tree["series"], depth + 1)
    values = _values(decoder, tree.get("column"), depth)
    index = decoder.decode(tree.get("index"), depth + 1)
    if is_list(index) and len(index) != len(values):
        raise WireError("the index of a column has another length")
    try:
        made = values.rename(name)
        made.index = pd.Index(cast("Any", index)) if is_list(index) else made.index
        return made
    except (TypeError, ValueError):
        raise WireError("a column has no usable name") from None


def _values(decoder: Decoder, tree: Any, depth: int) -> Any:
    if not is_object(tree) or tree.get("kind") not in _KINDS:
        raise WireError("a column is of an unknown kind")
    kind, found = tree["kind"], decoder.decode(tree.get("values"), depth + 1)
    if kind in ("plain", "category"):
        if not is_list(found):
            raise WireError("a column holds no list")
        cells: Any = pd.Series(found, dtype=object)
        try:
            return cells.astype("category") if kind == "category" else cells
        except (TypeError, ValueError):
            raise WireError("a column holds what is no category") from None
    whole = kind in _DATETIMES
    if type(found) is not np.ndarray or found.ndim != 1 or (whole and found.dtype != np.int64):
        raise WireError("a column holds no row of numbers")
    numbers = cast("Any", found)
    return pd.Series(numbers.view(_DATETIMES[kind]) if whole else numbers)


extend(Extension(pd.DataFrame, "frame", _encoded_frame, _decoded_frame))
extend(Extension(pd.Series, "series", _encoded_series, _decoded_series))

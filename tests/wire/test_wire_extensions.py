"""Values of libraries cross the wire where an assignment preloads these; none is believed."""

import subprocess
import sys
from typing import Any

import numpy as np
import pandas as pd
import pytest

import autograder.inside.for_pandas  # noqa: F401 tables cross the wire
from autograder.paths import PROJECT
from autograder.wire.frames import WireError
from autograder.wire.values import Decoder
from tests.support.crossing import refuse, there_and_back

TABLE = pd.DataFrame(
    {
        "whole": [1, 2, 3],
        "real": [0.5, float("nan"), float("inf")],
        "text": ["a", None, "ü"],
        "yes": [True, False, True],
        "day": pd.to_datetime(["2026-01-01", "2026-01-02", None]),
        "group": pd.Categorical(["x", "y", "x"]),
    }
)


@pytest.mark.parametrize(
    "table",
    [
        TABLE,
        TABLE.set_index("text"),
        TABLE.iloc[:0],
        TABLE[["whole", "whole"]],
        pd.DataFrame(),
        pd.DataFrame({1: [1.0], (2, "b"): [2.0]}),
    ],
    ids=["all kinds", "named rows", "no rows", "a name twice", "nothing", "names of any kind"],
)
def test_a_table_arrives_with_its_kinds_of_columns(table: pd.DataFrame) -> None:
    found = there_and_back(table)
    assert list(found.columns) == list(table.columns)
    assert found.shape == table.shape
    for place in range(table.shape[1]):
        before, after = table.iloc[:, place], found.iloc[:, place]
        numeric = before.dtype.kind in "ifbM" if isinstance(before.dtype, np.dtype) else False
        assert after.dtype == before.dtype or not numeric
        assert before.isna().tolist() == after.isna().tolist()
        assert before.dropna().tolist() == after.dropna().tolist()
    assert found.index.tolist() == table.index.tolist()


def test_a_series_arrives_with_its_name_and_rows() -> None:
    series = pd.Series([1.5, 2.5], index=["a", "b"], name="height")
    pd.testing.assert_series_equal(there_and_back(series), series, check_index_type=False)


NUMBERS = {"kind": "numbers", "values": {"array": "int8", "shape": [2]}}


@pytest.mark.parametrize(
    "tree",
    [
        {"frame": ["a"], "columns": []},
        {"frame": "a", "columns": [NUMBERS]},
        {"frame": ["a"], "columns": [{"kind": "object", "values": [1]}]},
        {"frame": ["a"], "columns": [{"kind": "numbers", "values": [1, 2]}]},
        {"frame": ["a"], "columns": [{"kind": "datetime[ns]", "values": NUMBERS["values"]}]},
        {"frame": ["a", "b"], "columns": [NUMBERS, {"kind": "plain", "values": [1]}]},
        {"frame": ["a"], "columns": [NUMBERS], "index": [1]},
        {"frame": ["a"], "columns": [{"kind": "category", "values": [[1], [2]]}]},
        {"series": "a", "column": None},
        {"series": [1], "column": NUMBERS},
        {"series": "a", "column": NUMBERS, "index": [1, 2, 3]},
        {"tables": 1},
    ],
    ids=str,
)
def test_a_malformed_table_is_refused(tree: dict[str, Any]) -> None:
    with pytest.raises(WireError):
        Decoder(b"\0" * 64, refuse).decode(tree)


def test_what_a_sandbox_serves_needs_no_library_that_nobody_preloads() -> None:
    code = (
        "import sys, autograder.inside.serve, labkit.probes\n"
        "from autograder.wire.values import Decoder\n"
        "print(sorted({'torch', 'pandas'} & set(sys.modules)))\n"
        "try: Decoder(b'', None).decode({'tensor': 'int8', 'shape': [0]})\n"
        "except Exception as error: print(error)"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["[]", "a value has an unknown or malformed tag"]

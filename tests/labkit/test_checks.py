"""labkit's own `compare`: values of every kind, and what is said of those that are wrong."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from labkit.checks import Case, compare, compare_value, same
from labkit.diagnosis import Cause, CheckFailed
from labkit.run import running

RAIN = pd.DataFrame({"city": ["Bonn", "Kiel"], "rain": [1.5, 2.0]})


@pytest.mark.parametrize(
    ("got", "want"),
    [
        ({1, 2}, {2, 1}),
        (frozenset("ab"), frozenset("ba")),
        ([{"a": 1.0}, "b"], [{"a": 1}, "b"]),
        (b"x", b"x"),
        (RAIN, RAIN.copy()),
        (RAIN["rain"], RAIN["rain"].astype("float32")),
        (pd.DataFrame({"n": [1, 2]}), pd.DataFrame({"n": [1.0, 2.0]})),
        (RAIN.astype({"city": "category"}), RAIN),
        (pd.Series([1.0, np.nan]), pd.Series([1.0 + 1e-9, np.nan])),
    ],
    ids=lambda value: type(value).__name__,
)
def test_values_that_say_the_same_are_the_same(got: Any, want: Any) -> None:
    assert same(got, want) and same(want, got)


@pytest.mark.parametrize(
    ("got", "want"),
    [
        ({1, 2}, {1}),
        ({1}, [1]),
        ("1", 1),
        (b"x", "x"),
        (RAIN, RAIN.to_dict()),
        (RAIN["rain"], RAIN),
    ],
    ids=lambda value: type(value).__name__,
)
def test_values_of_other_kinds_are_not(got: Any, want: Any) -> None:
    assert not same(got, want) and not same(want, got)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda t: t.to_dict(), "is a dict, not a DataFrame"),
        (lambda t: t["rain"], "is a Series, not a DataFrame"),
        (lambda t: t.rename(columns={"rain": "mm"}), "has the columns ['city', 'mm'], not ['city"),
        (lambda t: t[["rain", "city"]], "has the columns ['rain', 'city']"),
        (lambda t: t.head(1), "has 1 rows, not 2"),
        (lambda t: t.iloc[::-1], "has the rows [1, 0], not [0, 1]"),
        (lambda t: t.assign(rain=t.rain + 1), "has other values in the column 'rain'"),
    ],
)
def test_what_is_wrong_with_a_table_is_told(change: Callable[[Any], Any], says: str) -> None:
    with pytest.raises(CheckFailed) as failed:
        compare_value("q3", "table", change(RAIN), RAIN)
    assert f"q3: table {says}" in str(failed.value)


def test_a_mistake_in_a_table_is_named_and_a_changed_input_told() -> None:
    def doubled(table: pd.DataFrame) -> pd.DataFrame:
        return table.assign(rain=table.rain * 2)

    def in_place(table: pd.DataFrame) -> pd.DataFrame:
        table["rain"] *= 2
        return table

    unchanged = Cause("unchanged", "you return the table as it is")
    cases = [Case("two cities", (RAIN,))]
    compare("q3", "doubled", doubled, cases, doubled)
    with pytest.raises(CheckFailed, match="you return the table as it is"):
        compare("q3", "doubled", lambda t: t, cases, doubled, {unchanged: lambda t: t})
    with pytest.raises(CheckFailed, match=r"changes its input \(argument 1\) in place"):
        compare("q3", "doubled", in_place, cases, doubled)
    assert RAIN["rain"].tolist() == [1.5, 2.0]


def test_a_set_that_is_changed_is_told_and_shown_in_one_order() -> None:
    def grown(names: set[str]) -> set[str]:
        names.add("z")
        return names

    with pytest.raises(CheckFailed, match="changes its input"):
        compare("q2", "grown", grown, [Case("two", ({"b", "a"},))], [{"a", "b", "z"}])
    with pytest.raises(CheckFailed, match=r"It returned {'a', 'b', 'c'}, not set\(\)"):
        compare("q2", "found", lambda: {"c", "a", "b"}, [Case("two", ())], [set()], public=True)


def test_a_wrong_shape_is_drawn_unless_a_mistake_is_named() -> None:
    cases = [Case("a row", (np.arange(3.0),))]
    pair = Cause("pair", "you return the first two")
    shown: dict[str, Any] = {}
    with (
        running(shown=shown),
        pytest.raises(CheckFailed, match=r"has the shape \(2,\), not \(3,\)"),
    ):
        compare("q1", "twice", lambda x: x[:2], cases, lambda x: 2 * x)
    assert (shown["shapes"]["expected"], shown["shapes"]["got"]) == ([3], [2])
    named: dict[str, Any] = {}
    with running(shown=named), pytest.raises(CheckFailed, match="you return the first two"):
        compare("q1", "twice", lambda x: x[:2], cases, lambda x: 2 * x, {pair: lambda x: x[:2]})
    assert named == {}

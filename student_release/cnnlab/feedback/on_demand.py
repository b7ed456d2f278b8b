"""Tables of known mistakes that are computed only when an answer is wrong: most are right."""

import functools
from collections.abc import Callable, Iterator, Mapping
from typing import Generic, ParamSpec, TypeVar

Inputs = ParamSpec("Inputs")
Key, Value = TypeVar("Key"), TypeVar("Value")


class OnDemand(Mapping[Key, Value], Generic[Key, Value]):
    """A mapping that `compute` makes when something is looked up for the first time."""

    def __init__(self, compute: Callable[[], Mapping[Key, Value]]) -> None:
        self._compute = compute

    @functools.cached_property
    def _table(self) -> Mapping[Key, Value]:
        return self._compute()

    def __getitem__(self, key: Key) -> Value:
        return self._table[key]

    def __iter__(self) -> Iterator[Key]:
        return iter(self._table)

    def __len__(self) -> int:
        return len(self._table)

    def __or__(self, more: Mapping[Key, Value]) -> "OnDemand[Key, Value]":
        """This table and, after it, `more`; still not computed."""
        return OnDemand(lambda: {**self, **more})


def on_demand(
    table: Callable[Inputs, Mapping[Key, Value]],
) -> Callable[Inputs, OnDemand[Key, Value]]:
    """Makes a function that returns a table return one that is computed on demand.

    The arguments must not change until then.
    """

    @functools.wraps(table)
    def promise(*args: Inputs.args, **kwargs: Inputs.kwargs) -> OnDemand[Key, Value]:
        return OnDemand(lambda: table(*args, **kwargs))

    return promise

"""A notebook's variables, as test files look them up."""

from collections.abc import Iterator, Mapping
from typing import Any

from autograder.judge.session import Session


class Environment(Mapping[str, Any]):
    """A notebook's variables, as otter's test files look them up: by `get`.

    Each is fetched once: make a new one after a cell has run.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._fetched: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._fetched:
            self._fetched[name] = self._session.fetch(name)
        return self._fetched[name]

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self._session.has(name)

    def get(self, name: str, default: Any = None) -> Any:
        """The variable's value; None, as for otter, when there is none."""
        return self[name]

    def __iter__(self) -> Iterator[str]:
        return iter(())  # the names are not ours to list

    def __len__(self) -> int:
        return 0

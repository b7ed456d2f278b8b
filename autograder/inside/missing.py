"""Stands in for what could not be imported, so that the rest of the code runs.

What only shows or reports (a progress bar, a logger, `drive.mount`) works without an effect. As
soon as a value is needed, the import's own error is raised, or one that names the missing package.
"""

import importlib.machinery
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from types import ModuleType
from typing import Any, NoReturn, cast

from autograder.inside import notes

ONLY_LOADS = {"google"}
"""Packages of a place to work (google.colab): nothing that they give is an answer's."""
NEEDS_VALUE = (
    "add radd sub rsub mul rmul truediv rtruediv floordiv mod pow matmul rmatmul neg abs lt le gt "
    "ge getitem len int float index contains"
)
"""Special methods that give a value."""


class Missing:
    """A package that isn't installed, or something of it.

    `error` is the import's error where the package is there and lacks what was asked of it.
    """

    def __init__(
        self, package: str, made_from: tuple[Any, ...] = (), error: ImportError | None = None
    ) -> None:
        self.__dict__.update(_package=package, _made_from=made_from, _error=error)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Missing(self._package, error=self._error)

    def __setattr__(self, name: str, value: Any) -> None:
        pass

    def __call__(self, *arguments: Any, **_keywords: Any) -> Any:
        if len(arguments) == 1 and callable(arguments[0]) and not isinstance(arguments[0], Missing):
            return arguments[0]  # it was called as a decorator
        return Missing(self._package, arguments, self._error)

    def __iter__(self) -> Iterator[Any]:
        """Go through what a progress bar was wrapped around."""
        first = self._made_from[0] if self._made_from else None
        if isinstance(first, Iterable) and not isinstance(first, (str, dict, Missing)):
            return iter(cast("Iterable[Any]", first))
        self.refuse()

    def __enter__(self) -> "Missing":
        return self

    def __exit__(self, *_error: object) -> None:
        pass

    def __mro_entries__(self, _bases: tuple[Any, ...]) -> tuple[type, ...]:
        self.refuse()

    def refuse(self, *_arguments: Any) -> NoReturn:
        """Raise the error that the import met."""
        if self._error is not None:
            raise type(self._error)(without_path(str(self._error)), name=self._error.name)
        notes.add("package", self._package)
        text = f"there is no package {self._package} where this was graded"
        raise ModuleNotFoundError(text, name=self._package)


for _name in NEEDS_VALUE.split():
    setattr(Missing, f"__{_name}__", Missing.refuse)


def without_path(text: str) -> str:
    """Return an import's error without the place of the package on the grader's computer."""
    return re.sub(r" \([^()]*[/\\][^()]*\)$", "", text)


class _Watch:
    """A finder that finds nothing, and notes what cells ask for that nobody else has found."""

    def find_spec(
        self, name: str, _path: Sequence[str] | None = None, _target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        frame = sys._getframe(1)  # pyright: ignore[reportPrivateUsage] the only way to see who imports
        while frame.f_back and "importlib" in frame.f_code.co_filename:
            frame = frame.f_back
        number = notes.cell_number(frame.f_code.co_filename)
        if number and name.partition(".")[0] not in ONLY_LOADS:
            notes.add("package", name.partition(".")[0], (number, frame.f_lineno))
        return None


def watch() -> None:
    """Note from now on which packages student code could not import."""
    sys.meta_path.append(cast("Any", _Watch()))

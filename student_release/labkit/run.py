"""The run that a check belongs to: one object, in one context variable.

In a notebook it has its defaults: probes are ordinary calls, nobody collects evidence. A grader
begins a run of its own for each submission and each check; several may go on in threads of one
process.
"""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from dataclasses import dataclass, replace
from typing import Any

Runner = Callable[[Callable[..., Any], tuple[Any, ...], dict[str, Any]], Any]


@dataclass(frozen=True)
class CheckRun:
    """What checks are run with."""

    seed: int = 2025
    """Fixes their random inputs."""
    runner: Runner | None = None
    """Runs probes: None calls them here; a grader's runs them beside the student's objects."""
    kept: dict[tuple[Any, ...], tuple[Any, Any]] | None = None
    """What `probe_once` has seen, with the arguments; None where every check looks for itself."""
    shown: dict[str, Any] | None = None
    """The evidence of the running check, by name; None where nobody collects."""
    explaining: bool = False
    """True while an instructor has an answer explained: inputs and expected values are shown."""


_IN_A_NOTEBOOK = CheckRun()
_run: ContextVar[CheckRun] = ContextVar("labkit_run", default=_IN_A_NOTEBOOK)


def current() -> CheckRun:
    """Return the run that this thread's checks belong to."""
    return _run.get()


def begin(**changed: Any) -> Token[CheckRun]:
    """Begin a run that differs from the present one in the named fields."""
    return _run.set(replace(_run.get(), **changed))


def end(began: Token[CheckRun]) -> None:
    """Return to the run before the one that `began`."""
    _run.reset(began)


@contextmanager
def running(**changed: Any) -> Generator[CheckRun]:
    """Begin a run for the block, as `begin` does."""
    began = begin(**changed)
    try:
        yield current()
    finally:
        end(began)

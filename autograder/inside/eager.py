"""`torch.compile` computes without compiling: compiling is slow and needs a compiler."""

import importlib
from collections.abc import Callable
from typing import Any

from autograder.inside import imported, notes

COMPILER = "torch._dynamo"
"""Takes more than a second to import: `torch.compile` and the first optimizer do so."""


def before_fork() -> None:
    """Replace what `torch.compile` and `Module.compile` end in; they stay what they are."""
    imported.after(COMPILER, _replace)


def _replace() -> None:
    compiler: Any = importlib.import_module(COMPILER)
    compiler.optimize = _optimize


def _optimize(*_arguments: Any, **_keywords: Any) -> Callable[[Any], Any]:
    notes.add("compile")
    return _same


def _same(function: Any) -> Any:
    return function

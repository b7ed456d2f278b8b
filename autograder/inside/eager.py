"""`torch.compile` computes without compiling: compiling is slow and needs a compiler."""

from collections.abc import Callable
from typing import Any

import torch._dynamo

from autograder.inside import notes


def before_fork() -> None:
    """Replace what `torch.compile` and `Module.compile` end in; they stay what they are."""
    torch._dynamo.optimize = _optimize


def _optimize(*_arguments: Any, **_keywords: Any) -> Callable[[Any], Any]:
    notes.add("compile")
    return _same


def _same(function: Any) -> Any:
    return function

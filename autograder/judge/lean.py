"""Leaves out what packages import and grading never uses: seconds of every start.

Done in the trusted process before the first import of otter.
"""

import gc
import importlib.util
import sys
from collections.abc import Generator
from contextlib import contextmanager
from types import ModuleType
from typing import Any, cast


@contextmanager
def imports() -> Generator[None]:
    """Make the imports in here cheap: all that an engine needs."""
    gc.disable()  # what is imported stays: to look for garbage takes a fifth of the time
    # jsonschema imports a module which takes a second to compile grammars of web addresses.
    # Nothing here checks any, and without the module jsonschema does not either.
    sys.modules.setdefault("rfc3987_syntax", cast("ModuleType", None))
    run_when_asked("otter")  # it imports nbconvert and pandas for commands that are not used here
    try:
        yield
    finally:
        gc.freeze()  # no collection looks at what has been imported
        gc.enable()


def run_when_asked(name: str) -> None:
    """Let modules below the package `name` be imported without running its own `__init__`.

    That runs when something of it is asked for.
    """
    spec = importlib.util.find_spec(name)
    if name in sys.modules or spec is None or spec.loader is None:
        return
    package, loader = importlib.util.module_from_spec(spec), spec.loader

    def run_first(attribute: str) -> Any:
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        del package.__dict__["__getattr__"]
        loader.exec_module(package)
        return getattr(package, attribute)

    package.__dict__["__getattr__"] = run_first
    sys.modules[name] = package

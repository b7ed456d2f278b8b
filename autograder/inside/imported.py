"""Does something right after a library is imported, whoever imports it, and not before.

A library that few notebooks use is imported by the sandbox that needs it; what it must be told
then (where pictures go, that nothing is compiled) waits here.
"""

import importlib.machinery
import sys
from collections.abc import Callable, Sequence
from types import ModuleType

_waiting: dict[str, Callable[[], None]] = {}


def after(name: str, action: Callable[[], None]) -> None:
    """Call `action` once the module `name` is imported: at once, if it is already."""
    if name in sys.modules:
        action()
        return
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())
    _waiting[name] = action


class _Finder:
    """Finds what the others find; where something waits for it, its loader does that, too."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name not in _waiting:
            return None
        for finder in sys.meta_path:
            spec = None if finder is self else finder.find_spec(name, path, target)
            if spec is not None and spec.loader is not None:
                _extend(spec, name)
                return spec
        return None


def _extend(spec: importlib.machinery.ModuleSpec, name: str) -> None:
    """Let the loader of `spec`, which is this module's alone, do what waits for it at the end."""
    loader = spec.loader
    assert loader is not None
    run = loader.exec_module

    def exec_module(module: ModuleType) -> None:
        run(module)
        if action := _waiting.pop(name, None):
            action()

    loader.exec_module = exec_module

"""Imports everything that student code may want, once, before the forks. Runs in the zygote.

Stops nothing. What is imported here costs no submission any time, and needs no file to be readable
in a sandbox. `prepare` does what the first sandbox needs, `settle` what pays for many.
"""

import functools
import gc
import importlib
import os
import pkgutil
import site
import sys
import threading
import warnings
from contextlib import suppress

from autograder.sandbox import pages, randomness, selftest, visible
from autograder.sandbox.policy import Policy, SandboxUnavailable

NOT_FOR_IMPORT = {"__main__", "antigravity", "ensurepip", "idlelib", "lib2to3", "test", "this"} | {
    "tkinter",
    "turtle",
    "turtledemo",
}
"""Standard modules that do something when they are imported, or that nobody needs."""


def prepare(policy: Policy) -> None:
    """Import the modules that must be there before the first fork, and call their hooks."""
    gc.disable()  # what is imported stays: to look for garbage takes a fifth of the time
    sys.path[:0] = policy.import_from
    os.environ.update(policy.preload_environment)
    for name in (*policy.preload, policy.serve, selftest.__name__):
        _import(name, hook=name not in policy.later)
    randomness.reseed(policy)
    _share_memory()


def settle(policy: Policy) -> None:
    """Import what can come later, and make forks cheap: takes seconds, and a part off each fork."""
    for name in policy.later:
        _import(name)
    gc.collect()
    pages.collapse()
    _share_memory()


def _import(name: str, hook: bool = True) -> None:
    module = importlib.import_module(name)
    before_fork = getattr(module, "before_fork", None)
    if hook and callable(before_fork):
        before_fork()


def _share_memory() -> None:
    """Make this process ready to be forked."""
    check_single_thread()
    sys.path_importer_cache.clear()  # a child, whose folders are others, does so: this is faster
    gc.freeze()  # a collection in a child would write to, and so copy, every page


@functools.cache
def make_up_for_unreachable_python(parents_matter: bool) -> None:
    """For sandboxes whose user may not read the folder where Python stands, such as /root.

    The standard library is small enough to be imported as a whole; other packages are not:
    raises `SandboxUnavailable` if those cannot be reached. Where libraries are mounted for the
    sandbox the folders above them do not matter.
    """
    for folder in site.getsitepackages():
        if os.path.isdir(folder) and not visible.open_to_everybody(folder, parents_matter):
            raise SandboxUnavailable(
                f"A sandbox's own user cannot read the Python packages in {folder}. Install them "
                "outside of any private folder, or open it and those above (chmod o+rx)"
            )
    if not visible.open_to_everybody(os.path.dirname(os.__file__), parents_matter):
        _import_standard_library()


def check_single_thread() -> None:
    """A forked child has one thread only, and waits forever for pools whose threads are gone."""
    try:
        threads = len(os.listdir("/proc/self/task"))
    except OSError:
        threads = threading.active_count()
    if threads > 1:
        names = ", ".join(thread.name for thread in threading.enumerate()[1:]) or "not Python's own"
        raise SandboxUnavailable(
            f"The zygote has {threads} threads ({names}); a module in `preload` starts one when "
            "it is imported. Import it lazily or leave it out"
        )


def _import_standard_library() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in sorted(sys.stdlib_module_names - NOT_FOR_IMPORT):
            _import_with_parts(name)


def _import_with_parts(name: str) -> None:
    """Imports a module and all below it; many exist on other systems only."""
    with suppress(ImportError):
        module = importlib.import_module(name)
        for part in pkgutil.iter_modules(getattr(module, "__path__", [])):
            if part.name not in NOT_FOR_IMPORT:
                _import_with_parts(f"{name}.{part.name}")

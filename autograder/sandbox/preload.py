"""Imports everything that student code may want, once, before the forks. Runs in the zygote.

Stops nothing. What is imported here costs no submission any time, and needs no file to be readable
in a sandbox.
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
    """Imports the modules, calls their hooks, and makes memory ready to be shared with children."""
    sys.path[:0] = policy.import_from
    os.environ.update(policy.preload_environment)
    for name in (*policy.preload, policy.serve, selftest.__name__):
        module = importlib.import_module(name)
        hook = getattr(module, "before_fork", None)
        if callable(hook):
            hook()
    check_single_thread()
    randomness.reseed(policy)
    sys.path_importer_cache.clear()  # a child, whose folders are others, does so: this is faster
    gc.collect()
    pages.collapse()
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

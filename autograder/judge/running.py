"""The sandboxes that run for an engine, so that all of them can be ended at once from outside."""

import threading
from typing import Protocol
from weakref import WeakSet


class Stopped(BaseException):
    """Grading was stopped, so there is no grade. Nothing that catches errors may catch this."""


class Killable(Protocol):
    """What can be ended from any thread."""

    def kill(self) -> None: ...


class Running:
    """Sandboxes, until somebody wants all of them to end. Safe for threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sandboxes: WeakSet[Killable] = WeakSet()
        self._stopped = False

    def check(self) -> None:
        """Raise `Stopped` where all was ended: what was seen since then counts for nothing."""
        if self._stopped:
            raise Stopped

    def add(self, sandbox: Killable) -> None:
        """Take in one more. Raises `Stopped`, and has ended it, where all was ended."""
        with self._lock:
            self._sandboxes.add(sandbox)
        if self._stopped:
            sandbox.kill()
            raise Stopped

    def stop(self) -> None:
        """End all that run, and let none begin."""
        self._stopped = True
        with self._lock:
            sandboxes = list(self._sandboxes)
        for sandbox in sandboxes:
            sandbox.kill()

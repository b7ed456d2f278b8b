"""One sandbox is started ahead of need, so that no submission waits for its own. Stops nothing.

It has run nothing and is used once, as every sandbox; it only begins earlier. The first is cold,
for whoever waits for it; what makes the later ones cheap is done before the one ahead.
"""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from autograder.sandbox.policy import SandboxUnavailable
from autograder.sandbox.process import Sandbox

_log = logging.getLogger(__name__)


class Ahead:
    """Gives sandboxes and starts the next one meanwhile. Safe for threads."""

    def __init__(self, spawn: Callable[[], Sandbox], spawn_ahead: Callable[[], Sandbox]) -> None:
        self._spawn, self._spawn_ahead = spawn, spawn_ahead
        self._lock = threading.Lock()
        self._starter = ThreadPoolExecutor(1, "sandbox-ahead")
        self._next: Future[Sandbox] | None = None

    def take(self) -> Sandbox:
        """A sandbox that is ready. Raises `SandboxUnavailable`."""
        with self._lock:
            ready, self._next = self._next, None
        taken = (ready and _alive(ready)) or self._spawn()
        with self._lock:
            self._next = self._next or self._starter.submit(self._spawn_ahead)
        return taken

    def end_waiting(self) -> None:
        """Ends the sandbox that nobody has taken."""
        with self._lock:
            left, self._next = self._next, None
        if left and (sandbox := _alive(left)):
            sandbox.close()

    def close(self) -> None:
        """Ends the sandbox that nobody has taken, and starts no more."""
        self.end_waiting()
        self._starter.shutdown()


def _alive(started: Future[Sandbox]) -> Sandbox | None:
    """The sandbox, unless it could not be started then, or has ended while it waited."""
    try:
        sandbox = started.result()
        sandbox.wait(0)
        if sandbox.running:
            return sandbox
        sandbox.close()
    except (SandboxUnavailable, OSError):  # whoever asks starts one now, and is told
        _log.info("no sandbox could be started ahead", exc_info=True)
    return None

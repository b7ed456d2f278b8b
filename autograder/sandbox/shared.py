"""One import of large libraries for two processes: the zygote forks before anything is read.

For one submission on a small machine. The process was started by exec with `launch.environment`,
and nothing of the assignment, no submission and no argument is in its memory when it forks: what
the zygote holds is the interpreter and the libraries, as if it had been started by itself. Both
know the same seed of hashing and the same addresses from then on; random numbers are drawn anew.
"""

import ctypes
import gc
import importlib
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

from autograder.sandbox import preload, zygote
from autograder.sandbox.policy import PRELOAD

LOOK_SECONDS = 0.02
TRIM_THRESHOLD, TOP_PAD, MMAP_THRESHOLD = -1, -2, -3
"""`M_TRIM_THRESHOLD` and so on of <malloc.h>."""
LARGE = 1 << 20
"""Bytes that are worth a call of the kernel's to be given back."""


@dataclass
class Forked:
    """The zygote's process, to be handled as one that `subprocess` has started."""

    pid: int
    status: int | None = None

    def wait(self, timeout: float | None = None) -> int:
        """Return its status once it has ended. Raises `TimeoutExpired`."""
        end = None if timeout is None else time.monotonic() + timeout
        while self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(status)
            elif end is not None and timeout is not None and time.monotonic() > end:
                raise subprocess.TimeoutExpired("zygote", timeout)
            else:
                time.sleep(LOOK_SECONDS)
        return self.status

    def kill(self) -> None:
        """End it at once."""
        if self.status is None:
            os.kill(self.pid, signal.SIGKILL)


def fork_zygote(
    modules: Sequence[str], meanwhile: Sequence[str] = PRELOAD
) -> tuple[socket.socket, Forked]:
    """Import `modules`, and fork a zygote that goes on with the rest; return the socket to it.

    It imports `meanwhile` until it has its policy.
    """
    gc.disable()  # as `preload.prepare` does
    for name in modules:
        importlib.import_module(name)
    preload.check_single_thread()
    control, inside = socket.socketpair()
    gc.freeze()
    pid = os.fork()
    if pid == 0:
        _become_zygote(inside, meanwhile)
    inside.close()
    _give_memory_back()
    random.seed(os.urandom(32))
    if numpy := sys.modules.get("numpy"):
        numpy.random.seed(list(os.urandom(32)))
    gc.enable()
    return control, Forked(pid)


def _give_memory_back() -> None:
    """Let this process give the kernel what it frees: it was started to keep all, as sandboxes do.

    What it computes with is kept for a moment only, and would count until the end.
    """
    try:
        library = ctypes.CDLL(None)
        for option in (TRIM_THRESHOLD, TOP_PAD, MMAP_THRESHOLD):
            library.mallopt(option, LARGE)
        library.malloc_trim(0)
    except (OSError, AttributeError):  # not glibc: nothing was set there either
        return


def _become_zygote(inside: socket.socket, meanwhile: Sequence[str]) -> None:
    try:
        os.setsid()
        os.chdir("/")
        os.dup2(inside.fileno(), zygote.CONTROL)
        os.closerange(zygote.CONTROL + 1, 1 << 20)
        null = os.open(os.devnull, os.O_RDWR)
        for number in (0, 1):
            os.dup2(null, number)
        os.close(null)
        inside.detach()
        zygote.main(meanwhile)
    finally:
        os._exit(0)

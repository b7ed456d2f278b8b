"""One running sandbox, as the trusted side holds it: its ends of the channel, output and status.

Nothing that comes out of a sandbox is trusted. The status socket carries no word of student code:
the student's process closes its end before any runs; from then on only init and warden write to it.
"""

import json
import logging
import os
import select
import socket
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from typing import Any

from autograder.sandbox import processor
from autograder.sandbox.policy import Exit, SandboxUnavailable

_log = logging.getLogger(__name__)

READY_SECONDS, END_SECONDS = 30.0, 30.0
LINE = 1 << 16


class Sandbox(AbstractContextManager["Sandbox"]):
    """One running sandbox. `kill` may be called from any thread, the rest from one at a time."""

    def __init__(
        self,
        channel: socket.socket,
        stdout: int,
        status: socket.socket,
        leave: Callable[[], None] | None = None,
    ) -> None:
        """Hold these ends; `leave` is called when it ends, maybe more than once."""
        self.channel = channel
        self.stdout = stdout
        self.facts: dict[str, str] = {}
        """What the sandbox's own side told about its layers."""
        self._used = 0.0
        self._status = status
        self._leave = leave
        self._messages: dict[str, Any] = {}
        self._unread = b""
        self._gone = False
        self._closed = False

    def wait_until_ready(self) -> None:
        """Until student code may run. Raises `SandboxUnavailable`, and has ended it then."""
        deadline = time.monotonic() + READY_SECONDS
        while not self._gone and "ready" not in self._messages and "failed" not in self._messages:
            if not self._read(deadline):
                break
        if "ready" in self._messages:
            self.facts = dict(self._messages["ready"])
            return
        reason = self._messages.get("failed", "it ended or took too long while it was set up")
        _log.warning("a sandbox could not be set up: %s", reason)
        self.close()
        raise SandboxUnavailable(f"The sandbox could not be set up: {reason}.")

    def kill(self) -> None:
        """Ends the whole sandbox, all its processes, at once. Does not wait."""
        with suppress(OSError):
            self._status.shutdown(socket.SHUT_WR)
        if self._leave:
            self._leave()

    def wait(self, timeout: float) -> Exit:
        """How its first process ended, once everything is gone.

        `unknown` when it still runs after `timeout` seconds: `running` tells that apart.
        """
        deadline = time.monotonic() + timeout
        while not self._gone:
            if not self._read(deadline):
                break
        return self._exit()

    @property
    def running(self) -> bool:
        """False once `wait` has seen that everything is gone."""
        return not self._gone

    @property
    def peak_bytes(self) -> int | None:
        """The most memory of its own that it held at a time; None while it runs, or not known.

        Kept by the kernel where the sandbox has a control group (`cgroups`), else the most that
        was seen at a look (`watch`). Python and the libraries, which all sandboxes share, are not
        in it.
        """
        return self._messages.get("peak_bytes")

    @property
    def processor_seconds(self) -> float | None:
        """The processor time of all its processes so far; None where nobody keeps count."""
        if not self._gone and not self._closed:
            warden = int(self.facts.get("warden", 0))
            used = processor.used_seconds(self.facts.get("usage_file", ""), warden)
            if used is None:
                return None
            self._used = max(self._used, used)
        return self._used

    def close(self) -> None:
        """Ends it and frees everything; more than one call does no harm."""
        if self._closed:
            return
        self.kill()
        self.wait(END_SECONDS)
        self._closed = True
        self.channel.close()
        self._status.close()
        os.close(self.stdout)

    def close_soon(self) -> None:
        """Ends it, and frees everything in some 20 ms, which the caller need not wait for."""
        self.kill()
        deadline = time.monotonic() + END_SECONDS
        while not self._gone and "peak_bytes" not in self._messages and self._read(deadline):
            pass
        threading.Thread(target=self.close, name="sandbox-close").start()

    def __exit__(self, *_: object) -> None:
        self.close()

    def _exit(self) -> Exit:
        if "gone" not in self._messages:
            return Exit("unknown")
        out_of_memory = self._messages["out_of_memory"]
        how = self._messages.get("exit")
        if how is None:
            return Exit("signalled", 9, out_of_memory, self._messages["out_of_disk"])
        if os.WIFSIGNALED(how):
            return Exit("signalled", os.WTERMSIG(how), out_of_memory)
        return Exit("exited", os.WEXITSTATUS(how), False)

    def _read(self, deadline: float) -> bool:
        """Takes in what the status socket has; False when nothing came until the deadline."""
        wait = max(0.0, deadline - time.monotonic())
        if self._closed or not select.select([self._status], (), (), wait)[0]:
            return False
        try:
            data = self._status.recv(LINE)
        except OSError:
            data = b""
        if not data:
            self._gone = True
        *lines, self._unread = (self._unread + data).split(b"\n")
        for line in lines:
            message = json.loads(line)
            if trace := message.pop("trace", ""):
                _log.error("in a sandbox's own processes:\n%s", trace)
            self._messages |= message
        return True

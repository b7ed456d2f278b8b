"""The trusted side's way in: start a zygote, have it fork sandboxes, end them.

    with Zygote(Policy()) as zygote:
        sandbox = zygote.spawn()        # a few milliseconds
        sandbox.channel                 # a socket to `main(channel)` in there
        sandbox.stdout                  # what it prints
        sandbox.close()

Nothing that comes out of a sandbox is trusted here; the status line of the student's process is
written before any student code runs, and its end of that socket is closed by then.
"""

import json
import os
import select
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any

from autograder.sandbox import measure, selftest
from autograder.sandbox.policy import Exit, Layer, Policy, SandboxUnavailable
from autograder.sandbox.tiers import Tier, candidates

PROJECT = Path(__file__).resolve().parents[2]
START_SECONDS, READY_SECONDS, END_SECONDS = 120.0, 30.0, 30.0
LINE = 1 << 16
ENVIRONMENT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "HOME": "/nonexistent",
    "LANG": "C.UTF-8",
    "PYTHONPATH": str(PROJECT),
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_WAIT_POLICY": "PASSIVE",
    "OBJC_DISABLE_INITIALIZE_FORK_SAFETY": "YES",  # macOS only: our child has one thread
    # Keep freed memory instead of giving it back: training takes a quarter less time.
    "MALLOC_MMAP_THRESHOLD_": str(1 << 30),
    "MALLOC_TRIM_THRESHOLD_": str(1 << 32),
    "MALLOC_TOP_PAD_": str(1 << 26),
}


class Zygote:
    """A process with everything imported, from which sandboxes are forked. Safe for threads."""

    def __init__(self, policy: Policy) -> None:
        """Starts it and finds the tier. Raises `SandboxUnavailable`."""
        self.policy = policy
        self._lock = threading.Lock()
        self._control: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._measured: tuple[Layer, ...] = ()
        self._refused: list[str] = []
        self._tiers = candidates(policy)
        try:
            with self._lock:
                self._start()
            self._tier = self._find_tier()
        except BaseException:
            self.close()
            raise

    @property
    def tier(self) -> str:
        """The tier in words, such as '1: namespaces, as root'."""
        return self._tier.words

    def layers(self, canary: Path | None = None) -> tuple[Layer, ...]:
        """What holds, measured inside a sandbox; once for the life of this object.

        `canary` is a file that no sandbox may read, such as one with hidden tests.
        """
        if not self._measured:
            self._measured = measure.layers(
                lambda: self._spawn(self._tier, selftest.__name__),
                self.policy,
                self._tier,
                tuple(self._refused),
                canary,
            )
        return self._measured

    def spawn(self) -> "Sandbox":
        """A new sandbox, isolated and ready. Raises `SandboxUnavailable`."""
        return self._spawn(self._tier, self.policy.serve)

    def close(self) -> None:
        """Ends the zygote. Sandboxes that still run are not its business."""
        with self._lock:
            self._stop()

    def __enter__(self) -> "Zygote":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _find_tier(self) -> Tier:
        for tier in self._tiers:
            try:
                self._spawn(tier, selftest.__name__).close()
                return tier
            except SandboxUnavailable as error:
                self._refused.append(f"tier {tier.value}: {error}")
        raise SandboxUnavailable("No sandbox can be started here. " + " ".join(self._refused))

    def _spawn(self, tier: Tier, serve: str) -> "Sandbox":
        channel, channel_inside = socket.socketpair()
        status, status_inside = socket.socketpair()
        stdout, output_inside = os.pipe()
        os.set_blocking(stdout, False)
        sandbox = Sandbox(channel, stdout, status)
        try:
            with channel_inside, status_inside:
                request = json.dumps({"tier": tier.value, "serve": serve}).encode() + b"\n"
                ends = [channel_inside.fileno(), output_inside, status_inside.fileno()]
                self._request(request, ends)
        except BaseException:
            sandbox.close()
            raise
        finally:
            os.close(output_inside)
        sandbox.wait_until_ready()
        return sandbox

    def _request(self, request: bytes, descriptors: list[int]) -> None:
        """Sends one request; a zygote that has died is started anew once."""
        with self._lock:
            for attempt in (1, 2):
                try:
                    if self._control is None:
                        self._start()
                    assert self._control is not None
                    socket.send_fds(self._control, [request], descriptors)
                    if _lines(self._control, READY_SECONDS, 1):
                        return
                except OSError:
                    pass
                self._stop()
                if attempt == 2:
                    raise SandboxUnavailable(
                        "The process that starts sandboxes has died twice in a row; the machine "
                        "may be out of memory. Free some and grade again."
                    )

    def _start(self) -> None:
        control, inside = socket.socketpair()
        start = "import os, runpy, sys; os.dup2(int(sys.argv[1]), 3); os.closerange(4, 1 << 20)"
        run = "runpy.run_module('autograder.sandbox.zygote', run_name='__main__')"
        with inside:
            self._process = subprocess.Popen(
                [sys.executable, "-s", "-B", "-c", f"{start}; {run}", str(inside.fileno())],
                pass_fds=[inside.fileno()],
                env=ENVIRONMENT,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                start_new_session=True,
            )
        self._control = control
        control.sendall(json.dumps(asdict(self.policy)).encode() + b"\n")
        answers = _lines(control, START_SECONDS, 1)
        if not answers or not answers[0].get("ready"):
            self._stop()
            reason = answers[0].get("failed") if answers else "it ended or took too long"
            raise SandboxUnavailable(f"The process that starts sandboxes did not start: {reason}.")

    def _stop(self) -> None:
        if self._control:
            self._control.close()
            self._control = None
        if self._process:
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None


class Sandbox:
    """One running sandbox. `kill` may be called from any thread, the rest from one at a time."""

    def __init__(self, channel: socket.socket, stdout: int, status: socket.socket) -> None:
        self.channel = channel
        self.stdout = stdout
        self.facts: dict[str, str] = {}
        """What the sandbox's own side told about its layers."""
        self._status = status
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
        self.close()
        raise SandboxUnavailable(f"The sandbox could not be set up: {reason}.")

    def kill(self) -> None:
        """Ends the whole sandbox, all its processes, at once. Does not wait."""
        with suppress(OSError):
            self._status.shutdown(socket.SHUT_WR)

    def wait(self, timeout: float) -> Exit | None:
        """How its first process ended, once everything is gone; None after `timeout` seconds."""
        deadline = time.monotonic() + timeout
        while not self._gone:
            if not self._read(deadline):
                return None
        return self._exit()

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

    def __enter__(self) -> "Sandbox":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _exit(self) -> Exit:
        if "gone" not in self._messages:
            return Exit("unknown")
        out_of_memory = self._messages["out_of_memory"]
        how = self._messages.get("exit")
        if how is None:
            return Exit("signalled", 9, out_of_memory)
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
            self._messages |= json.loads(line)
        return True


def _lines(control: socket.socket, seconds: float, count: int) -> list[dict[str, Any]]:
    """The next JSON lines; fewer when the other end is gone or too slow."""
    control.settimeout(seconds)
    data = b""
    with suppress(OSError):
        while data.count(b"\n") < count:
            received = control.recv(LINE)
            if not received:
                break
            data += received
    control.settimeout(None)
    return [json.loads(line) for line in data.splitlines()[:count]]

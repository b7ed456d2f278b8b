"""The trusted side's way in: start a zygote, have it fork sandboxes, end them.

    with Zygote(Policy()) as zygote:
        sandbox = zygote.spawn()        # a few milliseconds
        sandbox.channel                 # a socket to `main(channel)` in there
        sandbox.stdout                  # what it prints
        sandbox.close()

The zygote knows the policy and nothing else: no tests, no labels, no submissions.
"""

import json
import logging
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Generator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from autograder.sandbox import measure, selftest
from autograder.sandbox.ahead import Ahead
from autograder.sandbox.cores import Cores
from autograder.sandbox.policy import Layer, Policy, SandboxUnavailable
from autograder.sandbox.process import Sandbox
from autograder.sandbox.tiers import Tier, candidates

_log = logging.getLogger(__name__)

PROJECT = Path(__file__).resolve().parents[2]
START_SECONDS, ANSWER_SECONDS = 120.0, 30.0
LINE = 1 << 16
KEPT_VARIABLES = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
"""Without them this very interpreter might not find its libraries."""
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
    "MALLOC_ARENA_MAX": "4",  # every further one takes 64 MB of a process's address space
}


class Process(Protocol):
    """The zygote's process: started by exec, or forked by `shared`."""

    @property
    def pid(self) -> int: ...
    def wait(self, timeout: float | None = None) -> int: ...
    def kill(self) -> None: ...


Begun = tuple[socket.socket, Process]
"""A zygote that waits for its policy, and the socket to it."""


class Zygote(AbstractContextManager["Zygote"]):
    """A process with everything imported, from which sandboxes are forked. Safe for threads."""

    def __init__(
        self,
        policy: Policy,
        ahead: bool = False,
        begun: Begun | None = None,
    ) -> None:
        """Starts it and finds the tier. Raises `SandboxUnavailable`.

        With `ahead` a sandbox more than was asked for is kept ready for the next to ask. `begun`
        is a zygote that waits for its policy (`shared`).
        """
        self.policy = policy
        self._lock = threading.Lock()
        self._control: socket.socket | None = None
        self._process: Process | None = None
        self._begun = begun
        self._measured: tuple[Layer, ...] = ()
        self._refused: list[str] = []
        self._tiers = candidates(policy)
        kept_on_cores = policy.threads == 1 and self._tiers[0].linux
        self._cores = Cores() if kept_on_cores else None
        self._ahead = Ahead(self.spawn_now, self._spawn_settled) if ahead else None
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

    @property
    def tier_number(self) -> int:
        """The tier's number: 1, the strongest, to 5."""
        return self._tier.value

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

    def spawn(self) -> Sandbox:
        """A new sandbox, isolated and ready. Raises `SandboxUnavailable`."""
        return self._ahead.take() if self._ahead else self.spawn_now()

    def spawn_now(self) -> Sandbox:
        """The same, and none is started ahead for the next."""
        return self._spawn(self._tier, self.policy.serve)

    def end_waiting(self) -> None:
        """Ends the sandbox that is kept ready, if there is one."""
        if self._ahead:
            self._ahead.end_waiting()

    def close(self) -> None:
        """Ends the zygote. Sandboxes that still run and were taken are not its business."""
        if self._ahead:
            self._ahead.close()
        with self._lock:
            self._stop()

    def __exit__(self, *_: object) -> None:
        self.close()

    def _find_tier(self) -> Tier:
        for tier in self._tiers:
            try:
                self._spawn(tier, selftest.__name__).close()
                return tier
            except SandboxUnavailable as error:
                self._refused.append(f"tier {tier.value}: {error}")
        raise SandboxUnavailable("No sandbox can be started here. " + " ".join(self._refused))

    def _spawn_settled(self) -> Sandbox:
        return self._spawn(self._tier, self.policy.serve, settle=True)

    def _spawn(self, tier: Tier, serve: str, settle: bool = False) -> Sandbox:
        channel, channel_inside = socket.socketpair()
        status, status_inside = socket.socketpair()
        stdout, output_inside = os.pipe()
        os.set_blocking(stdout, False)
        seat = self._cores.take(ahead=settle) if self._cores else None
        leave = partial(self._cores.leave, seat) if self._cores and seat else None
        sandbox = Sandbox(channel, stdout, status, leave)
        try:
            with channel_inside, status_inside:
                core = seat.core if seat else None
                request = {"tier": tier.value, "serve": serve, "settle": settle, "core": core}
                ends = [channel_inside.fileno(), output_inside, status_inside.fileno()]
                self._request(json.dumps(request).encode() + b"\n", ends)
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
            if self._try_request(request, descriptors):
                return
            _log.warning("the process that starts sandboxes has died and is started anew")
            self._stop()
            self._start()
            if not self._try_request(request, descriptors):
                raise SandboxUnavailable(
                    "The process that starts sandboxes has died twice in a row; the machine may "
                    "be out of memory. Free some and grade again."
                )

    def _try_request(self, request: bytes, descriptors: list[int]) -> bool:
        """False when the zygote has died. Raises `SandboxUnavailable` when it does not answer."""
        if self._control is None:
            return False
        try:
            socket.send_fds(self._control, [request], descriptors)
            return bool(_line(self._control, ANSWER_SECONDS))
        except TimeoutError:
            self._stop()
            raise SandboxUnavailable(
                f"The process that starts sandboxes has not answered for {ANSWER_SECONDS:g} s; "
                "the machine may be overloaded. Use fewer slots and grade again."
            ) from None
        except OSError:
            return False

    def _start(self) -> None:
        (control, self._process), self._begun = self._begun or _begin(), None
        self._control = control
        answer: dict[str, Any] = {}
        with suppress(OSError):  # its end, or no answer in time: told below
            control.sendall(json.dumps(asdict(self.policy)).encode() + b"\n")
            answer = _line(control, START_SECONDS)
        if "ready" not in answer:
            self._stop()
            reason = answer.get("failed", f"it ended or took more than {START_SECONDS:g} s")
            _log.error("no zygote: %s\n%s", reason, answer.get("trace", ""))
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


def environment() -> dict[str, str]:
    """The variables with which a zygote is started: none of those here but what it cannot lack."""
    return ENVIRONMENT | {n: os.environ[n] for n in KEPT_VARIABLES if n in os.environ}


@contextmanager
def waiting(modules: Sequence[str]) -> Generator[Begun]:
    """Start a zygote that imports `modules` until it has its policy; it ends if nobody takes it."""
    begun = _begin(modules)
    try:
        yield begun
    finally:
        begun[0].close()  # where nobody took it, it notices once it has imported them


def _begin(modules: Sequence[str] = ()) -> Begun:
    """Start a zygote that waits for its policy and imports `modules` meanwhile."""
    control, inside = socket.socketpair()
    start = "import os, runpy, sys; os.dup2(int(sys.argv[1]), 3); os.closerange(4, 1 << 20)"
    run = "runpy.run_module('autograder.sandbox.zygote', run_name='__main__')"
    with inside:
        process = subprocess.Popen(
            [sys.executable, "-s", "-B", "-c", f"{start}; {run}", str(inside.fileno()), *modules],
            pass_fds=[inside.fileno()],
            env=environment(),
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
    return control, process


def _line(control: socket.socket, seconds: float) -> dict[str, Any]:
    """The next JSON line; empty when the other end is gone. Raises `TimeoutError`."""
    control.settimeout(seconds)
    data = b""
    while not data.endswith(b"\n"):
        received = control.recv(LINE)
        if not received:
            return {}
        data += received
    control.settimeout(None)
    return json.loads(data)

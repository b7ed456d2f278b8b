"""Keeps the notebook's state of a moment, and judges it with a test file after the last cell.

`hold` forks: the copy keeps every variable as it is and waits. `judge` sends a copy some test
cases; it forks once more, so that each judgement begins with the same state, and answers with a
verdict for each case. Nothing is judged before the last cell has run: a function that finds a
hidden test in the frames around it could write it down for a later cell to print.

Stops: that a test changes the notebook for cells and tests after it.
Does not stop: student code that forges a verdict about itself. It runs in the process that judges,
as under stock otter.
"""

import json
import os
import resource
import select
import signal
import socket
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, NoReturn, cast

from autograder.inside.test_cases import run_cases

CHANNEL = 3
"""The descriptor of the trusted side's socket, which only the first process may hold."""
FIRST_OUTPUT, LAST_OUTPUT = 1, 2
_LENGTH = struct.Struct(">I")
_MOST_BYTES = 4 << 20
_SHORTER = 0.9
"""Of the time that the trusted side waits: a judgement that takes longer ends before that."""
TIME, CRASH = "time", "crash"

Judge = Callable[[dict[str, Any], dict[str, Any]], Iterator[dict[str, Any]]]


class Held:
    """The copies of this process, by number."""

    def __init__(self, variables: dict[str, Any], judge: Judge = run_cases) -> None:
        """`variables`: of the notebook; each copy has its own. `judge` runs cases against them."""
        self.variables = variables
        self.judge_cases = judge
        self.ends: list[socket.socket] = []

    def hold(self) -> int:
        """Make a copy that waits; return its number. Raises OSError where no fork is possible."""
        ours, theirs = socket.socketpair()
        pid = os.fork()
        if pid == 0:
            for end in (ours, *self.ends):
                end.close()
            self._wait(theirs)
        theirs.close()
        self.ends.append(ours)
        return len(self.ends) - 1

    def judge(self, number: int, request: bytes, wall: float) -> dict[str, Any]:
        """Return the verdicts of copy `number` on the cases in `request`, and how it ended."""
        end = self.ends[number]
        end.settimeout(wall or None)
        try:
            _send(end, request)
            return json.loads(_received(end))
        except BaseException:  # the time was over: an answer to this may come later
            end.close()
            raise

    def _wait(self, end: socket.socket) -> NoReturn:
        """Answer requests until the other end closes."""
        try:
            _be_quiet()
            while True:
                request = json.loads(_received(end))
                _send(end, json.dumps(self._judged_apart(request)).encode("utf-8", "replace"))
        finally:
            os._exit(0)

    def _judged_apart(self, request: dict[str, Any]) -> dict[str, Any]:
        """Judge in a copy of the copy, and end that when its time is over."""
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(reading)
            self._judge_here(request, writing)
        os.close(writing)
        until = time.monotonic() + _SHORTER * request["wall"]
        lines, in_time = _read_lines(reading, len(request["cases"]), until)
        os.close(reading)
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        _, how = os.waitpid(pid, 0)
        verdicts = [json.loads(line) for line in lines]
        if len(verdicts) == len(request["cases"]):
            return {"verdicts": verdicts, "end": ""}
        out_of_time = not in_time or (os.WIFSIGNALED(how) and os.WTERMSIG(how) == signal.SIGXCPU)
        return {"verdicts": verdicts, "end": TIME if out_of_time else CRASH}

    def _judge_here(self, request: dict[str, Any], writing: int) -> NoReturn:
        try:
            for number in (signal.SIGALRM, signal.SIGPROF):
                signal.signal(number, signal.SIG_DFL)
            seconds = max(1, int(request["seconds"]))
            _, most = resource.getrlimit(resource.RLIMIT_CPU)
            resource.setrlimit(resource.RLIMIT_CPU, (seconds, most))
            for verdict in self.judge_cases(request, self.variables):
                _write(writing, json.dumps(verdict).encode("utf-8", "replace") + b"\n")
        finally:
            os._exit(0)


def _be_quiet() -> None:
    """Let go of the trusted side's socket, and print to nowhere."""
    with suppress(OSError):
        os.close(CHANNEL)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, FIRST_OUTPUT)
    os.dup2(nowhere, LAST_OUTPUT)
    os.close(nowhere)


def _write(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]


def _read_lines(descriptor: int, count: int, until: float) -> tuple[list[bytes], bool]:
    """Return the lines that are written until there are `count`, and whether time sufficed."""
    data = bytearray()
    waiting = select.poll()
    waiting.register(descriptor, select.POLLIN)
    in_time = True
    while data.count(b"\n") < count and len(data) < _MOST_BYTES:
        left = until - time.monotonic()
        if left <= 0 or not waiting.poll(1000 * left):
            in_time = False
            break
        chunk = os.read(descriptor, 1 << 16)
        if not chunk:
            break
        data += chunk
    return bytes(data).split(b"\n")[:-1][:count], in_time


def _send(end: socket.socket, data: bytes) -> None:
    end.sendall(_LENGTH.pack(len(data)) + data)


def _received(end: socket.socket) -> bytes:
    (length,) = cast("tuple[int]", _LENGTH.unpack(_exactly(end, _LENGTH.size)))
    return _exactly(end, length)


def _exactly(end: socket.socket, length: int) -> bytes:
    data = bytearray()
    while len(data) < length:
        chunk = end.recv(min(1 << 16, length - len(data)))
        if not chunk:
            raise EOFError("the other end is gone")
        data += chunk
    return bytes(data)

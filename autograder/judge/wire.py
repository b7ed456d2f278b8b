"""The trusted end of the wire: one request, one answer, and nothing believed about either's length.

Whatever arrives is checked before it is used; whatever breaks the protocol, comes too late, is too
long or does not come at all ends the sandbox and is told as a `SandboxEnded`.
"""

import logging
import math
import os
import select
import signal
import socket
from typing import Any, Protocol

from autograder.judge.stopwatch import Stopwatch, Times
from autograder.records import Outcome
from autograder.sandbox.policy import Exit
from autograder.wire.frames import HEADER_LIMIT, LENGTHS, WireError, pack, parse_header

_log = logging.getLogger(__name__)

CHUNK = 1 << 18
EXIT_SECONDS = 5.0
"""How long a dying process may take until its exit is called unknown."""


class StudentError(Exception):
    """Student code raised, ran out of something or gave what cannot be read; says so in words."""

    def __init__(
        self,
        outcome: Outcome,
        message: str,
        without_text: str = "",
        place: tuple[int, int] | None = None,
    ) -> None:
        """`without_text`: the message without a word of the student's, for hidden checks.

        `place`: cell and line, both from 1, that raised.
        """
        super().__init__(message)
        self.outcome = outcome
        self.without_text = without_text or (
            "it stopped with an error" if outcome is Outcome.STUDENT_ERROR else message
        )
        self.place = place


class SandboxEnded(StudentError):
    """The student's process is no more."""


class SandboxProcess(Protocol):
    """What `Wire` needs of `autograder.sandbox.process.Sandbox`; tests put a fake in its place."""

    @property
    def channel(self) -> socket.socket: ...
    @property
    def stdout(self) -> int: ...
    @property
    def peak_bytes(self) -> int | None: ...
    @property
    def processor_seconds(self) -> float | None: ...
    def wait(self, timeout: float) -> Exit: ...
    def close_soon(self) -> None: ...


class Wire:
    """Exchanges frames with one sandbox and gathers what it prints."""

    def __init__(self, sandbox: SandboxProcess, output_limit: int) -> None:
        """`output_limit`: bytes that one request may print before the sandbox is ended."""
        self.sandbox = sandbox
        self.output_limit = output_limit
        self.alive = True
        self._printed = bytearray()
        self._last_id = 0
        self.starved = False
        """Whether a request ended by the clock with far less processor time than it may use."""
        sandbox.channel.setblocking(False)
        self._waiting = select.poll()
        for end in (sandbox.channel, sandbox.stdout):
            self._waiting.register(end, select.POLLIN)

    def exchange(
        self, header: dict[str, Any], body: bytes, allowed: Times, reply_limit: int
    ) -> tuple[dict[str, Any], bytes]:
        """Sends a request and gives its answer.

        Raises `SandboxEnded` when none comes in the time `allowed`, when the body of the answer is
        longer than `reply_limit` bytes, and for everything else that is no answer.
        """
        if not self.alive:
            raise SandboxEnded(Outcome.CRASHED, "the notebook's process has ended")
        self._last_id += 1
        self._printed.clear()
        try:
            frame = pack(header | {"id": self._last_id}, body)
        except WireError:  # checks send little; only a value of the student's is as long as that
            text = "a value that the notebook gave is far longer than any that is asked for"
            raise StudentError(Outcome.STUDENT_ERROR, text) from None
        watch = Stopwatch(lambda: self.sandbox.processor_seconds, allowed)
        try:
            reply, reply_body = self._converse(frame, watch, reply_limit)
            if type(reply.get("id")) is not int or reply["id"] != self._last_id:
                raise WireError("the answer is for another request")
            if type(reply.get("ok")) is not bool:
                raise WireError("the answer says neither yes nor no")
        except TimeoutError:
            self.starved |= watch.starved
            raise self.end(Outcome.TIME_LIMIT, "it did not stop in time") from None
        except OutputFlood:
            limit = f"{self.output_limit / 1e6:.1f} MB"
            raise self.end(Outcome.OUTPUT_LIMIT, f"it printed more than {limit}") from None
        except WireError as error:
            text = f"the notebook's process gave no valid answer ({error})"
            raise self.end(Outcome.CRASHED, text) from None
        except (EOFError, OSError):
            raise self.end(*self._post_mortem()) from None
        return reply, reply_body

    def printed(self) -> str:
        """What the last request printed."""
        return bytes(self._printed).decode("utf-8", "replace")

    def end(self, outcome: Outcome, message: str) -> SandboxEnded:
        """Ends the sandbox; gives the error to raise."""
        _log.info("sandbox ended, %s: %s", outcome, message)
        self.close()
        return SandboxEnded(outcome, message)

    def close(self) -> None:
        """Ends the sandbox and frees what it held."""
        if self.alive:
            self.alive = False
            self.sandbox.close_soon()

    def _converse(
        self, frame: bytes, watch: Stopwatch, reply_limit: int
    ) -> tuple[dict[str, Any], bytes]:
        channel, stdout = self.sandbox.channel, self.sandbox.stdout
        unsent, incoming = memoryview(frame), Incoming(reply_limit)
        unsent = unsent[_send(channel, unsent) :]  # most frames go out at once
        while not incoming.complete:
            self._waiting.modify(channel, select.POLLIN | (select.POLLOUT if unsent else 0))
            for end, events in self._ready(watch):
                if end == channel.fileno():
                    unsent = unsent[_send(channel, unsent) :]
                    incoming.read(channel)
                elif events & select.POLLIN:
                    self._drain(stdout)
                else:  # closed: nothing more will come
                    self._waiting.unregister(stdout)
        while self._drain(stdout):
            pass
        return parse_header(incoming.header), incoming.body

    def _ready(self, watch: Stopwatch) -> list[tuple[int, int]]:
        """Descriptors on which something can be done. Raises TimeoutError when time is over."""
        while (seconds := watch.until_look()) > 0:
            if ready := self._waiting.poll(math.ceil(1000 * seconds)):
                return ready
        raise TimeoutError

    def _drain(self, stdout: int) -> bool:
        """Reads what is there of the printed text; False when nothing is (any more)."""
        try:
            text = os.read(stdout, 1 << 16)
        except BlockingIOError:
            return False
        self._printed += text
        if len(self._printed) > self.output_limit:
            del self._printed[self.output_limit :]
            raise OutputFlood
        return bool(text)

    def _post_mortem(self) -> tuple[Outcome, str]:
        """Why the student's process is gone."""
        end = self.sandbox.wait(EXIT_SECONDS)
        if end.out_of_memory:
            return Outcome.MEMORY_LIMIT, "it used more memory than it may"
        if end.out_of_disk:
            return Outcome.OUTPUT_LIMIT, "it wrote more into its folder than it may"
        if end.kind == "exited":
            return Outcome.CRASHED, f"it ended the notebook's process (exit status {end.code})"
        if end.kind == "signalled":
            return Outcome.CRASHED, f"the notebook's process was ended by {_signal_name(end.code)}"
        return Outcome.CRASHED, "the notebook's process ended"


class OutputFlood(Exception):
    """More was printed than a request may print."""


class Incoming:
    """An answer on its way: its lengths are checked before its content is taken in."""

    def __init__(self, body_limit: int) -> None:
        self.body_limit = body_limit
        self.data = bytearray()
        self.header_length = self.total = -1

    @property
    def complete(self) -> bool:
        return len(self.data) == self.total

    @property
    def header(self) -> bytes:
        return bytes(self.data[LENGTHS.size : LENGTHS.size + self.header_length])

    @property
    def body(self) -> bytes:
        return bytes(self.data[LENGTHS.size + self.header_length :])

    def read(self, channel: socket.socket) -> None:
        """Takes in what is there, at most a chunk. Raises `WireError` for what no frame holds."""
        try:
            chunk = channel.recv(CHUNK)
        except BlockingIOError:
            return
        if not chunk:
            raise EOFError
        self.data += chunk
        if self.total < 0 and len(self.data) >= LENGTHS.size:
            self.header_length, body_length = LENGTHS.unpack_from(self.data)
            if self.header_length > HEADER_LIMIT or body_length > self.body_limit:
                raise WireError("the answer is too long")
            self.total = LENGTHS.size + self.header_length + body_length
        if 0 <= self.total < len(self.data):
            raise WireError("the answer goes on after its end")


def _send(channel: socket.socket, unsent: memoryview) -> int:
    """Sends what can be sent at once; gives the number of bytes."""
    try:
        return channel.send(unsent[:CHUNK]) if unsent else 0
    except BlockingIOError:
        return 0


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"

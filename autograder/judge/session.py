"""One living sandbox, seen from the trusted side: run a cell, fetch a value, call, probe."""

import logging
import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from autograder.course.settings import Limits
from autograder.judge.beside import Verdicts, read_verdicts
from autograder.judge.computer import HINDRANCES, Note, read_notes
from autograder.judge.displays import DISPLAY_LIMIT, displays_in
from autograder.judge.observed import Malformed, observed
from autograder.judge.own_paths import without_own_paths
from autograder.judge.places import CELLS_LIMIT, code_line
from autograder.judge.stopwatch import Stopwatch, Times
from autograder.judge.wire import SandboxProcess, StudentError, Wire
from autograder.records import Cell, CellRun, Outcome
from autograder.wire.frames import WireError, clean, is_list
from autograder.wire.values import Decoder, Encoder
from labkit.failures import is_exception_name

_log = logging.getLogger(__name__)

GRACE_SECONDS = 2.0
"""How long code may take to react when its time is over, before its process is killed."""
LEAST_SECONDS = 0.1
"""What a call gets when the submission's time is over; a limit of 0 would be none."""
TAMPERED = "the notebook has changed the checks' probes or what they use, so nothing can be checked"


class RemoteObject:
    """Stands in the trusted process for an object that lives in a sandbox.

    It can be called and passed on; nothing else of it can be seen.
    """

    def __init__(self, session: "Session", number: int, type_name: str) -> None:
        self._session = session
        self._number = number
        self._type_name = type_name

    def __repr__(self) -> str:
        return f"<a {self._type_name} in the sandbox>"


class RemoteCallable(RemoteObject):
    """A function, class or other callable in a sandbox."""

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        return self._session.call(self._number, arguments, keywords)


@dataclass
class Session:
    """Talks to one sandbox. Any method may raise `SandboxEnded`; `alive` is False from then on."""

    wire: Wire
    limits: Limits
    deadline: float = math.inf
    """Until when calls may run, by `time.monotonic()`: many slow ones add up."""
    processor_limit: float = math.inf
    """Processor seconds of the sandbox after which no call may run."""
    starved: bool = False
    """Whether something ended by the clock with far less processor time than it may use."""
    begun: float = field(default_factory=time.monotonic)
    gpu_cells: set[int] = field(default_factory=set[int])
    """Numbers, from 1, of the cells whose code has asked for a GPU that is not there."""
    notes: set[Note] = field(default_factory=set[Note])
    """What was skipped or left out for the computer's sake."""
    hindered: set[Note] = field(default_factory=set[Note])
    """What code could not do on this computer, since whoever reads this cleared it."""
    seeding: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """What is seeded before each cell: "seed", and "variable" where that is set instead."""

    @classmethod
    def over(cls, sandbox: SandboxProcess, limits: Limits) -> "Session":
        """A session over `sandbox`, with the course's limits."""
        return cls(Wire(sandbox, limits.output_kilobytes * 1000), limits)

    @property
    def alive(self) -> bool:
        return self.wire.alive

    @property
    def peak_bytes(self) -> int | None:
        """The most memory that the sandbox held at a time; None while it runs, or not known."""
        return self.wire.sandbox.peak_bytes

    @property
    def processor_seconds(self) -> float:
        """The sandbox's processor time so far; by the clock where nobody counts it."""
        used = self.wire.sandbox.processor_seconds
        return time.monotonic() - self.begun if used is None else used

    def close(self) -> None:
        """Ends the sandbox."""
        self.wire.close()

    def run_cell(self, cell: Cell, seconds: float) -> CellRun:
        """Runs a cell with at most so many processor seconds.

        An end of the sandbox is told in what it gives, and by `alive`.
        """
        started = time.monotonic()
        source = cell.source.encode("utf-8", "replace")
        outcome, message, displays = Outcome.PASSED, "", ()
        try:
            asked = {"do": "cell", "number": cell.index + 1, **self.seeding}
            reply, body = self._exchange(asked, source, seconds, DISPLAY_LIMIT)
            displays = displays_in(body)
            if not reply["ok"]:
                raise _student_error(reply, seconds, cell.source)
        except StudentError as error:
            outcome, message = error.outcome, str(error)
        taken = time.monotonic() - started
        return CellRun(cell.index, outcome, taken, message, self._text() + displays)

    def fetch(self, name: str) -> Any:
        """The value that the notebook has under `name`, or None."""
        return self._value({"do": "fetch", "name": name})

    def call(self, number: int, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        """The result of calling a remote object."""
        return self._value({"do": "call", "object": number}, arguments, keywords)

    def probe(
        self, function: Callable[..., Any], arguments: tuple[Any, ...], keywords: dict[str, Any]
    ) -> Any:
        """The result of running the probe `function` beside the student's objects."""
        where = {"module": function.__module__, "function": function.__qualname__}
        value = self._value({"do": "probe"} | where, arguments, keywords)
        try:
            return observed(function, arguments, value)
        except Malformed as problem:
            _log.info("an observation was refused: %s", problem)
            raise StudentError(Outcome.STUDENT_ERROR, f"{TAMPERED} ({problem})", TAMPERED) from None

    def has(self, name: str) -> bool:
        """Whether the notebook has a variable `name`."""
        return self._value({"do": "has", "name": name}) is True

    def hold(self) -> int:
        """Keep the state of this moment; return the number by which it is judged later."""
        number = self._value({"do": "hold"})
        return number if type(number) is int else -1

    def judge(self, held: int, request: bytes, cases: int, seconds: float) -> Verdicts:
        """Return the verdicts of the state `held` on the `cases` of `request`."""
        asked = {"do": "judge", "held": held}
        reply, body = self._exchange(asked, request, seconds, self.limits.reply_megabytes << 20)
        if not reply["ok"]:
            raise _student_error(reply, seconds)
        try:
            decoder = Decoder(body, self._remote)
            return read_verdicts(decoder.decode(reply.get("value")), cases)
        except WireError as error:
            text = f"the notebook's process gave no valid answer ({error})"
            raise self.wire.end(Outcome.CRASHED, text) from None

    def lend(self, loans: Sequence[tuple[str, Sequence[str]]]) -> None:
        """Let the names of each loan (source, names) stand for right answers until `take_back`."""
        self._value({"do": "lend", "loans": loans})

    def take_back(self, keep: bool) -> None:
        """End the loans; without `keep`, set all variables to what they were before."""
        self._value({"do": "take_back", "keep": keep})

    def _value(
        self,
        header: dict[str, Any],
        arguments: tuple[Any, ...] = (),
        keywords: dict[str, Any] | None = None,
    ) -> Any:
        """Asks for a value. Raises `StudentError` when student code raised instead."""
        encoder = Encoder(self._handle)
        left = self.processor_limit - self.processor_seconds
        seconds = min(self.limits.call_seconds, max(left, LEAST_SECONDS))
        header["arguments"] = encoder.encode(list(arguments))
        header["keywords"] = encoder.encode(keywords or {})
        limit = self.limits.reply_megabytes << 20
        reply, body = self._exchange(header, encoder.body, seconds, limit)
        if not reply["ok"]:
            raise _student_error(reply, seconds)
        try:
            decoder = Decoder(body, self._remote)
            value = decoder.decode(reply.get("value"))
            decoder.finish()
        except WireError as error:
            text = f"the notebook's process gave no valid answer ({error})"
            raise self.wire.end(Outcome.CRASHED, text) from None
        return value

    def _exchange(
        self, header: dict[str, Any], body: bytes, seconds: float, limit: int
    ) -> tuple[dict[str, Any], bytes]:
        allowed = self._times(seconds)
        asked = header | {"seconds": allowed.processor, "wall": allowed.wall}
        watch = Stopwatch(lambda: self.wire.sandbox.processor_seconds, allowed)
        try:
            reply, answer = self.wire.exchange(asked, body, allowed.plus(GRACE_SECONDS), limit)
        finally:
            self.starved |= self.wire.starved
        if reply.get("kind") == "time" and watch.starved:
            self.starved = True
            clock = f"it took longer than {allowed.wall:g} s by the clock"
            raise StudentError(Outcome.TIME_LIMIT, clock)
        self.gpu_cells |= _numbers(reply.get("gpu_cells"))
        notes = read_notes(reply)
        self.hindered |= {note for note in notes if note.kind in HINDRANCES}
        if header["do"] == "cell":  # texts of other replies could carry a hidden check's inputs
            self.notes |= notes
        return reply, answer

    def _times(self, seconds: float) -> Times:
        """What `seconds` of the processor may take by the clock; the same where nobody counts."""
        counted = self.wire.sandbox.processor_seconds is not None
        wall = seconds * self.limits.wall_factor if counted else seconds
        return Times(seconds, min(wall, max(self.deadline - time.monotonic(), LEAST_SECONDS)))

    def _text(self) -> tuple[dict[str, Any], ...]:
        text = without_own_paths(self.wire.printed())
        if not text:
            return ()
        return ({"output_type": "stream", "name": "stdout", "text": text},)

    def _handle(self, value: Any) -> dict[str, Any]:
        if isinstance(value, RemoteObject):
            return {"object": value._number}  # pyright: ignore[reportPrivateUsage] its own stand-in
        raise TypeError(f"a {type(value).__name__} cannot be sent into the sandbox")

    def _remote(self, tree: dict[str, Any]) -> RemoteObject:
        number, name, is_callable = (tree.get(key) for key in ("object", "type", "callable"))
        if type(number) is not int or type(name) is not str or len(name) > 80:
            raise WireError("a remote object has no valid description")
        kind = RemoteCallable if is_callable is True else RemoteObject
        return kind(self, number, name)


def _numbers(cells: Any) -> set[int]:
    """The numbers of cells in `cells`, which is a student's word; none if it is no list of some."""
    if not is_list(cells):
        return set()
    return {cell for cell in cells if type(cell) is int and 0 < cell <= CELLS_LIMIT}


def _student_error(reply: dict[str, Any], seconds: float, source: str = "") -> StudentError:
    """The error that a failed reply tells of; every field is a student's word and treated so.

    `source`: of the cell that was run, to show its line.
    """
    kind, name, message = (clean(reply.get(key)) for key in ("kind", "type", "message"))
    message = without_own_paths(message)
    cell, line = (_positive(reply.get(key)) for key in ("cell", "line"))
    code = code_line(source, line)
    where = f" (line {line} of the cell{': `' * bool(code)}{code}{'`' * bool(code)})" * bool(line)
    if kind == "time":
        return StudentError(Outcome.TIME_LIMIT, f"it took longer than {seconds:g} s{where}")
    if kind == "memory":
        return StudentError(Outcome.MEMORY_LIMIT, f"it asked for more memory than it may{where}")
    if kind == "value":
        text = f"its result cannot be read: {message}"
        return StudentError(Outcome.STUDENT_ERROR, text, "its result cannot be read")
    text = f"{name}: {message}" if message else name
    known = name if is_exception_name(name) else "an exception of its own"
    place = (cell, line) if cell and line and not source else None
    return StudentError(Outcome.STUDENT_ERROR, text + where, f"it stopped with {known}", place)


def _positive(number: Any) -> int:
    """`number` if it can be the number of a cell or line, else 0."""
    return number if type(number) is int and 0 < number < 10**6 else 0

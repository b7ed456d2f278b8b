"""Answers the trusted side's requests until the socket closes: the child's main loop."""

import importlib
import json
import os
import signal
import socket
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any, cast

from autograder.inside import (
    absent,
    gpu_watch,
    missing,
    notes,
    otter_stand_in,
    pictures,
    skipping,
    streams,
)
from autograder.inside.held import Held
from autograder.inside.lent import Lent
from autograder.inside.seeding import seed
from autograder.inside.shell import Failure, TimeIsUp, display, make_shell, run_cell
from autograder.inside.skipping import cell_magic
from autograder.wire.frames import LENGTHS, WireError, pack, parse_header
from autograder.wire.values import Decoder, Encoder

CHUNK = 1 << 20
PROBES = "probes"
"""Only functions of modules with this name, or of those in packages with it, are run as probes."""


def before_fork() -> None:
    """What every child needs and one process can make for all of them."""
    make_shell()
    pictures.before_fork()
    otter_stand_in.install()
    missing.watch()
    skipping.ask_nobody()


def main(channel: socket.socket) -> None:
    """Serves `channel` until the trusted side closes it."""
    for number in (signal.SIGALRM, signal.SIGPROF):
        signal.signal(number, _time_is_up)
    streams.open_both()
    server = Server()
    while True:
        header, body = _receive(channel)
        channel.sendall(server.answer(header, body))


class Server:
    """Holds the objects that the trusted side knows by number, and answers requests."""

    def __init__(self) -> None:
        self.objects: list[Any] = []
        self.actions: dict[str, Callable[[dict[str, Any], bytes], Any]] = {
            "fetch": self._fetch,
            "call": self._call,
            "probe": self._probe,
            "lend": self._lend,
            "take_back": self._take_back,
            "hold": self._hold,
            "judge": self._judge,
            "has": self._has,
        }
        self.held = Held(cast("dict[str, Any]", make_shell().user_ns))
        self.lent = Lent(cast("dict[str, Any]", make_shell().user_ns))

    def answer(self, header: dict[str, Any], body: bytes) -> bytes:
        """The frame that answers one request, whatever student code does meanwhile."""
        try:
            seconds = header.get("seconds", 0)
            with _limited(seconds, header.get("wall", seconds)):
                if header["do"] == "cell":
                    return self._cell(header, body.decode())
                encoder = Encoder(self._keep)
                try:
                    tree = encoder.encode(self._value(header, body))
                finally:
                    streams.flush()  # what a check's call has printed belongs to no cell
            return pack(_reply(header, True) | {"value": tree}, encoder.body)
        except WireError as error:
            return _failed(header, Failure("value", "WireError", str(error), 0))
        except BaseException as error:
            return _failed(header, Failure.of(error))

    def _cell(self, header: dict[str, Any], source: str) -> bytes:
        display.take()  # what a check's call has displayed belongs to no cell
        pictures.close()
        seed(header.get("seed"), header.get("variable", ""), source, self.held.variables)
        if gpu_watch.asks(source):
            gpu_watch.wake()
        error = run_cell(source, header["number"])
        if error is not None and absent.no_gpu(error) and gpu_watch.wake():
            error = run_cell(source, header["number"])
        if cell_magic(source)[0] == "capture":
            pictures.close()
        pictures.flush()
        outputs = json.dumps(display.take()).encode()
        reply = _reply(header, error is None)
        if error is not None:
            reply |= asdict(Failure.of(error))
        return pack(reply, outputs)

    def _value(self, header: dict[str, Any], body: bytes) -> Any:
        action = self.actions[header["do"]]
        streams.restore()
        gpu_watch.missed()
        try:
            value = action(header, body)  # a probe keeps the error of what it calls to itself
            if not gpu_watch.missed() or not gpu_watch.wake():
                return value
        except Exception as error:
            if not absent.no_gpu(error) or not gpu_watch.wake():
                raise
        return action(header, body)

    def _fetch(self, header: dict[str, Any], _body: bytes) -> Any:
        names = cast("dict[str, Any]", make_shell().user_ns)
        return names.get(header["name"])

    def _call(self, header: dict[str, Any], body: bytes) -> Any:
        decoder = Decoder(body, self._find)
        function = self.objects[header["object"]]
        arguments = decoder.decode(header["arguments"])
        return function(*arguments, **decoder.decode(header["keywords"]))

    def _probe(self, header: dict[str, Any], body: bytes) -> Any:
        decoder = Decoder(body, self._find)
        module = header["module"]
        if PROBES not in module.split("."):
            raise WireError(f"{module} is no module of probes")
        function = getattr(importlib.import_module(module), header["function"])
        arguments = decoder.decode(header["arguments"])
        return function(*arguments, **decoder.decode(header["keywords"]))

    def _lend(self, header: dict[str, Any], _body: bytes) -> None:
        self.lent.lend(header["loans"])

    def _take_back(self, header: dict[str, Any], _body: bytes) -> None:
        self.lent.take_back(header["keep"])

    def _hold(self, _header: dict[str, Any], _body: bytes) -> int:
        streams.flush()  # or the copy would print it once more
        return self.held.hold()

    def _judge(self, header: dict[str, Any], body: bytes) -> dict[str, Any]:
        times = {"seconds": header["seconds"], "wall": header["wall"]}
        request = json.dumps(json.loads(body) | times).encode()
        return self.held.judge(header["held"], request, header["wall"])

    def _has(self, header: dict[str, Any], _body: bytes) -> bool:
        return header["name"] in make_shell().user_ns

    def _keep(self, value: Any) -> dict[str, Any]:
        if isinstance(value, missing.Missing):
            value.refuse()
        self.objects.append(value)
        return {
            "object": len(self.objects) - 1,
            "type": type(value).__name__[:80],
            "callable": callable(value),
        }

    def _find(self, tree: dict[str, Any]) -> Any:
        return self.objects[tree["object"]]


def _reply(header: dict[str, Any], ok: bool) -> dict[str, Any]:
    """What every reply holds."""
    return {"id": header["id"], "ok": ok, "gpu_cells": gpu_watch.take(), "notes": notes.take()}


def _failed(header: dict[str, Any], failure: Failure) -> bytes:
    return pack(_reply(header, False) | asdict(failure))


@contextmanager
def _limited(seconds: float, wall: float) -> Generator[None]:
    """Raises `TimeIsUp` in the student's code after `seconds` of the processor or `wall` seconds.

    0 is no limit. Only this process is counted here; the trusted side counts all.
    """
    signal.setitimer(signal.ITIMER_PROF, seconds)
    signal.setitimer(signal.ITIMER_REAL, wall)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.setitimer(signal.ITIMER_PROF, 0)


def _time_is_up(_number: int, _frame: Any) -> None:
    raise TimeIsUp("the time is over")


def _receive(channel: socket.socket) -> tuple[dict[str, Any], bytes]:
    header_length, body_length = LENGTHS.unpack(_exactly(channel, LENGTHS.size))
    header = parse_header(_exactly(channel, header_length))
    return header, _exactly(channel, body_length)


def _exactly(channel: socket.socket, length: int) -> bytes:
    data = bytearray()
    while len(data) < length:
        chunk = channel.recv(min(CHUNK, length - len(data)))
        if not chunk:
            os._exit(0)
        data += chunk
    return bytes(data)

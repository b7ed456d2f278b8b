"""The trusted end of the wire takes one answer to a request, and ends the sandbox for all else."""

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

import pytest

from autograder.judge.stopwatch import Times
from autograder.judge.wire import SandboxEnded, Wire
from autograder.records import Outcome
from autograder.sandbox.policy import Exit
from autograder.wire.frames import HEADER_LIMIT, LENGTHS
from proofs.attacks.inputs import frame
from proofs.attacks.targets import Echo

PATIENT = Times(20, 20)
"""So long that no test ends by it: what is refused is refused by what it is."""
SOUND = {"id": 1, "ok": True}
BODY_LIMIT = 1000
OUTPUT_LIMIT = 10_000


@contextmanager
def wired(*answers: bytes, prints: bytes = b"", ends: bool = False) -> Iterator[Wire]:
    """A wire to a sandbox that sends each answer as it is asked, and that lives on unless it ends.

    Nobody ever closes the other end before the test does, so only a check can refuse an answer.
    """
    channel, inside = socket.socketpair()
    stdout, write = os.pipe()
    os.set_blocking(stdout, False)

    def serve() -> None:
        for answer in answers:
            if not inside.recv(1 << 16):
                return
            if prints:
                os.write(write, prints)
            inside.sendall(answer)
        if ends:
            inside.shutdown(socket.SHUT_RDWR)

    server = Thread(target=serve, daemon=True)
    wire = Wire(Echo(channel, stdout), OUTPUT_LIMIT)
    server.start()
    try:
        yield wire
    finally:
        wire.close()
        server.join(10)
        inside.close()
        os.close(write)


def ask(wire: Wire) -> tuple[dict[str, Any], bytes]:
    return wire.exchange({"do": "fetch"}, b"", PATIENT, BODY_LIMIT)


def refused(wire: Wire, words: str) -> None:
    with pytest.raises(SandboxEnded, match=words) as error:
        ask(wire)
    assert error.value.outcome is Outcome.CRASHED
    assert not wire.alive


def test_an_answer_to_the_request_is_taken() -> None:
    with wired(frame(SOUND, b"body"), frame(SOUND | {"id": 2}, b"")) as wire:
        assert ask(wire) == (SOUND, b"body")
        assert ask(wire) == (SOUND | {"id": 2}, b"")


@pytest.mark.parametrize("number", [0, 2, -1, 1.0, True, "1", None, [1], {}])
def test_an_answer_to_another_request_is_refused(number: object) -> None:
    with wired(frame(SOUND | {"id": number}, b"")) as wire:
        refused(wire, "another request")


def test_the_answer_to_the_request_before_is_none_to_this_one() -> None:
    with wired(frame(SOUND, b""), frame(SOUND, b"")) as wire:
        ask(wire)
        refused(wire, "another request")


@pytest.mark.parametrize("ok", [None, 1, 0, "true", [], {}])
def test_an_answer_that_is_neither_yes_nor_no_is_refused(ok: object) -> None:
    with wired(frame(SOUND | {"ok": ok}, b"")) as wire:
        refused(wire, "neither yes nor no")


def test_a_body_longer_than_the_request_allows_is_refused_unread() -> None:
    with wired(frame(SOUND, b"x" * BODY_LIMIT)) as wire:
        assert len(ask(wire)[1]) == BODY_LIMIT
    announced = LENGTHS.pack(2, BODY_LIMIT + 1) + b"{}"  # the body itself never comes
    with wired(announced) as wire:
        refused(wire, "too long")


def test_a_header_longer_than_the_limit_is_refused_unread() -> None:
    with wired(LENGTHS.pack(HEADER_LIMIT + 1, 0) + b"{") as wire:
        refused(wire, "too long")


@pytest.mark.parametrize("more", [b"\0", b"x" * 100, frame(SOUND | {"id": 2}, b"")])
def test_bytes_after_the_end_of_an_answer_are_refused(more: bytes) -> None:
    with wired(frame(SOUND, b"body") + more) as wire:
        refused(wire, "goes on after its end")


@pytest.mark.parametrize("header", [[], "text", 1, None])
def test_a_header_that_is_no_object_is_refused(header: object) -> None:
    with wired(frame(header, b"")) as wire:
        refused(wire, "no valid answer")


def test_a_flood_of_print_is_ended_at_the_limit() -> None:
    with wired(frame(SOUND, b""), prints=b"x" * OUTPUT_LIMIT) as wire:
        ask(wire)
        assert wire.printed() == "x" * OUTPUT_LIMIT
    with wired(frame(SOUND, b""), prints=b"x" * (OUTPUT_LIMIT + 1)) as wire:
        with pytest.raises(SandboxEnded, match="printed more") as error:
            ask(wire)
        assert error.value.outcome is Outcome.OUTPUT_LIMIT


def test_what_an_earlier_request_printed_is_not_told_again() -> None:
    with wired(frame(SOUND, b""), frame(SOUND | {"id": 2}, b""), prints=b"once") as wire:
        ask(wire)
        ask(wire)
        assert wire.printed() == "once"


def test_an_answer_that_never_ends_costs_its_time_and_no_more() -> None:
    with wired(frame(SOUND, b"body")[:-1]) as wire:
        with pytest.raises(SandboxEnded, match="did not stop in time") as error:
            wire.exchange({"do": "fetch"}, b"", Times(0.2, 0.2), BODY_LIMIT)
        assert error.value.outcome is Outcome.TIME_LIMIT
        assert not wire.alive


@pytest.mark.parametrize(
    ("end", "outcome", "words"),
    [
        (Exit("exited", 3), Outcome.CRASHED, "exit status 3"),
        (Exit("signalled", 11), Outcome.CRASHED, "SIGSEGV"),
        (Exit("signalled", 9, out_of_memory=True), Outcome.MEMORY_LIMIT, "memory"),
        (Exit("signalled", 9, out_of_disk=True), Outcome.OUTPUT_LIMIT, "folder"),
        (Exit("unknown"), Outcome.CRASHED, "process ended"),
    ],
)
def test_an_end_without_an_answer_is_told_with_its_reason(
    end: Exit, outcome: Outcome, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    reason: Callable[..., Exit] = lambda self, timeout: end  # noqa: E731
    monkeypatch.setattr(Echo, "wait", reason)
    with wired(b"", ends=True) as wire:
        with pytest.raises(SandboxEnded, match=words) as error:
            ask(wire)
        assert error.value.outcome is outcome


def test_nothing_is_asked_of_a_sandbox_that_has_ended() -> None:
    with wired(frame(SOUND | {"id": 5}, b""), frame(SOUND | {"id": 2}, b"")) as wire:
        refused(wire, "another request")
        refused(wire, "has ended")

"""Runs the desk on this machine: no other one can reach it."""

import signal
import socket
import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from autograder.desk.again import Ready
from autograder.desk.app import desk
from autograder.desk.guard import Gate
from autograder.desk.reading import Reader
from autograder.desk.runs import OpenEngine, Runs
from autograder.errors import KitError

HOST = "127.0.0.1"


class DeskError(KitError):
    """The desk cannot be opened; the message says why, and what to do."""


@dataclass(frozen=True)
class Desk:
    """A desk that can be served."""

    gate: Gate
    server: uvicorn.Server
    listening: socket.socket

    def run(self) -> None:
        """Answer until Ctrl+C, or until the server is told to end."""
        with _told_once():
            self.server.run(sockets=[self.listening])


@contextmanager
def _told_once() -> Generator[None]:
    """Keep Ctrl+C from ending the command, too: what follows the desk takes its time.

    The server hands it on to whoever was to be told before.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, lambda _number, _frame: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def courses_engine(folder: Path) -> Generator[Ready]:
    """Lend an engine over the assignment as it is now; what keeps it from starting is raised."""
    from autograder.classroom.isolation import Requirement
    from autograder.classroom.run import isolated_engine, set_up  # slow to import
    from autograder.course.assignment import read_assignment

    setup = set_up(read_assignment(folder), "cpu", None, Requirement())
    with isolated_engine(setup) as engine:
        yield Ready(engine, setup.basis, repr(setup.course))


@contextmanager
def opened_desk(reader: Reader, port: int, open_engine: OpenEngine) -> Generator[Desk]:
    """Lend a desk on `port`, on a free one for 0. Raises `DeskError`."""
    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((HOST, port))
        except OSError as error:
            raise DeskError(
                f"port {port} cannot be used ({error.strerror}): take another one, such as "
                "PORT=8800, or none, and a free one is found."
            ) from error
        gate = Gate(HOST, listening.getsockname()[1])
        runs = Runs(reader.store, open_engine)
        config = uvicorn.Config(
            desk(reader, gate, runs),
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            lifespan="off",
            timeout_graceful_shutdown=2,
        )
        try:
            yield Desk(gate, uvicorn.Server(config), listening)
        finally:
            runs.close()


def serve(
    reader: Reader,
    people: Sequence[str],
    port: int,
    tell: Callable[[str], None],
    open_engine: OpenEngine,
) -> None:
    """Serve the desk until Ctrl+C, after telling an address for each of `people`.

    Raises `DeskError` and, for a folder without a class, `StoreError`.
    """
    with opened_desk(reader, port, open_engine) as opened:
        count = len(reader.store.students())
        tell(f"Reading {count} student{'' if count == 1 else 's'} …")
        reader.warm()
        for who in people:
            tell(f"The desk for {who}: {opened.gate.address_for(who)}")
        tell("Each address lets one browser in, once. Ctrl+C closes the desk.")
        opened.run()

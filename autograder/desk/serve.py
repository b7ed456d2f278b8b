"""Runs the desk on this machine: no other one can reach it."""

import socket
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import uvicorn

from autograder.desk.app import desk
from autograder.desk.guard import Gate
from autograder.desk.reading import Reader

HOST = "127.0.0.1"


class DeskError(Exception):
    """The desk cannot be opened; the message says why, and what to do."""


@dataclass(frozen=True)
class Desk:
    """A desk that can be served."""

    gate: Gate
    server: uvicorn.Server
    listening: socket.socket

    def run(self) -> None:
        """Answer until Ctrl+C, or until the server is told to end."""
        self.server.run(sockets=[self.listening])


@contextmanager
def opened_desk(reader: Reader, port: int) -> Generator[Desk]:
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
        config = uvicorn.Config(
            desk(reader, gate),
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            lifespan="off",
            timeout_graceful_shutdown=2,
        )
        yield Desk(gate, uvicorn.Server(config), listening)


def serve(reader: Reader, people: Sequence[str], port: int, tell: Callable[[str], None]) -> None:
    """Serve the desk until Ctrl+C, after telling an address for each of `people`.

    Raises `DeskError` and, for a folder without a class, `StoreError`.
    """
    with opened_desk(reader, port) as opened:
        count = len(reader.store.students())
        tell(f"Reading {count} student{'' if count == 1 else 's'} …")
        reader.warm()
        for who in people:
            tell(f"The desk for {who}: {opened.gate.address_for(who)}")
        tell("Each address lets one browser in, once. Ctrl+C closes the desk.")
        opened.run()

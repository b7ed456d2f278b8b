"""Sockets of the trusted side that no sandbox may reach: whatever arrives there has escaped."""

import os
import secrets
import selectors
import socket
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

LINE = 1 << 16


@dataclass(frozen=True)
class Listeners:
    """Open sockets of every kind, on this machine only."""

    sockets: tuple[socket.socket, ...]
    facts: dict[str, Any] = field(default_factory=dict[str, Any])
    """Their addresses, as variables for attackers."""

    def heard(self) -> list[str]:
        """Return what has come in until now; it is forgotten then."""
        messages: list[str] = []
        with selectors.DefaultSelector() as selector:
            for each in self.sockets:
                selector.register(each, selectors.EVENT_READ)
            for key, _ in selector.select(0):
                assert isinstance(key.fileobj, socket.socket)
                with suppress(BlockingIOError):
                    messages.append(f"a sandbox has sent out: {_read(key.fileobj)!r}")
        return messages


@contextmanager
def listeners() -> Generator[Listeners]:
    """Open the sockets; the Unix one can be reached by every user."""
    with (
        TemporaryDirectory(prefix="cnn-attacks-") as folder,
        socket.create_server(("127.0.0.1", 0)) as tcp,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp,
        socket.socket(socket.AF_UNIX) as unix,
        socket.socket(socket.AF_UNIX) as abstract,
    ):
        udp.bind(("127.0.0.1", 0))
        path, name = str(Path(folder) / "socket"), f"\0cnn-attacks-{secrets.token_hex(8)}"
        unix.bind(path)
        abstract.bind(name)
        os.chmod(folder, 0o755)
        os.chmod(path, 0o777)
        unix.listen()
        abstract.listen()
        for each in (tcp, udp, unix, abstract):
            each.setblocking(False)  # of two threads that ask, one gets the message
        facts = {
            "TCP_PORT": tcp.getsockname()[1],
            "UDP_PORT": udp.getsockname()[1],
            "UNIX_SOCKET": path,
            "ABSTRACT_SOCKET": name,
        }
        yield Listeners((tcp, udp, unix, abstract), facts)


def _read(ready: socket.socket) -> bytes:
    if ready.type == socket.SOCK_DGRAM:
        return ready.recv(LINE)
    connection, _ = ready.accept()
    connection.settimeout(0.2)
    with connection, suppress(OSError):
        return connection.recv(LINE)
    return b""

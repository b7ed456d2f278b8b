"""Runs snippets of Python in a sandbox: `main` inside it, `ask` on the trusted side."""

import json
import socket
import struct
from typing import Any

LENGTH = struct.Struct(">I")


class SandboxEnded(Exception):
    """The sandbox closed its channel instead of answering."""


class Refused(Exception):
    """The snippet raised; the message is the exception's type and text."""


def main(channel: socket.socket) -> None:
    """Executes each snippet that comes in; answers with what it left in the variable `seen`."""
    while True:
        try:
            snippet = json.loads(_receive(channel))
        except SandboxEnded:
            return
        variables: dict[str, Any] = {"__name__": "__main__", "seen": None, **snippet["variables"]}
        try:
            exec(compile(snippet["code"], "<snippet>", "exec"), variables)
            answer = {"seen": variables["seen"]}
        except Exception as error:
            answer = {"refused": f"{type(error).__name__}: {error}"}
        _send(channel, answer)


def ask(channel: socket.socket, code: str, seconds: float = 30, **variables: Any) -> Any:
    """Runs `code` with `variables` in the sandbox; gives the value of its variable `seen`."""
    channel.settimeout(seconds)
    try:
        _send(channel, {"code": code, "variables": variables})
        answer = json.loads(_receive(channel))
    except (BrokenPipeError, ConnectionResetError):
        raise SandboxEnded from None
    if "refused" in answer:
        raise Refused(answer["refused"])
    return answer["seen"]


def _send(channel: socket.socket, message: dict[str, Any]) -> None:
    text = json.dumps(message).encode()
    channel.sendall(LENGTH.pack(len(text)) + text)


def _receive(channel: socket.socket) -> bytes:
    (length,) = LENGTH.unpack(_exactly(channel, LENGTH.size))
    return _exactly(channel, length)


def _exactly(channel: socket.socket, length: int) -> bytes:
    data = b""
    while len(data) < length:
        part = channel.recv(length - len(data))
        if not part:
            raise SandboxEnded
        data += part
    return data

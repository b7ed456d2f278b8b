"""Runs inside a sandbox and tries what must not work. It has no secret and judges nothing.

One JSON line comes in: what to try; one goes out: what was seen. `measure` asks and judges.
"""

import errno
import json
import mmap
import os
import select
import signal
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

LINE = 1 << 16
SURPLUS_BYTES = 64 << 20
STACK_BYTES = 256 << 10


def main(channel: socket.socket) -> None:
    """Answers one request; what it cannot try is reported as such."""
    line = channel.recv(LINE)
    if not line:
        return
    questions = json.loads(line)
    seen: dict[str, dict[str, Any]] = {}
    for name, attempt in ATTEMPTS.items():
        try:
            seen[name] = {"worked": attempt(questions)}
        except (OSError, MemoryError, RuntimeError) as error:
            number = getattr(error, "errno", None)
            reason = errno.errorcode.get(number or 0, type(error).__name__)
            seen[name] = {"worked": "", "reason": reason}
    channel.sendall(json.dumps(seen).encode() + b"\n")
    channel.recv(1)


def _read_files(questions: dict[str, Any]) -> str:
    """Names the files outside that could be read."""
    readable: list[str] = []
    for path in questions["files"]:
        with suppress(OSError):
            Path(path).read_bytes()
            readable.append(path)
    return ", ".join(readable)


def _write_outside(questions: dict[str, Any]) -> str:
    """Names the folders, beyond its own, in which a file could be made."""
    own = (os.path.realpath("."), os.path.realpath(os.environ["TMPDIR"]))
    written: list[str] = []
    for folder in questions["folders"]:
        if os.path.realpath(folder) in own:
            continue
        file = Path(folder, f"self-test-{os.getpid()}")
        with suppress(OSError):
            file.write_text("x")
            written.append(folder)
            file.unlink()
    return ", ".join(written)


def _use_network(questions: dict[str, Any]) -> str:
    """Names the ways to a socket of the trusted side that were open."""
    address = ("127.0.0.1", questions["port"])
    ways: list[tuple[str, int, int, Any]] = [
        ("TCP", socket.AF_INET, socket.SOCK_STREAM, address),
        ("UDP", socket.AF_INET, socket.SOCK_DGRAM, address),
    ]
    if questions["abstract"]:
        ways.append(("Unix", socket.AF_UNIX, socket.SOCK_STREAM, questions["abstract"]))
    opened: list[str] = []
    for name, family, kind, target in ways:
        with suppress(OSError), socket.socket(family, kind) as client:
            client.settimeout(2)
            client.connect(target)
            client.send(b"x")
            opened.append(name)
    return ", ".join(opened)


def _signal_trusted(questions: dict[str, Any]) -> str:
    """Says whether the trusted process could be signalled; the same number may name another."""
    with suppress(OSError):
        if os.readlink("/proc/self/ns/pid") != questions["pid_namespace"]:
            return ""
    os.kill(questions["pid"], 0)
    return f"process {questions['pid']}"


def _see_processes(questions: dict[str, Any]) -> str:
    """Counts the processes in sight that are not of this sandbox."""
    others = [name for name in os.listdir("/proc") if name.isdigit()]
    strangers = [name for name in others if int(name) not in (1, os.getpid())]
    if "1" in others and os.readlink("/proc/self/ns/pid") == questions["pid_namespace"]:
        strangers.append("1")
    return f"{len(strangers)} processes" if strangers else ""


def _take_memory(questions: dict[str, Any]) -> str:
    """Maps more than allowed, without touching it."""
    size = (questions["memory_megabytes"] << 20) + SURPLUS_BYTES
    mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS).close()
    return f"{size >> 20} MB"


def _start_processes(questions: dict[str, Any]) -> str:
    """Starts more threads than allowed; the kernel counts them as it counts processes."""
    threading.stack_size(STACK_BYTES)
    over = threading.Event()
    threads = [threading.Thread(target=over.wait) for _ in range(questions["processes"] + 1)]
    started: list[threading.Thread] = []
    try:
        for thread in threads:
            thread.start()
            started.append(thread)
    finally:
        over.set()
        for thread in started:
            thread.join()
    return f"{len(started)} threads"


def _gain_privileges(_questions: dict[str, Any]) -> str:
    """Names privileges that are left."""
    fields = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    kept: list[str] = []
    if any(int(fields[name], 16) for name in ("CapPrm", "CapEff", "CapInh", "CapAmb")):
        kept.append("capabilities")
    if fields["NoNewPrivs"].strip() != "1":
        kept.append("set-user-ID programs")
    return ", ".join(kept)


def _be_trusted_user(questions: dict[str, Any]) -> str:
    return "the same user" if os.getuid() == questions["user"] else ""


def _call_kernel(_questions: dict[str, Any]) -> str:
    """Says whether a call worked that only the filter of system calls refuses."""
    os.close(os.memfd_create("self-test"))
    return "memfd_create"


def _hold_descriptors(_questions: dict[str, Any]) -> str:
    """Names descriptors beyond the four that a sandbox is given."""
    extra: list[str] = []
    for number in range(4, 256):
        with suppress(OSError):
            os.fstat(number)
            extra.append(str(number))
    return ", ".join(extra)


def _stay_behind(_questions: dict[str, Any]) -> str:
    """Leaves a process in a session of its own, which holds standard output open."""
    middle = os.fork()
    if middle == 0:
        os.setsid()
        if os.fork() == 0:
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            select.select((), (), (), 60)
        os._exit(0)
    os.waitpid(middle, 0)
    time.sleep(0.01)
    return "started"


ATTEMPTS: dict[str, Callable[[dict[str, Any]], str]] = {
    "files": _read_files,
    "writes": _write_outside,
    "network": _use_network,
    "signals": _signal_trusted,
    "visibility": _see_processes,
    "memory": _take_memory,
    "processes": _start_processes,
    "privileges": _gain_privileges,
    "user": _be_trusted_user,
    "system calls": _call_kernel,
    "descriptors": _hold_descriptors,
    "outliving": _stay_behind,
}

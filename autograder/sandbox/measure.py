"""Asks a sandbox what it can do that it must not, and says which layers hold.

The observation counts, not the configuration: a layer that was applied but can be stepped around
is 'failed'. A protection that the tier or the kernel does not have is 'absent', with the reason.
"""

import json
import os
import select
import socket
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from autograder.sandbox.policy import Layer, Policy
from autograder.sandbox.process import Sandbox
from autograder.sandbox.tiers import Tier

ANSWER_SECONDS = 30.0
GONE_SECONDS = 2.0
LINE = 1 << 16
FOLDERS = (tempfile.gettempdir(), str(Path(__file__).parent), "/", "/var/tmp")
"""In which no sandbox may write."""
SHARED = "/dev/shm"
"""Its own with namespaces, cleaned by user where there is one; else not granted."""
ABSENT_FROM = {
    "files": Tier.PROCESS,
    "writes": Tier.PROCESS,
    "network": Tier.PROCESS,
    "signals": Tier.PROCESS,
    "visibility": Tier.PROCESS,
    "privileges": Tier.PROCESS,
    "system calls": Tier.PROCESS,
    "outliving": Tier.PROCESS,
    "memory": Tier.PROCESS,
    "processes": Tier.PROCESS,
    "user": Tier.USER_NAMESPACES,
}
"""The first tier that does not promise a protection."""
NEED_LANDLOCK = ("files", "writes", "visibility")
"""Protections that stand on Landlock alone where there are no namespaces."""


def layers(
    spawn: Callable[[], Sandbox],
    policy: Policy,
    tier: Tier,
    refused: tuple[str, ...],
    canary: Path | None,
) -> tuple[Layer, ...]:
    """Runs the self-test in a sandbox and judges it. `refused` tells why better tiers failed."""
    with _bait(policy, tier, canary) as questions:
        sandbox = spawn()
        try:
            seen = _ask(sandbox, questions)
            facts = sandbox.facts
        finally:
            sandbox.kill()
            sandbox.wait(ANSWER_SECONDS)
            left = not _is_silent(sandbox.stdout)
            sandbox.close()
    outliving = seen.get("outliving", {})
    outliving["worked"] = "a process" if outliving.get("worked") and left else ""
    if policy.device == "cuda":
        seen.pop("memory", None)  # no limit on address space goes with CUDA
    judged = tuple(judge(name, seen.get(name), tier, facts) for name in seen)
    return (
        _mechanism(tier, refused),
        *judged,
        _memory_together(policy, tier, facts),
        _share(facts),
    )


def _ask(sandbox: Sandbox, questions: dict[str, Any]) -> dict[str, dict[str, Any]]:
    sandbox.channel.settimeout(ANSWER_SECONDS)
    sandbox.channel.sendall(json.dumps(questions).encode())
    data = b""
    while not data.endswith(b"\n"):
        part = sandbox.channel.recv(LINE)
        if not part:
            return {"self-test": {"worked": "it ended before it answered"}}
        data += part
    return json.loads(data)


def judge(name: str, seen: dict[str, Any] | None, tier: Tier, facts: dict[str, str]) -> Layer:
    if not seen or not seen["worked"]:
        reason = (seen or {}).get("reason", "")
        return Layer(name, "holds", f"refused: {reason}" if reason else "")
    worked = str(seen["worked"])
    if tier >= ABSENT_FROM.get(name, 6):
        return Layer(name, "absent", f"tier {tier.value} has none: {worked}")
    landlock = facts.get("landlock", "")
    if not tier.namespaces and name in NEED_LANDLOCK and "no Landlock" in landlock:
        return Layer(name, "absent", f"{landlock}: {worked}")
    return Layer(name, "failed", worked)


def _mechanism(tier: Tier, refused: tuple[str, ...]) -> Layer:
    if tier.namespaces:
        return Layer("namespaces", "holds")
    return Layer("namespaces", "absent", "; ".join(refused) or f"tier {tier.value} was asked for")


def _memory_together(policy: Policy, tier: Tier, facts: dict[str, str]) -> Layer:
    """How the memory of all processes of a sandbox together is bounded."""
    name = "memory of all processes"
    if facts.get("cgroup"):
        return Layer(name, "holds", facts["cgroup"])
    if not tier.fork and policy.device == "cpu":
        return Layer(name, "holds", "only one process can run")
    if facts.get("watch"):
        return Layer(name, "holds", facts["watch"])
    total = policy.processes * policy.memory_megabytes
    return Layer(name, "absent", f"no control groups here: at worst {total} MB")


def _share(facts: dict[str, str]) -> Layer:
    """How it is kept from taking the processor from others."""
    if facts.get("share"):
        return Layer("share of the processor", "holds", facts["share"])
    return Layer("share of the processor", "absent", "neither control groups nor cores of its own")


def _is_silent(stdout: int) -> bool:
    """True when nobody holds the other end of the pipe any more."""
    deadline = time.monotonic() + GONE_SECONDS
    while (left := deadline - time.monotonic()) > 0:
        if select.select([stdout], (), (), left)[0]:
            with suppress(BlockingIOError):
                if not os.read(stdout, LINE):
                    return True
    return False


@contextmanager
def _bait(policy: Policy, tier: Tier, canary: Path | None) -> Generator[dict[str, Any]]:
    """Things on the trusted side that a sandbox must not reach; gives the questions about them."""
    abstract = f"\0cnn-self-test-{os.getpid()}" if os.path.exists("/proc/self/ns/pid") else ""
    with (
        tempfile.NamedTemporaryFile(prefix="cnn-canary-", suffix=".txt") as secret,
        socket.create_server(("127.0.0.1", 0)) as listener,
        socket.socket(socket.AF_UNIX) as unix,
    ):
        secret.write(b"canary")
        secret.flush()
        os.chmod(secret.name, 0o644)  # only the layers keep it from being read
        if abstract:
            unix.bind(abstract)
            unix.listen()
        yield {
            "files": [secret.name, __file__, *([str(canary)] if canary else [])],
            "folders": [
                *FOLDERS,
                *((SHARED,) if not tier.own_user and not tier.namespaces else ()),
            ],
            "port": listener.getsockname()[1],
            "abstract": abstract,
            "pid": os.getpid(),
            "pid_namespace": os.readlink("/proc/self/ns/pid") if abstract else "",
            "user": os.getuid(),
            "memory_megabytes": policy.memory_megabytes,
            "processes": policy.processes,
        }

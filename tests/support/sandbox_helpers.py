"""What tests with real sandboxes share: a policy with small limits, and a look at leftovers."""

import os
import sys
from pathlib import Path

import pytest

from autograder.sandbox.policy import Policy, Tier
from autograder.sandbox.process import Sandbox
from tests.support.sandbox_probe import ask

linux_root = pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0, reason="needs root on Linux"
)
TIERS: tuple[Tier, ...] = ("namespaces", "container")
MEMORY, DISK, SHARED, PROCESSES = 512, 32, 16, 40
MEMORY_BOMB = """
import os, time
for _ in range(6):
    if os.fork() == 0:
        kept = bytearray(b"x") * (200 << 20)
        time.sleep(60)
os.wait()
os.kill(os.getpid(), 9)
"""
"""Several processes, each of which stays below the limit."""


def small_policy(tier: Tier, **changes: object) -> Policy:
    """Small limits, so that reaching them takes no time; only numpy is imported before the fork."""
    fields: dict[str, object] = {
        "tier": tier,
        "memory_megabytes": MEMORY,
        "disk_megabytes": DISK,
        "shared_memory_megabytes": SHARED,
        "processes": PROCESSES,
        "preload": ("numpy",),
        "later": (),
        "serve": "sandbox_probe",
        "import_from": (str(Path(__file__).parent),),
    }
    return Policy(**(fields | changes))  # type: ignore[arg-type]


def places_of(sandbox: Sandbox) -> list[Path]:
    """Folders and control groups on this machine that belong to one sandbox."""
    folder = Path(ask(sandbox.channel, "import os; seen = os.getcwd()")).parent
    words = sandbox.facts["cgroup"].split()
    groups = [path for name in words[2:3] for path in Path("/sys/fs/cgroup").rglob(name)]
    return groups if folder == Path("/") else [folder, *groups]


def is_running(pid: int) -> bool:
    """True when there is such a process and it is no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")")[1].split()[0] != "Z"
    except FileNotFoundError:
        return False

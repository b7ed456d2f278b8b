"""What tests with real sandboxes share: a policy with small limits, and a look at leftovers."""

import os
import sys
from pathlib import Path

import pytest

from autograder.sandbox.policy import Policy, Tier

linux_root = pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0, reason="needs root on Linux"
)
TIERS: tuple[Tier, ...] = ("namespaces", "container")
MEMORY, DISK, SHARED, PROCESSES = 512, 32, 16, 40


def small_policy(tier: Tier, **changes: object) -> Policy:
    """Small limits, so that reaching them takes no time; only numpy is imported before the fork."""
    fields: dict[str, object] = {
        "tier": tier,
        "memory_megabytes": MEMORY,
        "disk_megabytes": DISK,
        "shared_memory_megabytes": SHARED,
        "processes": PROCESSES,
        "preload": ("numpy",),
        "serve": "sandbox_probe",
        "import_from": (str(Path(__file__).parent),),
    }
    return Policy(**(fields | changes))  # type: ignore[arg-type]


def leftovers() -> set[str]:
    """Sandboxes' folders and control groups on this machine."""
    places = [Path("/tmp"), Path("/dev/shm"), Path("/sys/fs/cgroup")]
    return {str(path) for place in places for path in place.rglob("cnn-sandbox-*")}


def is_running(pid: int) -> bool:
    """True when there is such a process and it is no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")")[1].split()[0] != "Z"
    except FileNotFoundError:
        return False

"""What the container has, and what that leaves for one submission."""

from dataclasses import dataclass, replace
from pathlib import Path

from autograder.course.settings import Limits
from autograder.sandbox.policy import MEGABYTE

RESERVED_MEGABYTES = 800
"""For the process that judges and the prepared one that student code is forked from."""
LEAST_MEGABYTES = 768
"""Address space without which torch trains nothing."""


@dataclass(frozen=True)
class Container:
    """The bounds that control groups set; None where there is none."""

    cpus: float | None = None
    memory_megabytes: int | None = None


def this_container(root: Path = Path("/sys/fs/cgroup")) -> Container:
    """The container's bounds, by control groups of version 2 or 1."""
    quota, period = (*_numbers(root / "cpu.max"), None, None)[:2]
    if quota is None:
        quota = next(iter(_numbers(root / "cpu/cpu.cfs_quota_us")), None)
        period = next(iter(_numbers(root / "cpu/cpu.cfs_period_us")), None)
    memory = next(
        iter(_numbers(root / "memory.max") or _numbers(root / "memory/memory.limit_in_bytes")), None
    )
    return Container(
        quota / period if quota and period and quota > 0 else None,
        memory // MEGABYTE if memory and memory < 1 << 50 else None,
    )


def limits_within(limits: Limits, container: Container, seconds: float) -> Limits:
    """The course's `limits` for a submission that must be graded within `seconds`.

    The course's times are those of a whole core: on half a core they are twice as long. Memory
    is what the container leaves, so that a greedy submission ends alone.
    """
    slower = max(1.0, 1 / container.cpus) if container.cpus else 1.0
    call_seconds = min(limits.call_seconds * slower, seconds / 4)
    memory = limits.memory_megabytes
    if container.memory_megabytes is not None:
        left = container.memory_megabytes - RESERVED_MEGABYTES
        memory = min(memory, max(left, LEAST_MEGABYTES))
    # The last call may begin just before the end.
    submission = max(1.0, min(limits.submission_seconds * slower, seconds - call_seconds))
    return replace(
        limits,
        cell_seconds=min(limits.cell_seconds * slower, seconds / 2),
        call_seconds=call_seconds,
        # The time-out there is by the clock.
        wall_factor=max(1.0, min(limits.wall_factor, seconds / (submission + call_seconds))),
        submission_seconds=submission,
        memory_megabytes=memory,
    )


def _numbers(file: Path) -> tuple[int, ...]:
    """The numbers in a file of the kernel's; none if it says "max" or is not there."""
    try:
        return tuple(int(word) for word in file.read_text(encoding="ascii").split())
    except (OSError, ValueError):
        return ()

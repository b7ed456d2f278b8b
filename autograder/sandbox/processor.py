"""Processor time: how much a sandbox has used.

Stops: endless computing, also by processes that a sandbox starts; `cores` and `cgroups` say on what
it computes.
Does not stop: without a control group, time of processes whose parent doesn't wait for them isn't
counted once they end.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path


def used_seconds(usage_file: str, warden: int) -> float | None:
    """Processor seconds of a whole sandbox; None where nobody keeps count.

    `usage_file` is its control group's, or ''; `warden` is the process above all of its own.
    """
    with suppress(OSError, ValueError):
        if usage_file:
            return _of_group(Path(usage_file).read_text())
    return _of_descendants(warden) if warden and os.path.exists("/proc/self/stat") else None


def _of_group(text: str) -> float:
    """Version 1 tells nanoseconds, version 2 microseconds among other things."""
    words = text.split()
    if len(words) == 1:
        return int(words[0]) / 1e9
    return int(words[words.index("usage_usec") + 1]) / 1e6


def _of_descendants(warden: int) -> float:
    """Their own time, and that of all that they have waited for."""
    ticks = _ticks(warden)[2:]
    total = sum(ticks) + sum(sum(_ticks(pid)) for pid in descendants(warden))
    return total / os.sysconf("SC_CLK_TCK")


def _ticks(pid: int) -> list[int]:
    """Own time in user and system mode, then that of children waited for."""
    with suppress(OSError, ValueError):
        fields = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
        return [int(field) for field in fields[11:15]]
    return [0, 0, 0, 0]


def descendants(parent: int) -> Iterator[int]:
    """All processes below `parent`."""
    waiting = [parent]
    while waiting:
        pid = waiting.pop()
        with suppress(OSError):
            for thread in os.listdir(f"/proc/{pid}/task"):
                with open(f"/proc/{pid}/task/{thread}/children") as file:
                    children = [int(child) for child in file.read().split()]
                waiting += children
                yield from children

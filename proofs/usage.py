"""What this process holds; what another and all that it starts use."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

LOOK_SECONDS = 0.1


@dataclass
class Usage:
    """Grows with every look."""

    private_megabytes: float = 0.0
    """Most memory at a time that nothing can be dropped of, pages shared by several counted once"""
    whole_megabytes: float = 0.0
    """The same with the pages of files, which the kernel can read again."""
    seconds: float = 0.0
    ticks: dict[int, int] = field(default_factory=dict[int, int])
    """Processor time by process id, in clock ticks."""

    @property
    def cpu_seconds(self) -> float:
        return sum(self.ticks.values()) / os.sysconf("SC_CLK_TCK")

    def look(self, process: int) -> None:
        """Add what `process` and its descendants use at this moment. Needs Linux."""
        private = whole = 0.0
        for pid in _descendants(process):
            with suppress(OSError, ValueError, IndexError):
                fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
                self.ticks[pid] = int(fields[11]) + int(fields[12])
                sizes = _sizes(pid)
                private += sizes["Pss_Anon"] + sizes["Pss_Shmem"]
                whole += sizes["Pss"]
        self.private_megabytes = max(self.private_megabytes, private / 1024)
        self.whole_megabytes = max(self.whole_megabytes, whole / 1024)


def usage_of(process: subprocess.Popen[bytes]) -> Usage:
    """Wait for `process` to end; what it used until then."""
    usage, started = Usage(), time.monotonic()
    while process.poll() is None:
        usage.look(process.pid)
        time.sleep(LOOK_SECONDS)
    usage.seconds = time.monotonic() - started
    return usage


def resident_megabytes() -> float:
    """Return the memory of this process that is in RAM; without /proc, the most it ever was."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
    except OSError:
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def _descendants(process: int) -> Iterator[int]:
    waiting = [process]
    while waiting:
        pid = waiting.pop()
        yield pid
        with suppress(OSError):
            for thread in os.listdir(f"/proc/{pid}/task"):
                children = Path(f"/proc/{pid}/task/{thread}/children").read_text()
                waiting += map(int, children.split())


def _sizes(pid: int) -> dict[str, int]:
    """Proportional sizes in kilobytes: a page of n processes counts a n-th for each."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    pairs = (line.split(":") for line in lines)
    return {name: int(size.split()[0]) for name, size in pairs}

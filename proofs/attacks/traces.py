"""What sandboxes may leave behind on the machine: processes, files, control groups, mounts.

Other graders may run on the same machine at the same time; what belongs to them is left out.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from autograder.paths import PROJECT
from autograder.sandbox.folders import PREFIX
from autograder.sandbox.identity import job_users

CONTROL_GROUPS = Path("/sys/fs/cgroup")
FOLDERS = (tempfile.gettempdir(), "/dev/shm", "/var/tmp", str(PROJECT), str(PROJECT / "autograder"))
ZYGOTE = "autograder.sandbox.zygote"
SETTLE_SECONDS = 20.0
"""How long the kernel may take to clear up after sandboxes and runs that were killed."""


@dataclass(frozen=True)
class Traces:
    """What is there at one moment."""

    found: frozenset[str]
    """Processes, files, control groups and mounts, in words."""
    descriptors: int
    """Open files of this process."""

    def since(self, before: "Traces") -> list[str]:
        """Return what has been left since `before`, a sentence each."""
        left = [f"left behind: {each}" for each in sorted(self.found - before.found)]
        if self.descriptors > before.descriptors:
            more = self.descriptors - before.descriptors
            left.append(f"left behind: {more} open descriptors of the trusted process")
        return left


def settled(look: Callable[[], list[str]]) -> list[str]:
    """Return what `look` still finds once what has ended had its time to go."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while (left := look()) and time.monotonic() < deadline:
        time.sleep(0.1)
    return left


@dataclass(frozen=True)
class _Process:
    pid: int
    parent: int
    user: int
    command: str


def look() -> Traces:
    """Return the present traces of sandboxes that this process has started or nobody owns."""
    processes = _processes()
    foreign = {pid for pid in processes if _owner(processes, pid) not in (0, os.getpid())}
    busy_users = {processes[pid].user & ~1 for pid in foreign}
    found = {
        f"process {process.pid} ({process.command}) of user {process.user}"
        for pid, process in processes.items()
        if pid not in foreign and process.user in _sandbox_users() and not _is_zombie(pid)
    }
    found |= {f"file {path}" for path in _files(busy_users)}
    found |= {f"control group {path}" for path in _groups(foreign)}
    found |= {f"mount {line}" for line in _mounts()}
    return Traces(frozenset(found), _descriptors())


def _descriptors() -> int:
    """Open files of this process, without those that libraries keep of their own, such as fonts."""
    count = 0
    for name in os.listdir("/proc/self/fd"):
        with suppress(OSError):  # of the listing itself
            count += not os.readlink(f"/proc/self/fd/{name}").startswith(sys.prefix)
    return count


def _sandbox_users() -> range:
    """Return all users of sandboxes, and those of the processes that kill theirs."""
    users = job_users()
    return range(users.start, users.stop + 1)


def _processes() -> dict[int, _Process]:
    found: dict[int, _Process] = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        with suppress(OSError, ValueError):
            fields = Path(f"/proc/{name}/stat").read_text(errors="replace").rpartition(")")[2]
            command = Path(f"/proc/{name}/cmdline").read_bytes().replace(b"\0", b" ").decode()
            user = os.stat(f"/proc/{name}").st_uid
            found[int(name)] = _Process(int(name), int(fields.split()[1]), user, command)
    return found


def _owner(processes: dict[int, _Process], pid: int) -> int:
    """Return the process that has started the zygote above `pid`; 0 when there is none above it."""
    while pid in processes:
        process = processes[pid]
        above = processes.get(process.parent)
        if ZYGOTE in process.command and (above is None or ZYGOTE not in above.command):
            return process.parent
        pid = process.parent
    return 0


def _is_zombie(pid: int) -> bool:
    with suppress(OSError):
        return ") Z" in Path(f"/proc/{pid}/stat").read_text(errors="replace")
    return True


def _files(busy_users: set[int]) -> set[str]:
    """New-looking files: of a sandbox's user that has no sandbox elsewhere, or named as one."""
    found: set[str] = set()
    for folder in FOLDERS:
        with suppress(OSError):
            for entry in os.scandir(folder):
                with suppress(OSError):
                    owner = entry.stat(follow_symlinks=False).st_uid
                    if entry.name.startswith(PREFIX):
                        number = entry.name.removeprefix(PREFIX)
                        owner = int(number) if number.isdigit() else owner
                    elif owner not in _sandbox_users():
                        continue
                    if owner & ~1 not in busy_users:
                        found.add(entry.path)
    return found


def _groups(foreign: set[int]) -> set[str]:
    return {
        path
        for path, _, _ in os.walk(CONTROL_GROUPS)
        if os.path.basename(path).startswith(PREFIX) and int(path.rpartition("-")[2]) not in foreign
    }


def _mounts() -> set[str]:
    with open("/proc/self/mountinfo") as lines:
        return {line.split()[4] for line in lines}

"""A control group for each sandbox, where this process may make one (versions 1 and 2).

Stops: memory taken by many processes together, also by files in memory; the number of processes;
that one sandbox takes the processor from others: each group has the same share of it.
Does not stop: anything where the hierarchy is not writable (most containers, plain users): there
`watch` looks at the memory instead, and `cores` keeps each sandbox on a core.
"""

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.sandbox.policy import MEGABYTE, Policy

NEEDED = ("memory", "pids")
PROCESSOR = ("cpu", "cpuacct")
"""Controllers of version 1 for shares of the processor and for counting its time."""
EXTRA_PROCESSES = 2
"""The sandbox's own init and the process that sets it up."""


@dataclass(frozen=True)
class Group:
    """A sandbox's control group: one folder, or with version 1 one for each controller."""

    folders: tuple[Path, ...]
    version: int
    processor: tuple[Path, ...] = ()
    """Folders of version 1 for the processor, where they could be made."""

    @property
    def words(self) -> str:
        return f"control group {self.folders[0].name} (version {self.version})"

    def join(self) -> None:
        """Moves this process, which must have one thread only, in. Raises OSError."""
        # Version 1 takes a single thread at once; for a whole process it waits some 7 ms.
        name = "cgroup.procs" if self.version == 2 else "tasks"
        for folder in (*self.folders, *self.processor):
            (folder / name).write_text("0")

    @property
    def usage_file(self) -> str:
        """Where the kernel tells the processor time of all the group's processes; '' if nowhere."""
        if self.version == 2:
            return str(self.folders[0] / "cpu.stat")
        found = (folder / "cpuacct.usage" for folder in self.processor)
        return next((str(file) for file in found if file.exists()), "")

    @property
    def has_share(self) -> bool:
        """True when the kernel shares the processor out among groups.

        All have the same weight, the default. A session of its own gives no process more: the
        kernel groups by session only what is in no other group.
        """
        if self.version == 2:
            return (self.folders[0] / "cpu.weight").exists()
        return any((folder / "cpu.shares").exists() for folder in self.processor)

    def out_of_memory(self) -> bool:
        """True when the kernel has killed a process of the group for its memory."""
        name = "memory.events" if self.version == 2 else "memory.oom_control"
        try:
            text = (self.folders[0] / name).read_text()
        except OSError:
            return False
        counts = dict(line.split() for line in text.splitlines() if len(line.split()) == 2)
        return int(counts.get("oom_kill", 0)) > 0

    def peak_bytes(self) -> int | None:
        """The most memory that the group held at a time; None where the kernel does not tell.

        Counted is what the group's processes took themselves: not the zygote's pages, which they
        share, until they write to one, but files in memory and the kernel's own tables, too.
        """
        name = "memory.peak" if self.version == 2 else "memory.max_usage_in_bytes"
        try:
            return int((self.folders[0] / name).read_text())
        except (OSError, ValueError):  # version 2 tells since Linux 5.19
            return None

    def remove(self) -> None:
        """Removes the group; the kernel may need a moment after its last process."""
        for folder in (*self.folders, *self.processor):
            for _ in range(100):
                try:
                    folder.rmdir()
                except FileNotFoundError:
                    break
                except OSError:
                    time.sleep(0.005)
                else:
                    break


def create(policy: Policy, name: str, root: Path = Path("/sys/fs/cgroup")) -> Group | None:
    """A new group with the policy's limits, or None where none can be made."""
    for version, parents in _parents(root, Path("/proc/self/cgroup")):
        folders = tuple(parent / name for parent in parents)
        group = Group(folders, version)
        try:
            for folder in folders:
                folder.mkdir()
            limit(group, policy)
            return replace(group, processor=_processor_folders(root, name) if version == 1 else ())
        except OSError:
            for folder in folders:
                with suppress(OSError):
                    folder.rmdir()
    return None


def _processor_folders(root: Path, name: str) -> tuple[Path, ...]:
    """New groups of the controllers of version 1 for the processor, as far as they can be made."""
    own = _own_groups(Path("/proc/self/cgroup"))
    made: dict[str, Path] = {}
    for controller in PROCESSOR:
        top = root / controller
        for parent in (top / own.get(controller, "").lstrip("/"), top):
            with suppress(OSError):
                place = os.path.realpath(parent)  # often one folder has both controllers
                if place not in made and (parent / "tasks").exists():
                    (parent / name).mkdir()
                    made[place] = parent / name
                break
    return tuple(made.values())


def limit(group: Group, policy: Policy) -> None:
    """Sets the limits; raises OSError where a controller is not there."""
    megabytes = (
        policy.memory_megabytes + policy.disk_megabytes + policy.shared_memory_megabytes
    )  # files in memory have limits of their own and count here too
    memory, last = group.folders[0], group.folders[-1]
    if group.version == 2:
        _write(memory / "memory.max", megabytes * MEGABYTE)
        if (memory / "memory.swap.max").exists():
            _write(memory / "memory.swap.max", 0)
    else:
        _write(memory / "memory.limit_in_bytes", megabytes * MEGABYTE)
    _write(last / "pids.max", policy.processes + EXTRA_PROCESSES)


def _write(file: Path, value: int) -> None:
    """Writes to a file that must exist already."""
    descriptor = os.open(file, os.O_WRONLY | os.O_TRUNC)
    try:
        os.write(descriptor, str(value).encode())
    finally:
        os.close(descriptor)


def _parents(root: Path, membership: Path) -> Iterator[tuple[int, tuple[Path, ...]]]:
    """Places where a group may be made: below our own group, else at the top."""
    own = _own_groups(membership)
    first = tuple(root / name / own.get(name, "").lstrip("/") for name in NEEDED)
    for folders in (first, tuple(root / name for name in NEEDED)):
        if all(folder.is_dir() for folder in folders):
            yield 1, folders
    for folder in (root / own.get("", "").lstrip("/"), root):
        if (folder / "cgroup.controllers").is_file():
            yield 2, (folder,)


def _own_groups(membership: Path) -> dict[str, str]:
    """Controller → path of this process's group; '' stands for version 2."""
    try:
        lines = membership.read_text().splitlines()
    except OSError:
        return {}
    groups: dict[str, str] = {}
    for line in lines:
        _, controllers, path = line.split(":", 2)
        groups |= dict.fromkeys(controllers.split(","), path)
    return groups

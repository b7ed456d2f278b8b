"""Looks at what a sandbox uses where the kernel does not keep count: without cgroups or mounts.

Stops: many processes that together take more memory than allowed, many files that fill the disk.
Does not stop: what is over before the next look (a few hundredths of a second), memory
in pipes and sockets (bounded by the kernel).
"""

import os
import time
from contextlib import suppress

from autograder.sandbox import kernel, nameless, processor
from autograder.sandbox.policy import MEGABYTE, Policy

MEMORY_SECONDS, FILES_SECONDS = 0.05, 0.25
"""How often memory and files are looked at."""
SMALLEST_FILE = 4096
"""Bytes that an entry counts at least: empty files fill a disk as well."""
_COUNTED = ("RssAnon:", "RssShmem:")


class Watch:
    """Watches the descendants of this process and the files below some folders."""

    def __init__(self, policy: Policy, folders: tuple[str, ...], shared: str, user: int) -> None:
        """`shared` is a folder used by others too: only what `user` owns counts there; or ''."""
        self._memory_limit = policy.memory_megabytes * MEGABYTE
        self._files_limit = policy.disk_megabytes * MEGABYTE
        self._shared_limit = policy.shared_memory_megabytes * MEGABYTE
        self._folders, self._shared, self._user = folders, shared, user
        self._inherited = _private_bytes(os.getpid())
        self.peak_bytes = 0
        """The most memory of their own that all processes together had at a look."""
        self._next_files = 0.0

    def out_of_memory(self) -> bool:
        """True when all processes together have too much memory of their own."""
        used = 0
        for pid in processor.descendants(os.getpid()):
            used += max(0, _private_bytes(pid) - self._inherited)
        self.peak_bytes = max(self.peak_bytes, used)
        return used > self._memory_limit

    def out_of_disk(self) -> bool:
        """True when the files are too large. Takes its time only every `FILES_SECONDS`."""
        now = time.monotonic()
        if now < self._next_files or not self._folders:
            return False
        try:
            over = sum(map(_files_bytes, self._folders)) + self._deleted() > self._files_limit
            over |= self._shared != "" and self._shared_bytes() > self._shared_limit
        except OSError:  # nested so deeply that it cannot be looked at
            over = True
        taken = time.monotonic() - now
        self._next_files = now + max(FILES_SECONDS, 5 * taken)
        return over

    def _shared_bytes(self) -> int:
        """What `user` has there, in folders, too; a folder of its own may hold nobody else's."""
        total = 0
        for entry in os.scandir(self._shared):
            with suppress(FileNotFoundError):
                found = entry.stat(follow_symlinks=False)
                if found.st_uid != self._user:
                    continue
                total += max(found.st_blocks * 512, SMALLEST_FILE)
                if entry.is_dir(follow_symlinks=False):
                    total += _files_bytes(entry.path)
        return total + self._deleted(self._shared)

    def _deleted(self, below: str = "") -> int:
        """Bytes of files below `below`, or below the folders, that live on without a name."""
        places = (below,) if below else self._folders
        with kernel.as_file_user(self._user):
            return nameless.size(processor.descendants(os.getpid()), places)


def possible() -> bool:
    """True where the kernel tells which children a process has."""
    return os.path.exists(f"/proc/self/task/{os.getpid()}/children")


def _private_bytes(pid: int) -> int:
    """Memory of one process that is not backed by files."""
    total = 0
    with suppress(OSError), open(f"/proc/{pid}/status") as file:
        for line in file:
            if line.startswith(_COUNTED):
                total += int(line.split()[1]) * 1024
    return total


def _files_bytes(folder: str) -> int:
    """Bytes on disk of everything below `folder`. Raises OSError when it cannot be seen."""
    total, waiting = 0, [folder]
    while waiting:
        try:
            entries = list(os.scandir(waiting.pop()))
        except (FileNotFoundError, NotADirectoryError):
            continue
        for entry in entries:
            with suppress(FileNotFoundError):
                found = entry.stat(follow_symlinks=False)
                total += max(found.st_blocks * 512, SMALLEST_FILE)
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
    return total

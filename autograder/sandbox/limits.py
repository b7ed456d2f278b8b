"""Resource limits of a process, inherited by all that it starts.

Stops: one process taking all memory, endless numbers of processes and threads, huge files, core
dumps. What goes over a limit gets an ordinary error (MemoryError, BlockingIOError, OSError).
Does not stop: many processes that stay below the limit each (cgroups, watch), endless loops (the
trusted side's clock). Root is not bound by the number of processes: hence a user of its own.
"""

import os
import resource

from autograder.sandbox.policy import MEGABYTE, Policy


def apply(policy: Policy, other_processes: int | None) -> None:
    """Sets the limits for this process. `other_processes` belong to the same user but not to it;
    where their number is not known (None) processes are not limited.

    Memory is counted as address space on top of what is mapped now: torch's libraries alone map
    gigabytes. CUDA reserves terabytes of it: there only `cgroups` and `watch` bound memory.
    """
    mapped = mapped_bytes()
    if mapped and policy.device == "cpu":
        _set(resource.RLIMIT_AS, mapped + policy.memory_megabytes * MEGABYTE)
    largest_file = max(policy.disk_megabytes, policy.shared_memory_megabytes)
    _set(resource.RLIMIT_FSIZE, largest_file * MEGABYTE)
    if other_processes is not None:
        _set(resource.RLIMIT_NPROC, policy.processes + other_processes)
    _set(resource.RLIMIT_NOFILE, policy.open_files)
    _set(resource.RLIMIT_CORE, 0)
    if hasattr(resource, "RLIMIT_MSGQUEUE"):
        _set(resource.RLIMIT_MSGQUEUE, 0)


def mapped_bytes() -> int:
    """Address space of this process; 0 where the system does not tell."""
    try:
        with open("/proc/self/statm") as file:
            return int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def processes_of_this_user() -> int | None:
    """Processes and threads that count against this user's limit now; None if it is not known."""
    total, user = 0, os.getuid()
    try:
        names = os.listdir("/proc")
    except OSError:
        return None
    for name in filter(str.isdigit, names):
        try:
            if os.stat(f"/proc/{name}").st_uid == user:
                total += len(os.listdir(f"/proc/{name}/task"))
        except OSError:
            continue
    return total


def _set(limit: int, value: int) -> None:
    _, hard = resource.getrlimit(limit)
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    resource.setrlimit(limit, (value, value))

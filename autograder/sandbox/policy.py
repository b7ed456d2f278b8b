"""What a sandbox may do, and what is known about one: frozen records, no logic."""

from dataclasses import dataclass
from typing import Literal

MEGABYTE = 1 << 20
Tier = Literal["auto", "namespaces", "container", "plain"]
PRELOAD = ("numpy", "IPython", "autograder.inside.serve")
LATER_MEGABYTES = 512
"""Address space that what is imported later takes, at most; measured with torch._dynamo: 305."""


@dataclass(frozen=True)
class Policy:
    """Limits and surroundings of every sandbox of one zygote."""

    memory_megabytes: int = 2048
    """What a sandbox may use in addition to what the zygote has mapped already."""
    processes: int = 64
    """Processes and threads at a time."""
    disk_megabytes: int = 256
    """Size of the working folder and the folder for temporary files, together."""
    shared_memory_megabytes: int = 64
    """Size of /dev/shm, where DataLoader workers put their batches."""
    open_files: int = 512
    threads: int = 1
    """Threads that torch uses in one process."""
    tier: Tier = "auto"
    """'auto' takes the strongest that works here; the others are asked for or refused."""
    device: Literal["cpu", "cuda"] = "cpu"
    data: tuple[tuple[str, str], ...] = ()
    """(path here, path in the sandbox), read-only; a relative path is below the working folder."""
    preload: tuple[str, ...] = PRELOAD
    """Modules imported once, before the forks; their `before_fork()`, if any, is called then."""
    later: tuple[str, ...] = ()
    """Modules that pay for many submissions, not for one: imported before a sandbox that nobody
    waits for. Of a module in both lists only the `before_fork()` is called then."""
    preload_environment: tuple[tuple[str, str], ...] = ()
    """Variables to set while they are imported: where `before_fork()` finds its data, say."""
    environment: tuple[tuple[str, str], ...] = ()
    """Variables to set; `{work}` in a value stands for the working folder's path."""
    import_from: tuple[str, ...] = ()
    """Folders in which the zygote finds `preload` modules that are not installed."""
    serve: str = "autograder.inside.serve"
    """The module whose `main(channel)` runs in each sandbox."""


@dataclass(frozen=True)
class Layer:
    """One protection, as seen from inside a sandbox."""

    name: str
    state: Literal["holds", "absent", "failed"]
    """'absent': this tier or kernel does not have it; 'failed': it should hold and does not."""
    detail: str = ""


@dataclass(frozen=True)
class Exit:
    """How a sandbox's first process ended."""

    kind: Literal["exited", "signalled", "unknown"]
    code: int = 0
    """Exit status or number of the signal."""
    out_of_memory: bool = False
    """True when it was stopped because all its processes together used too much memory."""
    out_of_disk: bool = False
    """True when it was stopped because its files were too large (tiers without mounts only)."""


class SandboxUnavailable(Exception):
    """No sandbox could be started. The message says why, and what to do."""

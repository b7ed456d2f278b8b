"""What the student's process does between fork and student code: it gives up everything, in order.

Stops nothing by itself: it applies the layers and lets go of what the zygote had open. An error
anywhere ends the sandbox before student code starts: there is no weaker sandbox by accident.
"""

import fcntl
import importlib
import json
import os
import signal
import socket
import sys
import tempfile
import traceback
from contextlib import suppress
from dataclasses import dataclass, field
from typing import NoReturn

from autograder.sandbox import (
    identity,
    kernel,
    landlock,
    limits,
    namespaces,
    randomness,
    seccomp,
    visible,
)
from autograder.sandbox.folders import Folder
from autograder.sandbox.policy import Policy
from autograder.sandbox.tiers import Tier

NULL, OUTPUT, ERRORS, CHANNEL, STATUS = range(5)
"""The descriptors of the student's process; `STATUS` is closed before student code runs."""
FIRST_FREE = 100
TRACE_CHARACTERS = 8_000
"""Of a traceback: the last of it says most, and a line on the socket has its limit."""


@dataclass
class Job:
    """One sandbox that is to be started. The descriptors are those of the zygote."""

    policy: Policy
    tier: Tier
    serve: str
    channel: int
    output: int
    status: int
    user: int = field(default_factory=os.getuid)
    folder: Folder | None = None
    """The files of tiers without mounts."""
    other_processes: int | None = 0
    """Processes of the same user that count against its limit; None if that is not known."""
    core: int | None = None
    """The core that it may use where no control group shares the processor out."""
    facts: dict[str, str] = field(default_factory=dict[str, str])
    """What is known about layers while they are applied, in words."""


def report(status: int, **message: object) -> None:
    """Sends one line of JSON to the trusted side; nothing if that is gone."""
    with suppress(OSError):
        os.write(status, json.dumps(message).encode() + b"\n")


def report_failure(status: int, error: BaseException) -> None:
    """Tells the trusted side what went wrong here, in a line and in full."""
    trace = "".join(traceback.format_exception(error))[-TRACE_CHARACTERS:]
    report(status, failed=f"{type(error).__name__}: {error}", trace=trace)


def run(job: Job) -> NoReturn:
    """Isolates this process and runs `main(channel)` of the module `job.serve` in it."""
    code, status = 1, job.status
    try:
        module = importlib.import_module(job.serve)
        _arrange_descriptors(job)
        status = STATUS
        _set_surroundings(job)
        randomness.reseed(job.policy)
        _apply_layers(job)
        report(STATUS, ready=job.facts)
        os.close(STATUS)
        status = -1
        module.main(socket.socket(fileno=CHANNEL))
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException as error:
        if status < 0:
            sys.excepthook(type(error), error, error.__traceback__)
        else:
            report_failure(status, error)
    finally:
        os._exit(code)


def _arrange_descriptors(job: Job) -> None:
    """Leaves nothing open but what this process needs, under fixed numbers."""
    for signal_number in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD):
        signal.signal(signal_number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    wanted = (os.open(os.devnull, os.O_RDONLY), job.output, job.output, job.channel, job.status)
    safe = [fcntl.fcntl(number, fcntl.F_DUPFD, FIRST_FREE) for number in wanted]
    for place, number in enumerate(safe):
        os.dup2(number, place, inheritable=place < CHANNEL)
    os.closerange(STATUS + 1, 1 << 20)
    sys.stdin = open(NULL, closefd=False)  # noqa: SIM115 the streams live as long as the process
    for name, number in (("stdout", OUTPUT), ("stderr", ERRORS)):
        stream = open(number, "w", buffering=1, errors="replace", closefd=False)  # noqa: SIM115
        setattr(sys, name, stream)


def _set_surroundings(job: Job) -> None:
    """Working folder, environment and module path: nothing of the engine's stays."""
    work = job.folder.work if job.folder else namespaces.WORK
    temporary = job.folder.temporary if job.folder else namespaces.TEMPORARY
    variables = {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "HOME": work,
        "TMPDIR": temporary,
        "USER": "student",
        "LOGNAME": "student",
        "LANG": "C.UTF-8",
        "MPLBACKEND": "agg",
        "MPLCONFIGDIR": f"{temporary}/matplotlib",
        "OMP_NUM_THREADS": str(job.policy.threads),
        "OPENBLAS_NUM_THREADS": str(job.policy.threads),
        "OMP_WAIT_POLICY": "PASSIVE",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONNOUSERSITE": "1",
    }
    os.environ.clear()
    os.environ.update(variables)
    for name, value in job.policy.environment:
        os.environ[name] = value.replace("{work}", work)
    os.chdir(work)
    os.umask(0o022)
    tempfile.tempdir = None
    sys.argv[:] = [""]
    sys.path[:] = visible.search_path(visible.libraries(job.policy))
    sys.path_importer_cache.clear()


def _apply_layers(job: Job) -> None:
    """The layers that belong to a process, in the only order that works."""
    if not job.tier.linux:
        limits.apply(job.policy, job.other_processes)
        return
    if job.core is not None and not job.facts.get("share"):
        os.sched_setaffinity(0, {job.core})
        job.facts["share"] = f"core {job.core} alone"
    with open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")  # if the machine runs out of memory, this is what it should take
    known = landlock.version()
    rules = landlock.make_rules(_access(job)) if known else -1
    limits.apply(job.policy, job.other_processes)
    identity.drop_bounding_set()
    if job.tier.own_user:
        identity.become(job.user)
    identity.drop_capabilities()
    kernel.set_control(kernel.SET_DUMPABLE, 1)  # or it cannot read its own /proc/self
    kernel.set_control(kernel.SET_PARENT_DEATH_SIGNAL, signal.SIGKILL)
    identity.forbid_new_privileges()
    if known:
        landlock.restrict(rules)
    job.facts["landlock"] = f"Landlock {known}" if known else "this kernel has no Landlock"
    seccomp.restrict(fork=job.tier.fork)


def _shared(job: Job) -> tuple[str, ...]:
    """Shared memory, where what a sandbox leaves there can be told from that of others.

    Without a user of its own it isn't granted: no process can start another one there anyway.
    """
    return ("/dev/shm",) if job.tier.own_user else ()


def _access(job: Job) -> landlock.Access:
    """What Landlock allows. With namespaces everything in sight may be read."""
    devices = visible.devices(job.policy)
    if job.folder is None:
        return landlock.Access(
            read=("/",),
            write=(namespaces.WORK, namespaces.TEMPORARY, "/dev/shm", *devices),
        )
    return landlock.Access(
        read=(
            *visible.libraries(job.policy),
            *visible.process_files(job.policy),
            *job.folder.readable,
        ),
        write=(job.folder.work, job.folder.temporary, *_shared(job), *devices),
    )

"""The two processes around the student's: a warden outside, and with namespaces an init inside.

    zygote ── warden ── init (number 1 in there) ── student's process ── …      tiers 1 and 2
    zygote ── warden ── student's process ── …                                  tiers 3 to 5

Stops: processes that outlive the sandbox, zombies, leftovers of every kind. When the trusted side
closes its end of the status socket (or dies, however suddenly), the warden ends everything.
Does not stop: in tier 5, processes that leave their process group.
"""

import os
import select
import signal
import socket
import time
from contextlib import suppress
from typing import NoReturn

from autograder.sandbox import cgroups, child, folders, identity, kernel, namespaces, watch
from autograder.sandbox.child import Job, report, report_failure
from autograder.sandbox.tiers import Tier

KILL_SECONDS = 0.002
"""Pause between two attempts to kill what is left."""
NO_MEMORY, NO_DISK = "memory", "disk"


def run_warden(job: Job) -> NoReturn:
    """Starts the sandbox, waits for its end or for the wish to end it, clears up and exits."""
    group = None
    try:
        os.setsid()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        if job.tier.linux:
            kernel.set_control(kernel.SET_CHILD_SUBREAPER, 1)
            group = cgroups.create(job.policy, f"{folders.PREFIX}{os.getpid()}")
        job.facts["cgroup"] = group.words if group else ""
        job.facts["usage_file"] = group.usage_file if group else ""
        job.facts["share"] = group.words if group and group.has_share else ""
        job.facts["warden"] = str(os.getpid())
        if job.tier.linux and watch.possible():
            job.facts["watch"] = f"looked at every {watch.MEMORY_SECONDS:g} s"
        if job.tier.own_user:
            job.user = identity.pick_user()
        if not job.tier.namespaces:
            job.folder = folders.create(job.policy, job.tier.own_user)
            job.user = job.folder.user
        first = _start(job, group)
        looking = _make_watch(job, group)
        ended = _wait(job, first, looking)
        peak = (group and group.peak_bytes()) or (looking and looking.peak_bytes) or None
        report(job.status, peak_bytes=peak)
        _kill_all(job, first)
        out_of_memory = ended == NO_MEMORY or (group is not None and group.out_of_memory())
        _clear(job, group)
        report(
            job.status,
            gone=True,
            out_of_memory=out_of_memory,
            out_of_disk=ended == NO_DISK,
        )
    except BaseException as error:
        report_failure(job.status, error)
        _clear(job, group)
    finally:
        os._exit(0)


def _start(job: Job, group: cgroups.Group | None) -> int:
    """Forks init or the student's process; gives its number."""
    if job.tier.namespaces:
        namespaces.unshare_processes(job.tier is Tier.ROOT_NAMESPACES)
    first = os.fork()
    if first == 0:
        if job.tier.namespaces:
            _run_init(job, group)
        if group:
            group.join()
        if not job.tier.linux:
            os.setpgid(0, 0)
        child.run(job)
    os.closerange(0, job.status)
    os.closerange(job.status + 1, 1 << 20)
    return first


def _run_init(job: Job, group: cgroups.Group | None) -> NoReturn:
    """Builds the sandbox around itself, starts the student's process, reaps until that ends.

    The kernel then kills all others. Students cannot signal it: it is number 1 in its namespace.
    """
    try:
        kernel.set_control(kernel.SET_PARENT_DEATH_SIGNAL, signal.SIGKILL)
        if group:
            group.join()
        namespaces.isolate(job.policy, job.user)
        student = os.fork()
        if student == 0:
            child.run(job)
        os.closerange(0, job.status)
        os.closerange(job.status + 1, 1 << 20)
        identity.drop_bounding_set()
        identity.drop_capabilities()
        kernel.set_control(kernel.SET_DUMPABLE, 0)
        while True:
            pid, how = os.wait()
            if pid == student:
                report(job.status, exit=how)
                break
    except BaseException as error:
        report_failure(job.status, error)
    finally:
        os._exit(0)


def _wait(job: Job, first: int, looking: watch.Watch | None) -> str:
    """Until `first` ends, the trusted side wants it to, or too much is used: says of what."""
    pause = watch.MEMORY_SECONDS if looking else None
    status = socket.socket(fileno=os.dup(job.status))
    handles: list[int | socket.socket] = [status]
    if job.tier.linux:
        handles.append(os.pidfd_open(first))
    else:
        pause = watch.MEMORY_SECONDS
    while True:
        ready, _, _ = select.select(handles, (), (), pause)
        if _reap(job, first) or status in ready:
            return ""
        if looking and looking.out_of_memory():
            return NO_MEMORY
        if looking and looking.out_of_disk():
            return NO_DISK


def _make_watch(job: Job, group: cgroups.Group | None) -> watch.Watch | None:
    if "watch" not in job.facts or (group and job.tier.namespaces):
        return None
    job_folders = (job.folder.work, job.folder.temporary) if job.folder else ()
    shared = "/dev/shm" if job.tier is Tier.CONTAINER else ""
    return watch.Watch(job.policy, job_folders, shared, job.user)


def _reap(job: Job, first: int) -> bool:
    """Reaps all that have ended; True when `first` is among them."""
    over = False
    with suppress(ChildProcessError):
        while True:
            pid, how = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                break
            if pid == first:
                over = True
                if not job.tier.namespaces:
                    report(job.status, exit=how)
    return over


def _kill_all(job: Job, first: int) -> None:
    """Kills every process of the sandbox and waits until none is left."""
    if job.tier is Tier.PROCESS:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(first, signal.SIGKILL)
    while True:
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return  # as reaper of orphans we would still have a child if anybody were left
        if job.tier is Tier.CONTAINER:
            _kill_user(job.user)
        else:
            os.kill(first, signal.SIGKILL)  # not reaped yet, so the number is still its own
        time.sleep(KILL_SECONDS)


def _kill_user(user: int) -> None:
    """Signals all processes of `user` at once, so that none can fork away meanwhile.

    The process that does so has `user` as effective id only: its victims cannot signal it.
    """
    killer = os.fork()
    if killer == 0:
        try:
            os.setgroups([])
            os.setresuid(user + 1, user, user + 1)
            os.kill(-1, signal.SIGKILL)
        finally:
            os._exit(0)
    os.waitpid(killer, 0)


def _clear(job: Job, group: cgroups.Group | None) -> None:
    """Removes files and control groups."""
    if job.folder:
        folders.remove(job.folder, job.tier.own_user)
    if group:
        group.remove()

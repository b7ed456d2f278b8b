"""The process that has everything imported and forks a child for each submission.

Started by `launch` with exec and a clean environment; it never sees tests, labels or submissions.
Forking it takes milliseconds where importing torch takes seconds. It must have one thread only: a
child of a process with thread pools would wait for threads that it does not have.

Protocol on descriptor 3, one JSON line each way: the policy → {"ready": true}; then for each
sandbox {"tier", "serve"} with the descriptors channel, output and status → {"taken": true}.
"""

import os

os.environ.update(OPENBLAS_NUM_THREADS="1", OMP_WAIT_POLICY="PASSIVE", MPLBACKEND="agg")
# This must stand before numpy and torch are imported.

import gc
import importlib
import json
import signal
import socket
import sys
import tempfile
import threading
from typing import Any, cast

from autograder.sandbox import limits, reaper, selftest
from autograder.sandbox.child import Job, report
from autograder.sandbox.policy import Policy, SandboxUnavailable
from autograder.sandbox.tiers import Tier

CONTROL = 3
LINE = 1 << 20


def main() -> None:
    """Serves requests until the trusted side closes the socket or dies."""
    control = socket.socket(fileno=CONTROL)
    try:
        policy = _policy(json.loads(control.recv(LINE)))
        sys.path[:0] = policy.import_from
        with tempfile.TemporaryDirectory(prefix="cnn-zygote-") as home:
            os.environ.update(HOME=home, MPLCONFIGDIR=home)  # libraries leave caches there
            prepare(policy)
    except Exception as error:
        _answer(control, failed=f"{type(error).__name__}: {error}")
        return
    _answer(control, ready=True)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel reaps wardens
    while True:
        line, descriptors, _, _ = socket.recv_fds(control, LINE, 3)
        if not line:
            return
        fork(policy, json.loads(line), descriptors)
        for descriptor in descriptors:
            os.close(descriptor)
        _answer(control, taken=True)


def prepare(policy: Policy) -> None:
    """Imports everything, calls the hooks, and makes memory ready to be shared with children."""
    os.umask(0o022)
    for name in (*policy.preload, policy.serve, selftest.__name__):
        module = importlib.import_module(name)
        hook = getattr(module, "before_fork", None)
        if callable(hook):
            hook()
    _check_single_thread()
    gc.collect()
    gc.freeze()  # a collection in a child would write to, and so copy, every page


def fork(policy: Policy, request: dict[str, Any], descriptors: list[int]) -> None:
    """Starts one sandbox's warden; errors go to the trusted side by the status socket."""
    channel, output, status = descriptors
    tier = Tier(request["tier"])
    job = Job(policy, tier, request["serve"], channel, output, status)
    try:
        _check_single_thread()
        if not tier.own_user and not _counted_apart(tier):
            job.other_processes = limits.processes_of_this_user()
        pid = os.fork()
    except (OSError, SandboxUnavailable) as error:
        report(status, failed=str(error))
        return
    if pid == 0:
        os.close(CONTROL)
        reaper.run_warden(job)


def _counted_apart(tier: Tier) -> bool:
    """True where the limit of processes counts those of the sandbox's user namespace only."""
    if tier is not Tier.USER_NAMESPACES:
        return False
    major, minor = os.uname().release.split(".")[:2]
    return (int(major), int(minor)) >= (5, 14)


def _check_single_thread() -> None:
    try:
        threads = len(os.listdir("/proc/self/task"))
    except OSError:
        threads = threading.active_count()
    if threads > 1:
        names = ", ".join(thread.name for thread in threading.enumerate()[1:]) or "not Python's own"
        raise SandboxUnavailable(
            f"The zygote has {threads} threads ({names}); a module in `preload` starts one when "
            "it is imported. Import it lazily or leave it out."
        )


def _policy(fields: dict[str, Any]) -> Policy:
    """The policy that `launch` has sent as JSON, where tuples have become lists."""
    return Policy(**{name: _tuples(value) for name, value in fields.items()})


def _tuples(value: Any) -> Any:
    if isinstance(value, list):
        members = cast("list[Any]", value)
        return tuple(_tuples(member) for member in members)
    return value


def _answer(control: socket.socket, **message: object) -> None:
    control.sendall(json.dumps(message).encode() + b"\n")


if __name__ == "__main__":
    main()

"""The process that has everything imported and forks a child for each submission.

Started by `launch` with exec and a clean environment; it never sees tests, labels or submissions.
Forking it takes milliseconds where importing torch takes seconds. It must have one thread only: a
child of a process with thread pools would wait for threads that it does not have.

Protocol on descriptor 3, one JSON line each way: the policy → {"ready": true}; then for each
sandbox {"tier", "serve", "settle", "core"} with the descriptors channel, output and status
→ {"taken": true}. With "settle" nobody waits for it: what pays for many sandboxes is done first.
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
import traceback
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, cast

from autograder.sandbox import limits, preload, reaper
from autograder.sandbox.child import TRACE_CHARACTERS, Job, report
from autograder.sandbox.policy import LATER_MEGABYTES, Policy, SandboxUnavailable
from autograder.sandbox.tiers import Tier

CONTROL = 3
LINE = 1 << 20


def main(meanwhile: Sequence[str] = ()) -> None:
    """Serves requests until the trusted side closes the socket or dies.

    The modules in `meanwhile` are imported before the policy is read.
    """
    os.umask(0o022)
    control = socket.socket(fileno=CONTROL)
    try:
        with tempfile.TemporaryDirectory(prefix="cnn-zygote-") as home:
            os.environ.update(HOME=home, MPLCONFIGDIR=home)  # libraries leave caches there
            gc.disable()  # what is imported stays, see `preload.prepare`
            for name in meanwhile:
                importlib.import_module(name)
            policy = _policy(json.loads(control.recv(LINE)))
            preload.prepare(policy)
    except Exception as error:
        trace = traceback.format_exc()[-TRACE_CHARACTERS:]
        _answer(control, failed=f"{type(error).__name__}: {error}", trace=trace)
        return
    _answer(control, ready=True)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel reaps wardens
    settled, failure = False, ""
    while True:
        line, descriptors, _, _ = socket.recv_fds(control, LINE, 3)
        if not line:
            return
        request = json.loads(line)
        if request["settle"] and not settled:
            settled, failure = True, _settled(policy)
        if failure:
            report(descriptors[2], failed=failure)
        else:
            fork(policy if settled else _with_room(policy, request), request, descriptors)
        for descriptor in descriptors:
            os.close(descriptor)
        _answer(control, taken=True)


def _settled(policy: Policy) -> str:
    """Prepare for many sandboxes; return what failed. No sandbox is started after a failure."""
    try:
        preload.settle(policy)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return ""


def _with_room(policy: Policy, request: dict[str, Any]) -> Policy:
    """With memory for the libraries that student code has to import itself."""
    if not policy.later or request["serve"] != policy.serve:
        return policy
    return replace(policy, memory_megabytes=policy.memory_megabytes + LATER_MEGABYTES)


def fork(policy: Policy, request: dict[str, Any], descriptors: list[int]) -> None:
    """Starts one sandbox's warden; errors go to the trusted side by the status socket."""
    channel, output, status = descriptors
    tier = Tier(request["tier"])
    job = Job(policy, tier, request["serve"], channel, output, status, core=request["core"])
    try:
        if tier.own_user:
            preload.make_up_for_unreachable_python(parents_matter=not tier.namespaces)
        preload.check_single_thread()
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


def _policy(fields: dict[str, Any]) -> Policy:
    """The policy that `launch` has sent as JSON, where tuples have become lists."""
    return Policy(**{name: _tuples(value) for name, value in fields.items()})


def _tuples(value: Any) -> Any:
    if isinstance(value, list):
        members = cast("list[Any]", value)
        return tuple(_tuples(member) for member in members)
    return value


def _answer(control: socket.socket, **message: object) -> None:
    with suppress(BrokenPipeError):  # the trusted side is gone, as the next reading shows
        control.sendall(json.dumps(message).encode() + b"\n")


if __name__ == "__main__":
    main(sys.argv[2:])
    os._exit(0)  # libraries' own clean-up has nothing to do and complains about that

"""Hostile code in real sandboxes: what it must not reach, see or change."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from autograder.sandbox.launch import Sandbox, Zygote
from autograder.sandbox.policy import Exit
from tests.support.sandbox_helpers import is_running, linux_root
from tests.support.sandbox_probe import Refused, SandboxEnded, ask

pytest_plugins = ["tests.support.sandbox_fixtures"]
pytestmark = linux_root


@pytest.mark.parametrize("target", ["trusted", "zygote", "init"])
def test_processes_outside_cannot_be_signalled(zygote: Zygote, sandbox: Sandbox, target: str):
    assert zygote._process is not None
    pids = {"trusted": os.getpid(), "zygote": zygote._process.pid, "init": 1}
    with suppress(Refused):
        ask(sandbox.channel, "import os; os.kill(pid, 9)", pid=pids[target])
    assert ask(sandbox.channel, "seen = 'alive'") == "alive"
    zygote.spawn().close()


def test_killing_everything_in_sight_ends_only_the_sandbox(zygote: Zygote, sandbox: Sandbox):
    code = """
import os
for pid in range(1, 70000):
    if pid != os.getpid():
        for signal in (19, 9):
            try:
                os.kill(pid, signal)
            except OSError:
                pass
try:
    os.kill(-1, 9)
except OSError:
    pass
os.kill(os.getpid(), 9)
"""
    with pytest.raises(SandboxEnded):
        ask(sandbox.channel, code)
    assert sandbox.wait(10) == Exit("signalled", signal.SIGKILL)
    zygote.spawn().close()


@pytest.mark.parametrize("kind", ["SOCK_STREAM", "SOCK_DGRAM"])
@pytest.mark.parametrize("family", ["AF_INET", "AF_INET6"])
def test_network_sockets_are_refused(sandbox: Sandbox, family: str, kind: str):
    with pytest.raises(Refused, match="PermissionError"):
        ask(sandbox.channel, f"import socket; socket.socket(socket.{family}, socket.{kind})")


def test_abstract_unix_sockets_of_others_cannot_be_reached(sandbox: Sandbox):
    name = f"cnn-test-{os.getpid()}-{time.monotonic_ns()}"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("\0" + name)
        listener.listen()
        with pytest.raises(Refused):
            code = "import socket; socket.socket(socket.AF_UNIX).connect(chr(0) + name)"
            ask(sandbox.channel, code, name=name)


@pytest.mark.parametrize(
    "path",
    ["/etc/shadow", "/etc/hostname", __file__, "/proc/1/environ", "/root/.bashrc", "/proc/kcore"],
)
def test_files_of_the_host_cannot_be_read(sandbox: Sandbox, path: str):
    with pytest.raises(Refused, match=r"FileNotFoundError|PermissionError"):
        ask(sandbox.channel, "open(path, 'rb').read(1)", path=path)


def test_folders_of_the_project_cannot_be_listed(sandbox: Sandbox):
    with pytest.raises(Refused, match=r"FileNotFoundError|PermissionError"):
        ask(sandbox.channel, "import os; os.listdir(path)", path=str(Path(__file__).parent))


def test_environment_of_other_processes_cannot_be_read(zygote: Zygote, sandbox: Sandbox):
    assert zygote._process is not None
    code = """
import os
seen = []
for pid in (*pids, 1, os.getppid()):
    for name in ("environ", "mem", "maps", "fd"):
        path = f"/proc/{pid}/{name}"
        try:
            seen.append(len(os.listdir(path) if name == "fd" else open(path, "rb").read(10)))
        except OSError:
            pass
"""
    pids = [os.getpid(), zygote._process.pid]
    assert ask(sandbox.channel, code, pids=pids) == []


def test_files_can_be_written_in_own_folders_only(sandbox: Sandbox):
    code = """
import os
seen = []
own = (os.getcwd(), os.environ["TMPDIR"], "/dev/shm")
for folder in ("/", "/tmp", "/var/tmp", "/usr/lib", "/etc", "/proc", "/dev", "/run", package):
    if folder not in own:
        try:
            with open(folder + "/planted", "w") as file:
                file.write("x")
            seen.append(folder)
        except OSError:
            pass
"""
    package = os.path.dirname(os.__file__)
    assert ask(sandbox.channel, code, package=package) == []


def test_files_of_the_interpreter_cannot_be_changed(sandbox: Sandbox):
    with pytest.raises(Refused, match=r"OSError|PermissionError"):
        ask(sandbox.channel, "import numpy; open(numpy.__file__, 'a')")


@pytest.mark.parametrize(
    "call",
    [
        "libc.ptrace(16, os.getppid(), 0, 0)",
        "libc.unshare(0x10000000)",
        "libc.mount(0, 0, 0, 0, 0)",
    ],
)
def test_dangerous_system_calls_are_refused(sandbox: Sandbox, call: str):
    code = f"import ctypes, os; libc = ctypes.CDLL(None, use_errno=True)\nseen = {call}"
    assert ask(sandbox.channel, code) == -1


def test_root_cannot_be_gained(sandbox: Sandbox):
    code = """
import os
seen = [os.getuid(), os.geteuid()]
for change in (lambda: os.setuid(0), lambda: os.setresuid(0, 0, 0), lambda: os.setgroups([0])):
    try:
        change()
        seen.append("changed")
    except PermissionError:
        pass
"""
    seen = ask(sandbox.channel, code)
    assert len(seen) == 2
    assert 0 not in seen


def test_only_four_descriptors_are_open(sandbox: Sandbox):
    code = """
import os
seen = []
for number in range(1024):
    try:
        os.fstat(number)
        seen.append(number)
    except OSError:
        pass
"""
    assert ask(sandbox.channel, code) == [0, 1, 2, 3]


def test_nothing_of_the_engine_is_in_environment_or_module_path(sandbox: Sandbox):
    code = "import os, sys; seen = ' '.join([*sys.path, *os.environ, *os.environ.values()])"
    seen = ask(sandbox.channel, code)
    assert str(Path(__file__).parent) not in seen
    assert "PYTHONPATH" not in seen


def test_sandboxes_cannot_see_each_other(zygote: Zygote, sandbox: Sandbox):
    code = "import os, tempfile\nwith open(tempfile.mkstemp()[1], 'w') as f: seen = f.name"
    note = ask(sandbox.channel, code)
    with zygote.spawn() as other, pytest.raises(Refused, match=r"FileNotFound|PermissionError"):
        ask(other.channel, "open(path).read()", path=note)


def test_random_numbers_differ_between_sandboxes(zygote: Zygote, sandbox: Sandbox):
    code = "import random, numpy; seen = [random.random(), float(numpy.random.rand())]"
    with zygote.spawn() as other:
        first, second = ask(sandbox.channel, code), ask(other.channel, code)
    assert first[0] != second[0]
    assert first[1] != second[1]


def test_the_end_of_the_trusted_process_ends_all(tmp_path: Path):
    victim = subprocess.Popen(
        [sys.executable, Path(__file__).parents[1] / "attacks" / "orphans.py"],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert victim.stdout is not None
    pids = [int(pid) for pid in victim.stdout.readline().split()]
    assert len(pids) >= 3
    os.kill(victim.pid, signal.SIGKILL)
    victim.wait()
    deadline = time.monotonic() + 10
    while any(map(is_running, pids)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert [pid for pid in pids if is_running(pid)] == []
    victim.stdout.close()

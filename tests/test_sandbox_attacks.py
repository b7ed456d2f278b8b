"""Hostile code in real sandboxes: what it must not reach, take or leave behind."""

import os
import select
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
from sandbox_helpers import DISK, MEMORY, PROCESSES, is_running, leftovers, linux_root
from sandbox_probe import Refused, SandboxEnded, ask

from autograder.sandbox.launch import Sandbox, Zygote
from autograder.sandbox.policy import Exit

pytest_plugins = ["sandbox_fixtures"]
pytestmark = linux_root
ALLOWED_OUTPUT = 100_000


def read_up_to(stdout: int, limit: int) -> int:
    """Reads as the engine does: no more than `limit` bytes; gives how many there were."""
    total, deadline = 0, time.monotonic() + 5
    while total < limit and time.monotonic() < deadline:
        select.select([stdout], (), (), 0.5)
        with suppress(BlockingIOError):
            part = os.read(stdout, min(65536, limit - total))
            if not part:
                break
            total += len(part)
    return total


def resident_megabytes() -> int:
    text = Path("/proc/self/status").read_text()
    return next(int(x.split()[1]) for x in text.splitlines() if x.startswith("VmRSS")) // 1024


def test_exit_of_the_process_is_seen_with_its_status(sandbox: Sandbox):
    with pytest.raises(SandboxEnded):
        ask(sandbox.channel, "import os; os._exit(7)")
    assert sandbox.wait(10) == Exit("exited", 7)


def test_crash_of_the_process_is_seen_with_its_signal(sandbox: Sandbox):
    with pytest.raises(SandboxEnded):
        ask(sandbox.channel, "import ctypes; ctypes.string_at(0)")
    assert sandbox.wait(10) == Exit("signalled", signal.SIGSEGV)


def test_endless_loop_is_killed(sandbox: Sandbox):
    with pytest.raises(TimeoutError):
        ask(sandbox.channel, "while True: pass", seconds=0.2)
    started = time.monotonic()
    sandbox.kill()
    assert sandbox.wait(10) == Exit("signalled", signal.SIGKILL)
    assert time.monotonic() - started < 2


def test_ignored_signals_do_not_save_a_loop(sandbox: Sandbox):
    code = "import signal\nfor s in set(signal.Signals) - {9, 19}: signal.signal(s, signal.SIG_IGN)"
    ask(sandbox.channel, code)
    sandbox.kill()
    assert sandbox.wait(10) == Exit("signalled", signal.SIGKILL)


def test_fork_bomb_is_contained(sandbox: Sandbox):
    code = """
import os, time
children = 0
try:
    while True:
        if os.fork() == 0:
            time.sleep(60)
        children += 1
except BlockingIOError:
    seen = children
"""
    assert 10 < ask(sandbox.channel, code) <= PROCESSES
    sandbox.kill()
    assert sandbox.wait(10) is not None


def test_growing_fork_bomb_is_killed_as_a_whole(sandbox: Sandbox):
    code = """
import os
while True:
    try:
        os.fork()
    except OSError:
        pass
"""
    with pytest.raises(TimeoutError):
        ask(sandbox.channel, code, seconds=0.5)
    sandbox.kill()
    assert sandbox.wait(20) is not None


def test_threads_are_counted_too(sandbox: Sandbox):
    code = """
import threading, time
started = 0
try:
    while started < 1000:
        threading.Thread(target=time.sleep, args=(30,), daemon=True).start()
        started += 1
except RuntimeError:
    pass
seen = started
"""
    assert ask(sandbox.channel, code) <= PROCESSES


def test_memory_bomb_in_one_process_gets_an_error(sandbox: Sandbox):
    with pytest.raises(Refused, match="MemoryError"):
        ask(sandbox.channel, f"b = bytearray({MEMORY + 64} << 20)")
    assert ask(sandbox.channel, "seen = 1 + 1") == 2


def test_memory_bomb_across_forks_ends_the_sandbox(sandbox: Sandbox):
    code = """
import os, time
for _ in range(6):
    if os.fork() == 0:
        kept = bytearray(b"x") * (200 << 20)
        time.sleep(60)
os.wait()
os.kill(os.getpid(), 9)
"""
    with pytest.raises((SandboxEnded, TimeoutError)):
        ask(sandbox.channel, code, seconds=8)
    sandbox.kill()
    ended = sandbox.wait(10)
    assert ended is not None
    assert ended.out_of_memory


def test_memory_that_no_limit_counts_is_refused(sandbox: Sandbox):
    with pytest.raises(Refused, match="PermissionError"):
        ask(sandbox.channel, "import os; os.memfd_create('hidden')")


def test_output_flood_does_not_grow_the_trusted_process(sandbox: Sandbox):
    before = resident_megabytes()
    with pytest.raises(TimeoutError):
        ask(sandbox.channel, "while True: print('x' * 100_000)", seconds=0.5)
    assert read_up_to(sandbox.stdout, ALLOWED_OUTPUT) == ALLOWED_OUTPUT
    assert resident_megabytes() - before < 20


def test_disk_cannot_be_filled(sandbox: Sandbox):
    code = f"""
import os, time
for n in range(1000):
    with open(f"file{{n}}", "wb") as file:
        file.write(bytes({DISK} << 18))
        file.flush()
    time.sleep(0.01)
"""
    with pytest.raises((Refused, SandboxEnded)):
        ask(sandbox.channel, code)


def test_one_file_cannot_fill_the_disk(sandbox: Sandbox):
    code = f"""
import tempfile
with tempfile.TemporaryFile() as file:
    for _ in range({2 * DISK}):
        file.write(bytes(1 << 20))
"""
    with pytest.raises(Refused, match="OSError"):
        ask(sandbox.channel, code)


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


def test_daemon_does_not_outlive_the_sandbox(sandbox: Sandbox):
    code = """
import os, signal, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        time.sleep(600)
    os._exit(0)
"""
    ask(sandbox.channel, code)
    sandbox.kill()
    assert sandbox.wait(10) is not None
    # The daemon held the other end of the pipe; nobody does any more.
    assert read_up_to(sandbox.stdout, 1) == 0


def test_daemon_does_not_outlive_the_first_process(sandbox: Sandbox):
    code = "import os, time\nif os.fork() == 0:\n    os.setsid()\n    time.sleep(600)\nos._exit(0)"
    with pytest.raises(SandboxEnded):
        ask(sandbox.channel, code + "\n")
        ask(sandbox.channel, "")
    assert sandbox.wait(10) == Exit("exited", 0)
    assert read_up_to(sandbox.stdout, 1) == 0


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


def test_unremovable_files_are_removed(zygote: Zygote, sandbox: Sandbox):
    code = """
import os
for _ in range(1200):
    os.mkdir("deep")
    os.chdir("deep")
open("file", "w").close()
os.chmod(".", 0)
open("/dev/shm/note", "w").close()
"""
    before = leftovers()
    with suppress(SandboxEnded):  # what is nested too deeply to be measured counts as too large
        ask(sandbox.channel, code)
    sandbox.close()
    assert leftovers() <= before
    assert not os.path.exists("/dev/shm/note")


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
        [sys.executable, Path(__file__).parent / "attacks" / "orphans.py"],
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

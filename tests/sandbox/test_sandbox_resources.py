"""Hostile code in real sandboxes: what it must not take of the machine, or leave behind."""

import os
import select
import signal
import time
from contextlib import suppress
from pathlib import Path

import pytest

from autograder.sandbox.launch import Sandbox, Zygote
from autograder.sandbox.policy import Exit
from tests.support.sandbox_helpers import (
    DISK,
    MEMORY,
    MEMORY_BOMB,
    PROCESSES,
    linux_root,
    places_of,
)
from tests.support.sandbox_probe import Refused, SandboxEnded, ask

pytest_plugins = ["tests.support.sandbox_fixtures"]
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
    sandbox.wait(10)
    assert not sandbox.running


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
    sandbox.wait(20)
    assert not sandbox.running


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
    with pytest.raises((SandboxEnded, TimeoutError)):
        ask(sandbox.channel, MEMORY_BOMB, seconds=8)
    sandbox.kill()
    assert sandbox.wait(10).out_of_memory


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
    with pytest.raises((Refused, SandboxEnded)) as stopped:
        ask(sandbox.channel, code)
    if stopped.type is SandboxEnded:
        assert sandbox.wait(10).out_of_disk


def test_one_file_cannot_fill_the_disk(sandbox: Sandbox):
    code = f"""
import tempfile
with tempfile.TemporaryFile() as file:
    for _ in range({2 * DISK}):
        file.write(bytes(1 << 20))
"""
    with pytest.raises(Refused, match="OSError"):
        ask(sandbox.channel, code)


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
    places = places_of(sandbox)
    with suppress(SandboxEnded):  # what is nested too deeply to be measured counts as too large
        ask(sandbox.channel, code)
    sandbox.close()
    assert [place for place in places if place.exists()] == []
    assert not os.path.exists("/dev/shm/note")


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
    sandbox.wait(10)
    assert not sandbox.running
    # The daemon held the other end of the pipe; nobody does any more.
    assert read_up_to(sandbox.stdout, 1) == 0


def test_daemon_does_not_outlive_the_first_process(sandbox: Sandbox):
    code = "import os, time\nif os.fork() == 0:\n    os.setsid()\n    time.sleep(600)\nos._exit(0)"
    with pytest.raises(SandboxEnded):
        ask(sandbox.channel, code + "\n")
        ask(sandbox.channel, "")
    assert sandbox.wait(10) == Exit("exited", 0)
    assert read_up_to(sandbox.stdout, 1) == 0


FILL = """
import os, time
os.makedirs(place, exist_ok=True)
for number in range(50):
    with open(f"{place}/{number}", "wb") as file:
        file.write(bytes(1 << 20))
    time.sleep(0.02)
time.sleep(20)
seen = "written"
"""
NAMELESS = """
import os, time
kept = []
for number in range(100):
    file = open(f"{place}/{number}", "wb")
    os.unlink(file.name)
    file.write(bytes(1 << 20))
    file.flush()
    kept.append(file)
    time.sleep(0.02)
time.sleep(20)
seen = "written"
"""
MAPPED = """
import ctypes, os, time
library = ctypes.CDLL(None, use_errno=True)
library.mmap.restype = ctypes.c_void_p
for number in range(100):
    with open(f"{place}/{number}", "w+b") as file:  # Python's own mmap keeps the file open
        os.unlink(file.name)
        file.write(bytes(1 << 20))
        file.flush()
        there = library.mmap(None, ctypes.c_size_t(1 << 20), 1, 1, file.fileno(), ctypes.c_long(0))
        assert there != ctypes.c_void_p(-1).value
    time.sleep(0.02)
time.sleep(20)
seen = "written"
"""


@pytest.mark.parametrize(
    ("code", "place"),
    [
        (FILL, "/dev/shm/one/two"),
        (NAMELESS, "/dev/shm"),
        (NAMELESS, "."),
        (MAPPED, "/dev/shm"),
        (MAPPED, "."),
    ],
    ids=["folders", "nameless-shared", "nameless", "mapped-shared", "mapped"],
)
def test_files_count_in_folders_and_without_a_name(sandbox: Sandbox, code: str, place: str):
    with pytest.raises((Refused, SandboxEnded)):
        ask(sandbox.channel, f"import os\nplace = os.path.abspath({place!r})\n" + code, seconds=60)

"""Every refused system call is refused in a real sandbox, with arguments that would work, too."""

import errno
from collections.abc import Iterator

import pytest

from autograder.sandbox import kernel
from autograder.sandbox.launch import Zygote
from autograder.sandbox.system_calls import BY_RULE, MISSING, REFUSED
from tests.support.sandbox_helpers import TIERS, linux_root, small_policy
from tests.support.sandbox_probe import ask

pytestmark = linux_root
PLACE = 0 if kernel.INTEL else 1
NUMBERS = {name: pair[PLACE] for name, pair in (REFUSED | MISSING | BY_RULE).items()}
NOT_PERMITTED = [name for name in REFUSED if NUMBERS[name] >= 0]
X32 = 0x40000000
PAST_ANY_FILTER = ("uprobe", "uretprobe")
"""Since Linux 6.14 no filter sees them; the kernel ends whoever calls them without its own page."""
NOT_THERE = [name for name in MISSING if NUMBERS[name] >= 0 and name not in PAST_ANY_FILTER]
ALLOWED = 0
"""What is seen of a call that goes through."""

CALLER = """
import ctypes, os, signal, time
library = ctypes.CDLL(None, use_errno=True)
own, child = os.getpid(), os.fork()
if child == 0:
    time.sleep(600)
memory = ctypes.create_string_buffer(4096)
places = {"own": own, "child": child, "memory": ctypes.addressof(memory)}
def call(number, *arguments):
    ctypes.set_errno(0)
    words = [ctypes.c_long(places.get(each, each)) for each in arguments]
    result = library.syscall(ctypes.c_long(number), *words)
    if os.getppid() == own:
        os._exit(0)  # it was a new process that should not have been
    return ctypes.get_errno() if result < 0 else 0
seen = {name: call(*words) for name, words in calls.items()}
os.kill(child, signal.SIGKILL)
os.wait()
"""

WOULD_WORK: dict[str, tuple[str, tuple[int, int], tuple[int | str, ...]]] = {
    "memory of a child of its own is traced": ("ptrace", (101, 117), (0x4206, "child", 0, 0)),
    "a descriptor of a process": ("pidfd_open", (434, 434), ("own", 0)),
    "limits of a child of its own": ("prlimit64", (302, 261), ("child", 7, 0, "memory")),
    "faults of its own memory are handled": ("userfaultfd", (323, 282), (0x80001,)),
    "memory that no limit counts": ("memfd_create", (319, 279), ("memory", 0)),
    "System V memory": ("shmget", (29, 194), (0, 4096, 0o1600)),
    "System V messages": ("msgget", (68, 186), (0, 0o1600)),
    "System V semaphores": ("semget", (64, 190), (0, 1, 0o1600)),
    "a watch on files": ("inotify_init1", (294, 26), (0,)),
    "asynchronous input and output": ("io_setup", (206, 0), (1, "memory")),
    "a ring of requests": ("io_uring_setup", (425, 425), (1, "memory")),
    "a key": ("keyctl", (250, 219), (0, -3, 0)),
    "a new process in a user namespace": ("clone", (56, 220), (0x10000000 | 17, 0, 0, 0, 0)),
    "a user namespace": ("unshare", (272, 97), (0x10000000,)),
    "the choice of a core": ("sched_setaffinity", (203, 122), (0, 8, "memory")),
    "memory of a child of its own is read": (
        "process_vm_readv",
        (310, 270),
        ("child", 0, 0, 0, 0, 0),
    ),
    "two of its own processes are compared": ("kcmp", (312, 272), ("own", "child", 2, 0, 0)),
    "the domains of sockets beyond Unix": ("socket", (41, 198), (2, 2, 0)),
    "sockets of the kernel": ("socket", (41, 198), (16, 3, 0)),
    "sockets of virtual machines": ("socket", (41, 198), (40, 1, 0)),
}
"""What it would be good for → call, its numbers on both machines, arguments that work unfiltered.

The numbers stand here once more: a wrong one in the tables would leave a call open.
"""


@pytest.fixture(scope="module", params=TIERS)
def seen(request: pytest.FixtureRequest) -> Iterator[dict[str, int]]:
    """What each call gave in one sandbox: an error's number, or 0."""
    calls = {name: (pair[PLACE], *words) for name, (_, pair, words) in WOULD_WORK.items()}
    calls |= {
        name: (NUMBERS[name], -1, -1, -1, -1, -1, -1) for name in (*NOT_PERMITTED, *NOT_THERE)
    }
    calls["a call of x32"] = (X32 | 101, 0, 0, 0, 0)
    calls["limits of its own"] = (NUMBERS["prlimit64"], 0, 7, 0, "memory")
    calls["a Unix socket"] = (NUMBERS["socket"], 1, 1, 0)
    with Zygote(small_policy(request.param)) as zygote, zygote.spawn() as sandbox:
        yield ask(sandbox.channel, CALLER, calls=calls)


@pytest.mark.parametrize("what", WOULD_WORK)
def test_what_would_work_is_refused(seen: dict[str, int], what: str) -> None:
    assert seen[what] == errno.EPERM


@pytest.mark.parametrize("name", NOT_PERMITTED)
def test_every_refused_call_is_not_permitted(seen: dict[str, int], name: str) -> None:
    assert seen[name] == errno.EPERM


@pytest.mark.parametrize("name", NOT_THERE)
def test_every_missing_call_is_none(seen: dict[str, int], name: str) -> None:
    assert seen[name] == errno.ENOSYS


def test_calls_of_x32_are_none(seen: dict[str, int]) -> None:
    assert seen["a call of x32"] == errno.ENOSYS


def test_what_libraries_need_goes_through(seen: dict[str, int]) -> None:
    assert seen["limits of its own"] == ALLOWED
    assert seen["a Unix socket"] == ALLOWED

"""System calls that Python has no function for, through the C library (Linux, x86_64 and aarch64).

Stops nothing by itself: the layers are built from these. Importing it is harmless everywhere.
"""

import ctypes
import os
import platform
import struct
from collections.abc import Generator
from contextlib import contextmanager

INTEL = platform.machine() in ("x86_64", "AMD64")

PIVOT_ROOT, CAPSET = (155, 126) if INTEL else (41, 91)
MOUNT_SETATTR = 442
LANDLOCK_CREATE, LANDLOCK_ADD, LANDLOCK_RESTRICT = 444, 445, 446

NEW_MOUNTS, NEW_CGROUP, NEW_UTS = 0x20000, 0x2000000, 0x4000000
NEW_IPC, NEW_USER, NEW_PIDS, NEW_NETWORK = 0x8000000, 0x10000000, 0x20000000, 0x40000000

READ_ONLY, NO_SETUID, NO_DEVICES, NO_EXECUTION = 1, 2, 4, 8
REMOUNT, BIND, RECURSIVE, PRIVATE = 32, 4096, 16384, 1 << 18

SET_PARENT_DEATH_SIGNAL, SET_DUMPABLE, DROP_BOUNDING, SET_SECCOMP = 1, 4, 24, 22
SET_CHILD_SUBREAPER, SET_NO_NEW_PRIVILEGES, AMBIENT = 36, 38, 47
AMBIENT_CLEAR_ALL = 4

_CURRENT_DIRECTORY, _RECURSE, _DETACH = -100, 0x8000, 2
_library = ctypes.CDLL(None, use_errno=True)


def checked(result: int, what: str) -> int:
    """`result`, or an OSError that says what failed when it is negative."""
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def call(number: int, *arguments: object) -> int:
    """The system call `number`; negative when it failed. Integers go as 64-bit words."""
    words = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    return int(_library.syscall(ctypes.c_long(number), *words))


def control(operation: int, first: int = 0, second: int = 0) -> int:
    """prctl(2); negative when it failed."""
    zero = ctypes.c_ulong(0)
    return int(_library.prctl(operation, ctypes.c_ulong(first), ctypes.c_ulong(second), zero, zero))


def set_control(operation: int, value: int) -> None:
    """prctl(2) with one value. Raises OSError."""
    checked(control(operation, value), f"prctl {operation}")


@contextmanager
def as_file_user(user: int) -> Generator[None]:
    """Lets this thread see files and processes as `user` does, where it may not as root."""
    before = int(_library.setfsuid(user))
    try:
        yield
    finally:
        _library.setfsuid(before)


def unshare(flags: int) -> None:
    """Moves this process into new namespaces. Raises OSError."""
    checked(int(_library.unshare(ctypes.c_int(flags))), "unshare")


def mount(source: str, target: str, kind: str = "", flags: int = 0, options: str = "") -> None:
    """mount(2). Raises OSError that names the target."""
    texts = [os.fsencode(text) or None for text in (source, target, kind, options)]
    result = _library.mount(texts[0], texts[1], texts[2], ctypes.c_ulong(flags), texts[3])
    checked(int(result), f"mount {target}")


def bind_read_only(source: str, target: str, flags: int = NO_SETUID) -> None:
    """Shows `source`, with what is mounted below it, at `target`, read-only throughout."""
    mount(source, target, flags=BIND | RECURSIVE)
    attributes = struct.pack("QQQQ", READ_ONLY | flags, 0, 0, 0)
    path = os.fsencode(target)
    if call(MOUNT_SETATTR, _CURRENT_DIRECTORY, path, _RECURSE, attributes, len(attributes)) < 0:
        # Before Linux 5.12: a second call for the top, which must keep the flags that are locked.
        kept = os.statvfs(target).f_flag & (NO_SETUID | NO_DEVICES | NO_EXECUTION)
        mount("", target, flags=BIND | REMOUNT | READ_ONLY | flags | kept)


def enter_root(path: str) -> None:
    """Makes `path`, a mount point, the root of this mount namespace and lets go of the old root."""
    os.chdir(path)
    checked(call(PIVOT_ROOT, b".", b"."), "pivot_root")
    unmount(".")
    os.chdir("/")


def unmount(path: str) -> None:
    """Detaches what is mounted at `path`. Raises OSError."""
    checked(int(_library.umount2(os.fsencode(path), _DETACH)), f"unmount {path}")


def install_filter(program: bytes, instructions: int) -> None:
    """Installs a classic BPF program as seccomp filter. Raises OSError."""
    code = ctypes.create_string_buffer(program)
    header = struct.pack("HxxxxxxQ", instructions, ctypes.addressof(code))
    result = _library.prctl(SET_SECCOMP, ctypes.c_ulong(2), header, 0, 0)
    checked(int(result), "seccomp")

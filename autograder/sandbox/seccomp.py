"""A filter on system calls, as a classic BPF program written by hand.

Stops: sockets other than Unix ones, new namespaces and mounts, ptrace and reading of other
processes' memory, io_uring, BPF, keys, memory that no limit counts (memfd, System V), changing
other processes' limits. `fork=False` stops new processes as well, and signals to any other one.
Does not stop: what a process does with files (Landlock, mounts) or with CPU and memory (limits).
"""

import errno
import os
import struct

from autograder.sandbox import kernel

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x50000
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16
_MACHINE = 0xC000003E if kernel.INTEL else 0xC00000B7
_X32 = 0x40000000
_UNIX_FAMILY = 1
_NEW_NAMESPACES = 0x7E020000
_THREAD = 0x10000

Instruction = tuple[int, int, int, int]

REFUSED = {  # name: (number on x86_64, number on aarch64)
    "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "chroot": (161, 51),
    "unshare": (272, 97), "setns": (308, 268), "open_tree": (428, 428), "move_mount": (429, 429),
    "fsopen": (430, 430), "fsconfig": (431, 431), "fsmount": (432, 432), "fspick": (433, 433),
    "mount_setattr": (442, 442), "open_by_handle_at": (304, 265), "quotactl": (179, 60),
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271),
    "pidfd_getfd": (438, 438), "kcmp": (312, 272), "process_madvise": (440, 440),
    "move_pages": (279, 239), "migrate_pages": (256, 238),
    "bpf": (321, 280), "perf_event_open": (298, 241), "userfaultfd": (323, 282),
    "keyctl": (250, 219), "add_key": (248, 217), "request_key": (249, 218),
    "init_module": (175, 105), "finit_module": (313, 273), "delete_module": (176, 106),
    "kexec_load": (246, 104), "kexec_file_load": (320, 294), "reboot": (169, 142),
    "swapon": (167, 224), "swapoff": (168, 225), "syslog": (103, 116), "acct": (163, 89),
    "sched_setaffinity": (203, 122),
    "settimeofday": (164, 170), "clock_settime": (227, 112), "clock_adjtime": (305, 266),
    "sethostname": (170, 161), "fanotify_init": (300, 262),
    "io_uring_setup": (425, 425), "io_uring_enter": (426, 426), "io_uring_register": (427, 427),
    "memfd_create": (319, 279), "memfd_secret": (447, 447),
    "shmget": (29, 194), "msgget": (68, 186), "semget": (64, 190), "mq_open": (240, 180),
}  # fmt: skip
SIGNALS = {  # the first argument names the process
    "kill": (62, 129), "tgkill": (234, 131), "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
}  # fmt: skip
REFUSED_WITH_SIGNALS = {"tkill": (200, 130), "pidfd_send_signal": (424, 424)}
LIMITS, CLONE3, CLONE, SOCKET = (302, 261), (435, 435), (56, 220), (41, 198)
FORK, VFORK = (57, -1), (58, -1)  # aarch64 has neither


def restrict(fork: bool = True) -> None:
    """Installs the filter for this process and all that it starts. Raises OSError."""
    instructions = program(fork, os.getpid())
    kernel.install_filter(b"".join(_pack(one) for one in instructions), len(instructions))


def program(fork: bool, own_pid: int) -> list[Instruction]:
    """The filter's instructions. Without `fork` only `own_pid` can be signalled."""
    lines = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_EQUAL, 1, 0, _MACHINE),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER),
    ]
    if kernel.INTEL:
        lines += [(_AT_LEAST, 0, 1, _X32), _error(errno.ENOSYS)]
    refused = REFUSED if fork else REFUSED | REFUSED_WITH_SIGNALS
    for numbers in refused.values():
        lines += _when(numbers, [_error(errno.EPERM)])
    # glibc falls back to clone, whose flags a filter can read.
    lines += _when(CLONE3, [_error(errno.ENOSYS)])
    lines += _when(CLONE, _clone_rules(fork))
    lines += _when(SOCKET, _only(_UNIX_FAMILY))
    lines += _when(LIMITS, _only(0, own_pid))
    if not fork:
        for numbers in SIGNALS.values():
            lines += _when(numbers, _only(own_pid))
        if kernel.INTEL:
            lines += _when(FORK, [_error(errno.EPERM)]) + _when(VFORK, [_error(errno.EPERM)])
    return [*lines, (_RETURN, 0, 0, _ALLOW)]


def _when(numbers: tuple[int, int], then: list[Instruction]) -> list[Instruction]:
    """`then`, which must return, for one system call."""
    return [(_EQUAL, 0, len(then), numbers[0 if kernel.INTEL else 1]), *then]


def _only(*values: int) -> list[Instruction]:
    """Allows a call whose first argument is one of `values`; else it is not permitted."""
    lines: list[Instruction] = [(_LOAD, 0, 0, _FIRST_ARGUMENT)]
    for value in values:
        lines += [(_EQUAL, 0, 1, value), (_RETURN, 0, 0, _ALLOW)]
    return [*lines, _error(errno.EPERM)]


def _clone_rules(fork: bool) -> list[Instruction]:
    lines = [(_LOAD, 0, 0, _FIRST_ARGUMENT), (_ANY_BIT, 0, 1, _NEW_NAMESPACES), _error(errno.EPERM)]
    if not fork:
        lines += [(_ANY_BIT, 1, 0, _THREAD), _error(errno.EPERM)]
    return [*lines, (_RETURN, 0, 0, _ALLOW)]


def _error(number: int) -> Instruction:
    return (_RETURN, 0, 0, _ERRNO | number)


def _pack(instruction: Instruction) -> bytes:
    code, if_true, if_false, value = instruction
    return struct.pack("HBBI", code, if_true, if_false, value & 0xFFFFFFFF)

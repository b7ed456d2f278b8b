"""A filter on system calls, as a classic BPF program made from `system_calls`.

Stops: sockets other than Unix ones, new namespaces and mounts, ptrace and reading of other
processes' memory, watches on files, io_uring, BPF, keys, memory that no limit counts (memfd, System
V), changing other processes' limits, choosing a core. A foreign architecture's calls kill.
`fork=False` stops new processes as well, and signals to any other one.
Does not stop: what a process does with files (Landlock, mounts) or with CPU and memory (limits).
"""

import errno
import os
import struct

from autograder.sandbox import kernel, system_calls

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x50000
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16
_MACHINE = 0xC000003E if kernel.INTEL else 0xC00000B7
_UNIX_FAMILY = 1
_NEW_NAMESPACES = 0x7E020000
_THREAD = 0x10000

SIGNALS = ("kill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo")
"""Calls whose first argument names the process."""

Instruction = tuple[int, int, int, int]


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
    # Beyond the table there is nothing: neither new calls nor those of x32.
    lines += [(_AT_LEAST, 0, 1, system_calls.LAST + 1), _error(errno.ENOSYS)]
    for numbers in system_calls.REFUSED.values():
        lines += _when(numbers, [_error(errno.EPERM)])
    for numbers in system_calls.MISSING.values():
        lines += _when(numbers, [_error(errno.ENOSYS)])
    for name, rule in _rules(fork, own_pid).items():
        lines += _when(system_calls.BY_RULE[name], rule)
    return [*lines, (_RETURN, 0, 0, _ALLOW)]


def _rules(fork: bool, own_pid: int) -> dict[str, list[Instruction]]:
    """What decides about each call of `BY_RULE`."""
    anybody: list[Instruction] = [(_RETURN, 0, 0, _ALLOW)]
    nobody = [_error(errno.EPERM)]
    itself = _only(own_pid)
    return {
        "clone": _clone_rules(fork),
        "socket": _only(_UNIX_FAMILY),
        "prlimit64": _only(0, own_pid),
        **dict.fromkeys(SIGNALS, anybody if fork else itself),
        **dict.fromkeys(("tkill", "pidfd_send_signal"), anybody if fork else nobody),
        **dict.fromkeys(("fork", "vfork"), anybody if fork else nobody),
    }


def _when(numbers: tuple[int, int], then: list[Instruction]) -> list[Instruction]:
    """`then`, which must return, for one system call; nothing where this machine has none."""
    if numbers[0 if kernel.INTEL else 1] < 0:
        return []
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

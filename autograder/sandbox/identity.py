"""Who the student's process is: a user of its own, without privileges.

Stops: reading and writing files of other users, signals to them, raising of limits, mounting,
set-user-ID programs. The user exists nowhere else: its processes can be counted and killed by it.
Does not stop: reading of files that everybody may read, the network, programs as such.
Where the engine itself runs as a plain user the process keeps that user (tiers 2, 4 and 5).
"""

import os
import random
import sys

from autograder.sandbox import kernel

_NO_CAPABILITIES = bytes(24)
_CAPABILITY_VERSION = 0x20080522


def job_users() -> range:
    """User ids that this machine (or container) can use and gives to nobody.

    Only even ones: `id + 1` belongs to the process that kills the processes of `id`.
    """
    first, size = 0, 1 << 31
    try:
        with open("/proc/self/uid_map") as lines:
            extents = [tuple(map(int, line.split())) for line in lines]
        first, _, size = max(extents, key=lambda extent: extent[2])
    except (OSError, ValueError):
        pass
    size = min(size, 1 << 31)
    return range((first + size // 2) & ~1, first + size - 1, 2)


def pick_user() -> int:
    """A user id for one sandbox; by its sheer number of choices nobody else's."""
    return random.SystemRandom().choice(job_users())


def become(user: int) -> None:
    """Gives up root for `user` and its group of the same number. Raises OSError."""
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)


def drop_bounding_set() -> None:
    """Lets no program that is started get capabilities. Needs CAP_SETPCAP: before `become`."""
    for capability in range(64):
        if kernel.control(kernel.DROP_BOUNDING, capability) < 0:
            break


def drop_capabilities() -> None:
    """Empties the effective, permitted, inheritable and ambient sets. Raises OSError."""
    kernel.control(kernel.AMBIENT, kernel.AMBIENT_CLEAR_ALL)
    header = _CAPABILITY_VERSION.to_bytes(4, sys.byteorder) + bytes(4)
    kernel.checked(kernel.call(kernel.CAPSET, header, _NO_CAPABILITIES), "capset")


def forbid_new_privileges() -> None:
    """Makes set-user-ID bits powerless; seccomp and Landlock ask for it. Raises OSError."""
    kernel.set_control(kernel.SET_NO_NEW_PRIVILEGES, 1)

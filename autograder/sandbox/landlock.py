"""Landlock: a list of what may be read and written, kept by the kernel for a process and its heirs.

Stops: reading and writing outside the list, even where file permissions would allow it; TCP (from
version 4), abstract Unix sockets and signals to processes outside the sandbox (from version 6).
Does not stop: stat, chmod and chown, named Unix sockets, UDP; hence seccomp and a user of its own.
Needs Linux 5.13. A process that still holds root's capabilities can step around it: drop them.
"""

import os
import struct
from collections.abc import Iterable
from dataclasses import dataclass

from autograder.sandbox import kernel

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_FOLDER = 1, 1 << 1, 1 << 2, 1 << 3
_MAKE_CHARACTER_DEVICE, _MAKE_BLOCK_DEVICE = 1 << 6, 1 << 11
_FIRST_VERSION_FILES = (1 << 13) - 1
_REFER, _TRUNCATE, _DEVICE_CONTROL = 1 << 13, 1 << 14, 1 << 15
_ALL_TCP, _ALL_SCOPES = 3, 3
_ASK_VERSION, _BENEATH = 1, 1


@dataclass(frozen=True)
class Access:
    """Paths and what may be done with them and with all below them."""

    read: tuple[str, ...] = ()
    """Read, list and execute."""
    write: tuple[str, ...] = ()
    """Everything but making devices."""


def version() -> int:
    """The kernel's Landlock version; 0 where it has none."""
    return max(0, kernel.call(kernel.LANDLOCK_CREATE, 0, 0, _ASK_VERSION))


def make_rules(access: Access) -> int:
    """A descriptor of the rules. Paths that do not exist are left out. Raises OSError.

    Opens the paths, so it is called while this process may still see them.
    """
    handled = _file_rights(version())
    rules = kernel.checked(_create(handled), "landlock_create_ruleset")
    _add(rules, access.read, _READ_FILE | _READ_FOLDER | _EXECUTE, handled)
    everything = handled & ~(_MAKE_CHARACTER_DEVICE | _MAKE_BLOCK_DEVICE)
    _add(rules, access.write, everything, handled)
    return rules


def restrict(rules: int) -> None:
    """Applies the rules to this process for good. Needs no_new_privs. Raises OSError."""
    kernel.checked(kernel.call(kernel.LANDLOCK_RESTRICT, rules, 0), "landlock_restrict_self")
    os.close(rules)


def _file_rights(kernel_version: int) -> int:
    rights = _FIRST_VERSION_FILES
    for since, right in ((2, _REFER), (3, _TRUNCATE), (5, _DEVICE_CONTROL)):
        rights |= right if kernel_version >= since else 0
    return rights


def _create(handled: int) -> int:
    kernel_version = version()
    fields = [handled]
    if kernel_version >= 4:
        fields.append(_ALL_TCP)
    if kernel_version >= 6:
        fields.append(_ALL_SCOPES)
    attributes = struct.pack(f"{len(fields)}Q", *fields)
    return kernel.call(kernel.LANDLOCK_CREATE, attributes, len(attributes), 0)


def _add(rules: int, paths: Iterable[str], rights: int, handled: int) -> None:
    for path in paths:
        try:
            place = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except FileNotFoundError:
            continue
        rights_here = rights if os.path.isdir(path) else rights & _file_only(handled)
        rule = struct.pack("<Qi", rights_here, place)
        result = kernel.call(kernel.LANDLOCK_ADD, rules, _BENEATH, rule, 0)
        kernel.checked(result, f"landlock_add_rule {path}")
        os.close(place)


def _file_only(handled: int) -> int:
    """The rights that a rule for something other than a folder may name."""
    return handled & (_EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _DEVICE_CONTROL)

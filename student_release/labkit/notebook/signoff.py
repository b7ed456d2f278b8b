"""The acknowledgement at the end of a notebook: who finished it, when, and on what kind of system.

It replaces the host name, MAC and IP address of older notebooks by a fingerprint of the device:
two submissions from one device show the same one, and nobody can read off whose device it is.
"""

import datetime
import hashlib
import hmac
import platform
import uuid
from collections.abc import Sequence
from pathlib import Path

from labkit.notebook.say import say
from labkit.notebook.screen import grading, in_colab

FINGERPRINT_DIGITS = 10
"""Hexadecimal digits (40 bits): enough for a class, too few to compute the identifier back."""

MACHINE_ID_FILES = (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id"))


def signoff(name: str = "Anonymous", *, assignment: str, more: Sequence[str] = ()) -> None:
    """Show the acknowledgement, signed with `name`.

    The same device has another fingerprint in another `assignment`. `more` are sentences on what
    else the assignment runs with, such as the version of a library.
    """
    lines = ["+++ Acknowledgement +++", *statements(assignment, more)]
    say("\n".join([*lines, f"Signing off, {str(name).strip()[:100]}"]))


def statements(assignment: str, more: Sequence[str] = ()) -> list[str]:
    """What the acknowledgement says about time, system and device, one sentence a line."""
    now = datetime.datetime.now().astimezone()
    return [
        f"Executed on: {now:%Y-%m-%d %H:%M:%S %Z}",
        f"In Google Colab: {'yes' if in_colab() else 'no'}",
        f"System: {platform.system()} {platform.release()} ({platform.machine()})",
        f"Python: {platform.python_version()}",
        *more,
        f"Device fingerprint: {fingerprint_words(assignment)}",
    ]


def fingerprint_words(assignment: str) -> str:
    """The fingerprint of this device, or why there is none."""
    if grading():
        return "none while grading"
    if in_colab():
        return "none, the device belongs to Colab"
    identifier = device_identifier()
    if identifier is None:
        return "none, this device has no lasting identifier"
    return fingerprint(identifier, assignment)


def fingerprint(identifier: str, assignment: str) -> str:
    """Ten hexadecimal digits for a device: HMAC-SHA256 of its identifier, keyed by assignment."""
    code = hmac.new(assignment.encode(), identifier.encode(), hashlib.sha256)
    return code.hexdigest()[:FINGERPRINT_DIGITS]


def device_identifier(files: Sequence[Path] = MACHINE_ID_FILES) -> str | None:
    """The system's random machine id, else the MAC address; None if neither lasts.

    It is for `fingerprint` alone: never print it.
    """
    for file in files:
        try:
            text = file.read_text(encoding="ascii").strip()
        except (OSError, ValueError):
            continue
        if text and text != "uninitialized":
            return text
    address = uuid.getnode()
    # Python invents an address, with the multicast bit set, where it finds no network card.
    return None if address >> 40 & 1 else f"{address:012x}"

"""The acknowledgement at the end of the lesson: who finished it, when, and on what kind of system.

It replaces the host name, MAC and IP address of older notebooks by a fingerprint of the device:
two submissions from one device show the same one, and nobody can read off whose device it is.
"""

import datetime
import hashlib
import hmac
import os
import platform
import uuid
from collections.abc import Sequence
from pathlib import Path

from cnnlab.say import say
from cnnlab.screen import in_colab

ASSIGNMENT = "cnn-assignment-kit/convolutional-neural-networks"
"""Key of the fingerprint: the same device has another one in another assignment."""

FINGERPRINT_DIGITS = 10
"""Hexadecimal digits (40 bits): enough for a class, too few to compute the identifier back."""

MACHINE_ID_FILES = (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id"))


def signoff(name: str = "Anonymous") -> None:
    """Show the acknowledgement, signed with `name`."""
    lines = ["+++ Acknowledgement +++", *statements(), f"Signing off, {str(name).strip()[:100]}"]
    say("\n".join(lines))


def statements() -> list[str]:
    """What the acknowledgement says about time, system and device, one sentence a line."""
    now = datetime.datetime.now().astimezone()
    return [
        f"Executed on: {now:%Y-%m-%d %H:%M:%S %Z}",
        f"In Google Colab: {'yes' if in_colab() else 'no'}",
        f"System: {platform.system()} {platform.release()} ({platform.machine()})",
        f"Python: {platform.python_version()}",
        f"torch: {torch_words()}",
        f"Device fingerprint: {fingerprint_words()}",
    ]


def torch_words() -> str:
    """Version of torch, and the device that it would compute on."""
    try:
        import torch

        from cnnlab.device import pick

        return f"{torch.__version__}, computing on {pick().type}"
    except (ImportError, OSError, RuntimeError) as problem:
        return f"not usable ({type(problem).__name__})"


def fingerprint_words() -> str:
    """The fingerprint of this device, or why there is none."""
    if os.environ.get("CNNLAB_GRADING") == "1":
        return "none while grading"
    if in_colab():
        return "none, the device belongs to Colab"
    identifier = device_identifier()
    return fingerprint(identifier) if identifier else "none, this device has no lasting identifier"


def fingerprint(identifier: str, assignment: str = ASSIGNMENT) -> str:
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

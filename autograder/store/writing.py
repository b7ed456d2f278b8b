"""Files of a class are written whole or not at all, and a failure is told in a sentence."""

import errno
import json
import os
import re
import secrets
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from autograder.errors import KitError

_HALF_WRITTEN = re.compile(r"\..+\.[0-9a-f]{16}")


class StoreError(KitError):
    """A result could not be kept or read; the message says which, why, and what to do."""


def write_whole(path: Path, content: str | bytes) -> None:
    """Put a whole file in place of `path`, or leave what is there. Raises OSError."""
    aside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        with open(os.open(aside, flags, 0o644), "wb") as file:
            file.write(content.encode("utf-8", "replace") if isinstance(content, str) else content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(aside, path)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise


def clear_up(folder: Path) -> None:
    """Remove the files that a killed run was writing; they were never in anyone's place."""
    for place in (folder, *folder.glob("students/*")):
        if place.is_dir():
            for file in place.iterdir():
                if _HALF_WRITTEN.fullmatch(file.name):
                    file.unlink(missing_ok=True)


def as_json(content: Any, indent: int | None = 1) -> str:
    """Return JSON in ASCII, so that no text in it can fail to be written."""
    return json.dumps(content, indent=indent) + "\n" * (indent is not None)


@contextmanager
def explained(path: Path) -> Generator[None]:
    """Turn a failure of the file system into a `StoreError`."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            reason = DISK_FULL
        else:
            reason = f"{error.strerror or error}. Mend this and run the command again"
        raise not_written(path, reason) from error


DISK_FULL = "the disk is full. Make room and run the command again"


def not_written(path: Path, reason: str) -> StoreError:
    """Return the error for what could not be written, for `reason`."""
    return StoreError(f"{path} could not be written: {reason}; submissions graded so far are kept.")

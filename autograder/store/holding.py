"""One command at a time changes a class; the next one waits and says for whom."""

import fcntl
import getpass
import json
import os
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from autograder.store.writing import StoreError, explained

LOCK = ".lock"


def user() -> str:
    """Return the name under which whoever runs this is logged in; '' where there is none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container without a list of users
        return ""


@contextmanager
def held(folder: Path, command: str, tell: Callable[[str], None] | None) -> Generator[None]:
    """Hold the class in `folder` for `command`; wait, after telling who holds it, until it's free.

    What is held ends with the process, however that ends. Raises `StoreError` where the folder
    cannot be written to and, without `tell`, where somebody holds it. A folder that stays empty is
    removed again.
    """
    path = folder / LOCK
    with explained(folder):
        new = not folder.exists()
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = _locked(path, tell)
    try:
        note = {"command": command, "process": os.getpid(), "who": user()}
        note["since"] = datetime.now().astimezone().strftime("%H:%M")
        with explained(path):
            os.truncate(descriptor, 0)
            os.pwrite(descriptor, json.dumps(note).encode(), 0)
        yield
    finally:
        path.unlink(missing_ok=True)
        os.close(descriptor)
        if new and not any(folder.iterdir()):
            folder.rmdir()


@contextmanager
def locked(path: Path) -> Generator[None]:
    """Hold the lock in the file `path` for a moment."""
    with explained(path):
        descriptor = _locked(path, lambda _: None)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)
        os.close(descriptor)


def _locked(path: Path, tell: Callable[[str], None] | None) -> int:
    told = False
    while True:
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        descriptor = os.open(path, flags, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            in_use = f"{path.parent} is in use{_holder(descriptor)}"
            if tell is None:
                os.close(descriptor)
                raise StoreError(f"{in_use}: try again when that has ended.") from None
            if not told:
                tell(f"{in_use}: waiting until that has ended.")
                told = True
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        if _is_still(path, descriptor):
            return descriptor
        os.close(descriptor)  # whoever held it has removed the file


def _is_still(path: Path, descriptor: int) -> bool:
    try:
        found = os.lstat(path)
    except FileNotFoundError:
        return False
    return os.path.samestat(found, os.fstat(descriptor))


def _holder(descriptor: int) -> str:
    """Say who holds the lock, as the holder has noted; '' where that cannot be read."""
    try:
        note = json.loads(os.pread(descriptor, 10_000, 0))
        by = f" by {note['who']}" if note["who"] else ""
        return f" by `{note['command']}` (process {note['process']}, since {note['since']}{by})"
    except (ValueError, KeyError, TypeError):
        return ""

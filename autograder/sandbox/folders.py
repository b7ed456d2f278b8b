"""A working folder on this machine's disk, for tiers without mounts of their own.

Stops nothing by itself: it is where Landlock allows to write. `watch` bounds its size.
Its creation claims the user id in its name: two engines on one machine never share one.
"""

import os
import shutil
import subprocess
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from autograder.sandbox import identity, visible
from autograder.sandbox.policy import Policy, SandboxUnavailable

PREFIX = "cnn-sandbox-"
SHARED_MEMORY = Path("/dev/shm")


@dataclass(frozen=True)
class Folder:
    """The files of one sandbox."""

    top: str
    user: int
    """The user that may write below `top`."""
    readable: tuple[str, ...]
    """Paths elsewhere to which links in the working folder lead."""

    @property
    def work(self) -> str:
        return f"{self.top}/work"

    @property
    def temporary(self) -> str:
        return f"{self.top}/tmp"


def create(policy: Policy, own_user: bool) -> Folder:
    """A new folder, with the policy's data in it. Raises OSError and `SandboxUnavailable`."""
    data = visible.data(policy)
    top, user = _claim() if own_user else (tempfile.mkdtemp(prefix=PREFIX), os.getuid())
    try:
        return _fill(top, user, data, own_user)
    except BaseException:
        shutil.rmtree(top, ignore_errors=True)
        raise


def _fill(top: str, user: int, data: tuple[tuple[str, str], ...], own_user: bool) -> Folder:
    os.chmod(top, 0o711)
    links = [_place(source, f"{top}/work", target) for source, target in data]
    for path in (f"{top}/work", f"{top}/tmp"):
        os.makedirs(path, exist_ok=True)
        os.chmod(path, 0o700)
        if own_user:
            os.chown(path, user, user)
    return Folder(top, user, tuple(link for link in links if link))


def remove(folder: Folder, own_user: bool) -> None:
    """Removes it and what its user has left in shared memory, however it is nested or protected."""
    try:
        shutil.rmtree(folder.top)
    except (OSError, RecursionError):
        subprocess.run(["chmod", "-R", "u+rwX", "--", folder.top], check=False, capture_output=True)
        subprocess.run(["rm", "-rf", "--", folder.top], check=False, capture_output=True)
    if own_user and SHARED_MEMORY.is_dir():
        for entry in os.scandir(SHARED_MEMORY):
            with suppress(OSError):
                if entry.stat(follow_symlinks=False).st_uid == folder.user:
                    _remove_entry(entry)


def _remove_entry(entry: os.DirEntry[str]) -> None:
    if entry.is_dir(follow_symlinks=False):
        subprocess.run(["rm", "-rf", "--", entry.path], check=False, capture_output=True)
    else:
        os.unlink(entry.path)


def _claim() -> tuple[str, int]:
    """A new folder named after a user id that nobody else uses."""
    for _ in range(100):
        user = identity.pick_user()
        top = f"{tempfile.gettempdir()}/{PREFIX}{user}"
        with suppress(FileExistsError):
            os.mkdir(top, 0o711)
            return top, user
    raise SandboxUnavailable(
        f"No free user id: remove old folders {tempfile.gettempdir()}/{PREFIX}*."
    )


def _place(source: str, work: str, target: str) -> str:
    """Puts data at `target`; gives the path that must be readable in addition, or ''."""
    if target.startswith("/"):
        if os.path.realpath(target) != source:
            raise SandboxUnavailable(
                f"Without namespaces data cannot be shown at {target}; give it a relative path."
            )
        return source
    place = f"{work}/{target}"
    os.makedirs(os.path.dirname(place), exist_ok=True)
    if visible.open_to_everybody(source):
        os.symlink(source, place)
        return source
    copy_for_everybody(source, place)
    return ""


def copy_for_everybody(source: str, place: str) -> None:
    """Copies a file or folder to `place`, readable for all users."""
    if os.path.isdir(source):
        shutil.copytree(source, place)
    else:
        shutil.copy(source, place)
    subprocess.run(["chmod", "-R", "a+rX", "--", place], check=True)

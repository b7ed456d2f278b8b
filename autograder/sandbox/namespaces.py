"""Namespaces and a file system of its own: the strongest layer, as root or by user namespaces.

Stops: seeing any file but those in `visible`, writing anywhere but in memory that is gone at the
end; seeing, tracing or signalling processes outside, and outliving the sandbox (its init's end ends
all); the network, Unix sockets of others, shared memory, host name and control groups.
Does not stop: use of CPU and memory (limits, cgroups), faults of the kernel.
"""

import os
from collections.abc import Iterable
from contextlib import suppress

from autograder.sandbox import folders, kernel, visible
from autograder.sandbox.policy import Policy, SandboxUnavailable

WORK, TEMPORARY = "/submission", "/tmp"
FILES_LIMIT = 65536
"""Files and folders that a sandbox may have at a time."""
_MOUNT_POINTS = ("/mnt", "/media", "/srv", "/opt", "/run", "/tmp")
_UNTRUSTED = kernel.NO_SETUID | kernel.NO_DEVICES


def unshare_processes(as_root: bool) -> None:
    """Lets the next fork start as init of new process (and user) namespaces. Raises OSError."""
    if as_root:
        kernel.unshare(kernel.NEW_PIDS)
        return
    user, group = os.getuid(), os.getgid()
    kernel.unshare(kernel.NEW_USER | kernel.NEW_PIDS)
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{user} {user} 1"),
        ("gid_map", f"{group} {group} 1"),
    ):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)


def isolate(policy: Policy, user: int) -> None:
    """Moves this init into the other namespaces and a new root owned by nobody. Raises OSError."""
    kernel.unshare(
        kernel.NEW_MOUNTS | kernel.NEW_NETWORK | kernel.NEW_IPC | kernel.NEW_UTS | kernel.NEW_CGROUP
    )
    kernel.mount("", "/", flags=kernel.RECURSIVE | kernel.PRIVATE)
    libraries, data = visible.libraries(policy), visible.data(policy)
    root = _mount_point((*libraries, *(source for source, _ in data)))
    kernel.mount("root", root, "tmpfs", _UNTRUSTED, "size=1m,mode=755")
    _mount_writable(root, policy, user)
    for path in libraries:
        _show(path, root + path)
    _show_data(root, data)
    _mount_devices(root, policy)
    _write_names(root, user)
    os.makedirs(root + "/proc", exist_ok=True)
    kernel.mount("proc", root + "/proc", "proc", _UNTRUSTED | kernel.NO_EXECUTION)
    kernel.mount("", root, flags=kernel.REMOUNT | kernel.BIND | kernel.READ_ONLY | _UNTRUSTED)
    kernel.enter_root(root)


def _mount_point(sources: Iterable[str]) -> str:
    """A folder to build the new root on, that covers none of what will be shown in it."""
    for folder in _MOUNT_POINTS:
        if os.path.isdir(folder) and not any(s.startswith(f"{folder}/") for s in sources):
            return folder
    raise SandboxUnavailable(
        f"No folder to mount the sandbox on: make an empty one, such as {_MOUNT_POINTS[0]}."
    )


def _mount_writable(root: str, policy: Policy, user: int) -> None:
    """The working and temporary folders share one file system and its size."""
    mine = f"mode=700,uid={user},gid={user},nr_inodes={FILES_LIMIT}"
    if user == os.getuid():
        mine = f"mode=700,nr_inodes={FILES_LIMIT}"
    disk = f"{root}/disk"
    os.mkdir(disk)
    kernel.mount("disk", disk, "tmpfs", _UNTRUSTED, f"size={policy.disk_megabytes}m,{mine}")
    for path in (WORK, TEMPORARY):
        os.mkdir(disk + path, 0o700)
        os.chown(disk + path, user, -1)
        os.mkdir(root + path)
        kernel.mount(disk + path, root + path, flags=kernel.BIND)
    kernel.unmount(disk)
    os.rmdir(disk)
    os.makedirs(f"{root}/dev/shm")
    size = f"size={policy.shared_memory_megabytes}m,{mine}"
    kernel.mount("shm", f"{root}/dev/shm", "tmpfs", _UNTRUSTED, size)


def _show(source: str, target: str, is_data: bool = False) -> None:
    """Shows a file or folder read-only at `target`; a link is made again."""
    if os.path.islink(source):
        os.makedirs(os.path.dirname(target), exist_ok=True)
        os.symlink(os.readlink(source), target)
        return
    _make_place(source, target)
    kernel.bind_read_only(source, target, _UNTRUSTED if is_data else kernel.NO_SETUID)


def _show_data(root: str, data: Iterable[tuple[str, str]]) -> None:
    """Shows the policy's data; of what is private to root, a copy in memory."""
    aside = f"{root}/aside"
    os.mkdir(aside)
    kernel.mount("aside", aside, "tmpfs", _UNTRUSTED, "mode=755")
    for number, (source, target) in enumerate(data):
        if not visible.readable_throughout(source):
            folders.copy_for_everybody(source, f"{aside}/{number}")
            source = f"{aside}/{number}"
        _show(source, root + (target if target.startswith("/") else f"{WORK}/{target}"), True)
    kernel.unmount(aside)
    os.rmdir(aside)


def _make_place(source: str, target: str) -> None:
    """An empty file or folder at `target`, to mount `source` on."""
    if os.path.isdir(source):
        os.makedirs(target, exist_ok=True)
        return
    os.makedirs(os.path.dirname(target), exist_ok=True)
    with suppress(FileExistsError):
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644))


def _mount_devices(root: str, policy: Policy) -> None:
    for path in visible.devices(policy):
        _make_place(path, root + path)
        kernel.mount(path, root + path, flags=kernel.BIND | kernel.RECURSIVE)
    for name, target in (("fd", ""), ("stdin", "/0"), ("stdout", "/1"), ("stderr", "/2")):
        os.symlink(f"/proc/self/fd{target}", f"{root}/dev/{name}")


def _write_names(root: str, user: int) -> None:
    """Gives the sandbox's user a name: many libraries ask for it."""
    os.makedirs(f"{root}/etc", exist_ok=True)
    with open(f"{root}/etc/passwd", "w") as file:
        file.write(f"student:x:{user}:{user}::{WORK}:/bin/sh\n")
    with open(f"{root}/etc/group", "w") as file:
        file.write(f"student:x:{user}:\n")

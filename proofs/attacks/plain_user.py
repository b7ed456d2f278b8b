"""Runs Python as a user without any rights: `python plain_user.py ARGUMENTS...`, as for `python`.

Needs root. Where Python stands in a folder that only root may enter (/root), that is replaced,
in a mount namespace of this process's own, by one that shows nothing but Python.
"""

import os
import sys

from autograder.sandbox import kernel, visible

USER = 54321


def show_python() -> None:
    """Make this interpreter readable for everybody, as far as this process and its heirs see."""
    prefix = os.path.realpath(sys.base_prefix)
    if visible.open_to_everybody(prefix):
        return
    private = f"/{prefix.split('/')[1]}"
    kernel.unshare(kernel.NEW_MOUNTS)
    kernel.mount("", "/", flags=kernel.RECURSIVE | kernel.PRIVATE)
    kernel.mount("aside", "/mnt", "tmpfs", options="mode=755")
    os.mkdir("/mnt/python")
    kernel.mount(prefix, "/mnt/python", flags=kernel.BIND)
    kernel.mount("open", private, "tmpfs", options="mode=755")
    os.makedirs(prefix)
    kernel.mount("/mnt/python", prefix, flags=kernel.BIND)
    kernel.unmount("/mnt")


if __name__ == "__main__":
    show_python()
    os.setgroups([])
    os.setresgid(USER, USER, USER)
    os.setresuid(USER, USER, USER)
    os.environ["HOME"] = "/nonexistent"
    os.execv(sys.executable, [sys.executable, *sys.argv[1:]])

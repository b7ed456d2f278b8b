"""Runs Gradescope's harness on this machine: `python gradescope_run.py FOLDER MEGABYTES`

FOLDER holds source/ (the zip, unpacked), submission/, results/ and submission_metadata.json. They
stand in /autograder of a file system of its own, with the system's libraries and, in place of what
setup.sh installs, this environment. The process has the rights of a container's root: no
namespaces, no control groups. MEGABYTES bounds its memory where groups can be made; 0: no bound.
"""

import os
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

from autograder.sandbox import kernel
from tests.attacks.container_root import GIVEN

SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib64", "/etc", "/dev", "/proc", sys.base_prefix)
GROUPS = Path("/sys/fs/cgroup/memory")


def bind(source: str, root: str, target: str) -> None:
    """Shows `source` at `target` below `root`."""
    place = root + target
    if os.path.isdir(source):
        os.makedirs(place, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(place), exist_ok=True)
        Path(place).touch()
    kernel.mount(source, place, flags=kernel.BIND | kernel.RECURSIVE)


def joined_group(megabytes: int) -> Path | None:
    """A control group with that much memory, with this process in it; None where there is none."""
    group = GROUPS / f"gradescope-{os.getpid()}"
    try:
        group.mkdir()
        (group / "memory.limit_in_bytes").write_text(str(megabytes << 20))
        (group / "cgroup.procs").write_text("0")
    except OSError:
        with suppress(OSError):
            group.rmdir()
        return None
    return group


def enter(folder: Path, root: str, group: Path | None) -> None:
    """Makes the container's file system and moves into it."""
    kernel.unshare(kernel.NEW_MOUNTS)
    kernel.mount("", "/", flags=kernel.RECURSIVE | kernel.PRIVATE)
    kernel.mount("none", root, "tmpfs")
    os.chmod(root, 0o755)
    for path in SYSTEM:
        if os.path.exists(path):
            bind(path, root, path)
    bind(str(folder), root, "/autograder")
    bind(sys.prefix, root, "/autograder/venv")
    os.makedirs(f"{root}/tmp")
    os.chmod(f"{root}/tmp", 0o1777)
    os.makedirs(f"{root}/sys/fs/cgroup")
    if group:
        os.makedirs(f"{root}/sys/fs/cgroup/memory")
        kernel.bind_read_only(str(group), f"{root}/sys/fs/cgroup/memory")
    os.chroot(root)
    os.chdir("/autograder")


if __name__ == "__main__":
    folder, megabytes = Path(sys.argv[1]).resolve(), int(sys.argv[2])
    group = joined_group(megabytes) if megabytes else None
    if megabytes and not group:
        sys.exit("no control group can be made here")
    pid = os.fork()
    if pid == 0:
        enter(folder, tempfile.mkdtemp(), group)
        for capability in set(range(41)) - GIVEN:
            kernel.control(kernel.DROP_BOUNDING, capability)
        os.execv("/bin/bash", ["bash", "/autograder/source/run_autograder"])
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if group:
        print("peak megabytes", int((group / "memory.max_usage_in_bytes").read_text()) >> 20)
        (GROUPS / "cgroup.procs").write_text("0")
        group.rmdir()
    sys.exit(status)

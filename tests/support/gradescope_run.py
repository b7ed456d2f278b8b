"""Runs Gradescope's harness on this machine: `python gradescope_run.py FOLDER MEGABYTES CPUS`

FOLDER holds source/ (the zip, unpacked), submission/, results/ and submission_metadata.json. They
stand in /autograder of a file system of its own, with the system's libraries and, in place of what
setup.sh installs, this environment. The process has the rights of a container's root: no
namespaces, no control groups. MEGABYTES bounds its memory and CPUS its processors where groups can
be made; 0: no bound.
"""

import os
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

from autograder.sandbox import kernel
from tests.attacks.container_root import GIVEN

SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib64", "/etc", "/dev", "/proc", sys.base_prefix)
GROUPS = Path("/sys/fs/cgroup")
PERIOD_MICROSECONDS = 100_000


def bind(source: str, root: str, target: str) -> None:
    """Shows `source` at `target` below `root`."""
    place = root + target
    if os.path.isdir(source):
        os.makedirs(place, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(place), exist_ok=True)
        Path(place).touch()
    kernel.mount(source, place, flags=kernel.BIND | kernel.RECURSIVE)


def joined_groups(bounds: dict[str, dict[str, int]]) -> list[Path]:
    """Control groups with this process in them, one for each controller that sets bounds.

    Raises OSError where there are none (of version 1), and has left nothing then.
    """
    groups: list[Path] = []
    try:
        for controller, settings in bounds.items():
            groups.append(GROUPS / controller / f"gradescope-{os.getpid()}")
            groups[-1].mkdir()
            for name, value in settings.items():
                (groups[-1] / name).write_text(str(value))
            (groups[-1] / "cgroup.procs").write_text("0")
    except OSError:
        leave(groups)
        raise
    return groups


def leave(groups: list[Path]) -> None:
    """Moves this process out of the groups and removes them."""
    for group in groups:
        with suppress(OSError):
            (group.parent / "cgroup.procs").write_text("0")
            group.rmdir()


def wanted(megabytes: int, cpus: float) -> dict[str, dict[str, int]]:
    """What each controller is to be told."""
    bounds: dict[str, dict[str, int]] = {}
    if megabytes:
        bounds["memory"] = {"memory.limit_in_bytes": megabytes << 20}
    if cpus:
        bounds["cpu"] = {
            "cpu.cfs_period_us": PERIOD_MICROSECONDS,
            "cpu.cfs_quota_us": round(cpus * PERIOD_MICROSECONDS),
        }
    return bounds


def told(groups: list[Path]) -> None:
    """Prints what the groups have counted."""
    for group in groups:
        if group.parent.name == "memory":
            print("peak megabytes", int((group / "memory.max_usage_in_bytes").read_text()) >> 20)
        else:
            print((group / "cpu.stat").read_text())


def enter(folder: Path, root: str, groups: list[Path]) -> None:
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
    for group in groups:
        os.makedirs(f"{root}/sys/fs/cgroup/{group.parent.name}")
        kernel.bind_read_only(str(group), f"{root}/sys/fs/cgroup/{group.parent.name}")
    os.chroot(root)
    os.chdir("/autograder")


if __name__ == "__main__":
    folder = Path(sys.argv[1]).resolve()
    try:
        groups = joined_groups(wanted(int(sys.argv[2]), float(sys.argv[3])))
    except OSError as error:
        sys.exit(f"no control group can be made here: {error}")
    pid = os.fork()
    if pid == 0:
        enter(folder, tempfile.mkdtemp(), groups)
        for capability in set(range(41)) - GIVEN:
            kernel.control(kernel.DROP_BOUNDING, capability)
        os.execv("/bin/bash", ["bash", "/autograder/source/run_autograder"])
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    told(groups)
    leave(groups)
    sys.exit(status)

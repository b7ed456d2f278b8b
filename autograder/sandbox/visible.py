"""What of this machine a sandbox can see: interpreter, libraries, devices, the policy's data.

Stops nothing by itself: namespaces show exactly these paths, Landlock allows exactly these.
"""

import glob
import os
import site
import sys
from pathlib import Path

from autograder.sandbox.policy import Policy, SandboxUnavailable

SYSTEM = (
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/lib32",
    "/lib64",
    "/etc/alternatives",
    "/etc/ld.so.cache",
    "/etc/fonts",
    "/etc/localtime",
    "/etc/mime.types",
    "/sys/devices/system/cpu",
    "/sys/devices/system/node",
)
DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")
CUDA_DEVICES = ("/dev/nvidia*",)
CUDA_SYSTEM = ("/sys/module/nvidia*", "/sys/bus/pci", "/sys/devices/pci*", "/etc/nvidia*")
CUDA_PROCESS_FILES = ("/proc/devices", "/proc/driver/nvidia", "/proc/modules", "/proc/version")
PROCESS_FILES = ("/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/proc/sys/vm")


def libraries(policy: Policy) -> tuple[str, ...]:
    """Read-only paths: system libraries and programs, this interpreter and its packages."""
    packages = [*site.getsitepackages(), sys.prefix, sys.exec_prefix, sys.base_prefix]
    # A link (uv makes such) is shown as one, and so is the folder behind it.
    real = (os.path.realpath(path) for path in packages)
    found = [*SYSTEM, *(os.path.abspath(path) for path in packages), *real]
    if policy.device == "cuda":
        found += [path for pattern in CUDA_SYSTEM for path in sorted(glob.glob(pattern))]
    return tuple(path for path in _outermost(found) if os.path.lexists(path))


def devices(policy: Policy) -> tuple[str, ...]:
    """Devices to read and write. Folders among them hold nothing but devices."""
    if policy.device == "cpu":
        return DEVICES
    return DEVICES + tuple(p for pattern in CUDA_DEVICES for p in sorted(glob.glob(pattern)))


def process_files(policy: Policy) -> tuple[str, ...]:
    """What may be read of a /proc that shows all processes of the machine."""
    return PROCESS_FILES + (CUDA_PROCESS_FILES if policy.device == "cuda" else ())


def data(policy: Policy) -> tuple[tuple[str, str], ...]:
    """The policy's data with absolute sources. Raises `SandboxUnavailable` if one is missing."""
    pairs = tuple((os.path.realpath(source), target) for source, target in policy.data)
    for source, target in pairs:
        if not os.path.exists(source):
            raise SandboxUnavailable(f"The data for '{target}' is missing: there is no {source}.")
        if ".." in target.split("/"):
            raise SandboxUnavailable(f"The data's place '{target}' must not contain '..'.")
    return pairs


def search_path(libraries_seen: tuple[str, ...]) -> list[str]:
    """`sys.path` for student code: installed modules, then the working folder."""
    kept = [
        path
        for path in sys.path
        if path and any(_contains(library, os.path.abspath(path)) for library in libraries_seen)
    ]
    return [*kept, ""]


def open_to_everybody(path: str, parents_matter: bool = True) -> bool:
    """True when any user can read `path`, and reach it if the folders above it matter."""
    folders = [str(parent) for parent in Path(path).parents] if parents_matter else []
    wanted = 0o5 if os.path.isdir(path) else 0o4
    readable = os.stat(path).st_mode & wanted == wanted
    return readable and all(os.stat(folder).st_mode & 0o1 for folder in folders)


def readable_throughout(path: str) -> bool:
    """True when any user who sees `path` can read it and all below it."""
    below = (os.path.join(top, n) for top, ds, fs in os.walk(path) for n in (*ds, *fs))
    return all(open_to_everybody(one, False) for one in (path, *below))


def _outermost(paths: list[str]) -> list[str]:
    """`paths` without doubles and without what lies below another of them."""
    unique = list(dict.fromkeys(paths))
    return [p for p in unique if not any(_contains(q, p) for q in unique if q != p)]


def _contains(folder: str, path: str) -> bool:
    return path == folder or path.startswith(folder.rstrip("/") + "/")

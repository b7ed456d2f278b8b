"""What CLUSTER names: where the workers are, and whether the way there is private."""

import ipaddress
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from autograder.errors import KitError

SYSTEMS = ("SLURM", "PBS", "LSF", "SGE", "OAR", "Moab", "HTCondor")
"""The batch systems of dask-jobqueue, by its names."""
TLS_FILES = ("ca.pem", "cert.pem", "key.pem")
HOW = "CLUSTER is tcp://host:8786, tls://host:8786, local:4 (workers here) or a file, slurm.toml"


class ClusterError(KitError):
    """The cluster cannot be used; the message says why and what to do."""


@dataclass(frozen=True)
class Place:
    """Where submissions are graded."""

    kind: Literal["scheduler", "here", "jobs"]
    address: str = ""
    """Of a scheduler that runs."""
    workers: int = 0
    """How many are started."""
    system: str = ""
    """The batch system, by dask-jobqueue's name."""
    settings: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """What dask-jobqueue is told of the jobs."""
    shared: Path | None = None
    """A folder that all workers see: tests and data are laid there instead of being sent."""
    tls: Path | None = None
    """The folder of `TLS_FILES`."""


def read_place(text: str, tls: Path | None = None, insecure: bool = False) -> Place:
    """Return what CLUSTER names. Raises `ClusterError`."""
    if tls and (missing := [name for name in TLS_FILES if not (tls / name).is_file()]):
        raise ClusterError(f"TLS={tls}: there is no {missing[0]} in it; it must hold all of {HELD}")
    if text.startswith("local:"):
        return Place("here", workers=_count(text.removeprefix("local:"), text))
    if "://" in text:
        place = Place("scheduler", _address(text, tls), tls=tls)
        private = tls is not None or _on_this_machine(text)
    else:
        place = _jobs(Path(text), tls)
        private = tls is not None
    if not private and not insecure:
        raise ClusterError(
            f"CLUSTER={text}: without TLS everybody on the network reads hidden tests and marks, "
            f"and can send what the workers run. Set TLS to a folder with {HELD}, or INSECURE=1 "
            "where the network is yours alone"
        )
    return place


HELD = ", ".join(TLS_FILES[:-1]) + f" and {TLS_FILES[-1]}"


def _count(text: str, whole: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 1000:
        raise ClusterError(f"CLUSTER={whole}: say how many workers, 1 to 1000, as in local:4")
    return int(text)


def _address(text: str, tls: Path | None) -> str:
    parts = urlsplit(text)
    try:
        complete = parts.scheme in ("tcp", "tls") and parts.hostname and parts.port
    except ValueError:  # a port that is none
        complete = False
    if not complete:
        raise ClusterError(f"CLUSTER={text}: there is no scheduler at such an address. {HOW}")
    if (parts.scheme == "tls") != (tls is not None):
        other = "tcp" if parts.scheme == "tls" else "tls"
        raise ClusterError(
            f"CLUSTER={text}: TLS {'is' if tls else 'is not'} set; an address with it begins with "
            f"tls://, one without with tcp://. Write {other}://… or "
            + ("leave TLS out" if tls else f"set TLS to a folder with {HELD}")
        )
    return text


def _on_this_machine(address: str) -> bool:
    host = urlsplit(address).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _jobs(path: Path, tls: Path | None) -> Place:
    """Return what the file describes. Raises `ClusterError`."""
    try:
        settings = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ClusterError(
            f"CLUSTER={path}: it cannot be read ({error.strerror}). {HOW}"
        ) from error
    except ValueError as error:
        raise ClusterError(f"CLUSTER={path}: it is no TOML: {error}") from error
    system, jobs = settings.pop("system", None), settings.pop("jobs", None)
    shared = settings.pop("shared", None)
    if system not in SYSTEMS:
        raise ClusterError(f"{path}: system = {system!r}; it must be one of {', '.join(SYSTEMS)}")
    if type(jobs) is not int or jobs < 1:
        raise ClusterError(f"{path}: jobs = {jobs!r}; say how many workers are to be started")
    if shared is not None and not (isinstance(shared, str) and Path(shared).is_dir()):
        raise ClusterError(f"{path}: shared = {shared!r}; there is no such folder here")
    return Place(
        "jobs",
        workers=jobs,
        system=str(system),
        settings=settings,
        shared=Path(shared) if shared else None,
        tls=tls,
    )

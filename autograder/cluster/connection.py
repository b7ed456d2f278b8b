"""Opens the way to the workers: Dask's client, and its own clusters where none runs."""

import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import dask
from distributed import Client, LocalCluster, Security

from autograder.cluster.place import TLS_FILES, ClusterError, Place
from autograder.paths import PROJECT

CONNECT_SECONDS = 20
KEEP_SECONDS = 5.0
"""How often workers that have left for good are replaced."""
DEATHS = 2
"""After so many deaths of a worker under a submission one more sets it aside."""
SETTINGS = {
    "distributed.scheduler.allowed-failures": DEATHS,
    "distributed.worker.profile.enabled": False,  # it looks at all threads 100 times a second
    "distributed.admin.tick.interval": "500ms",  # not 50 times a second in each process
    # Or a worker gives memory back, and asks for it again, many times in each check.
    "distributed.nanny.pre-spawn-environ.MALLOC_TRIM_THRESHOLD_": None,
}


def security(place: Place) -> Security | None:
    """Return how Dask is to keep others out."""
    if place.tls is None:
        return None
    authority, certificate, key = (str(place.tls / name) for name in TLS_FILES)
    return Security(
        tls_ca_file=authority,
        require_encryption=True,
        **{
            f"tls_{role}_{what}": file
            for role in ("client", "scheduler", "worker")
            for what, file in (("cert", certificate), ("key", key))
        },
    )


@contextmanager
def addressed(place: Place) -> Generator[str]:
    """Give the address of the scheduler, which ends with its workers if it was started here.

    Workers of such a cluster that leave come back, and where they don't, others take their place.
    """
    if place.kind == "scheduler":
        yield place.address
        return
    with dask.config.set(SETTINGS):  # pyright: ignore[reportPrivateImportUsage]
        cluster = _workers_here(place) if place.kind == "here" else _jobs(place)
    over = threading.Event()
    keeper = threading.Thread(target=_keep, args=(cluster, place, over), daemon=True)
    keeper.start()
    try:
        yield cluster.scheduler_address
    finally:
        over.set()
        keeper.join()
        cluster.close(timeout=10)


def _keep(cluster: Any, place: Place, over: threading.Event) -> None:
    """Have as many workers as `place` says, until it is over.

    Dask forgets a worker that ends while it starts, and a job that its batch system ends.
    """
    while not over.wait(KEEP_SECONDS):
        _scale(cluster, place)


def _scale(cluster: Any, place: Place) -> None:
    cluster.scale(**{"n" if place.kind == "here" else "jobs": place.workers})


def connect(place: Place, address: str, seconds: float = CONNECT_SECONDS) -> Client:
    """Return a client of the scheduler. Raises `ClusterError`."""
    try:
        return Client(address, security=security(place), timeout=seconds, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        reason = str(error).strip().splitlines()[-1:] or [type(error).__name__]
        raise ClusterError(
            f"the scheduler at {address} cannot be reached ({reason[0][:200]}). Is it running, and "
            "is it of the same version of Dask, with the same TLS?"
        ) from error


def _workers_here(place: Place) -> Any:
    return LocalCluster(
        n_workers=place.workers,
        threads_per_worker=1,
        host="127.0.0.1",
        dashboard_address="127.0.0.1:0",
        security=security(place),
        memory_limit=0,  # what a submission may take is watched by the sandbox
    )


def _jobs(place: Place) -> Any:
    """Start the jobs of a batch system. Raises `ClusterError`."""
    import dask_jobqueue

    kind = getattr(dask_jobqueue, f"{place.system}Cluster")
    settings = dict(place.settings)
    prologue = [f"cd '{PROJECT}'", *settings.pop("job_script_prologue", ())]
    try:
        cluster = kind(
            python=settings.pop("python", sys.executable),
            job_script_prologue=prologue,
            security=security(place),
            **settings,
        )
        _scale(cluster, place)
    except (TypeError, ValueError, OSError, RuntimeError) as error:
        raise ClusterError(f"{place.system}: no jobs can be started: {error}") from error
    return cluster

"""What the workers say of themselves: who they are, what keeps them from grading, their slots."""

from collections.abc import Sequence
from typing import Any

from autograder.classroom.isolation import TooWeak
from autograder.cluster.place import ClusterError
from autograder.cluster.worker import facts
from autograder.records import Isolation
from autograder.store.kept import read_isolation

Known = Sequence[tuple[str, dict[str, Any]]]
"""The facts of each worker, by address."""


def facts_of(client: Any, name: str) -> Known:
    """Return what the workers say of themselves that have the plugin `name`."""
    try:
        told: dict[str, Any] = client.run(facts, name, on_error="ignore")
    except (OSError, TimeoutError, ValueError, RuntimeError):
        return []
    return [(address, each) for address, each in sorted(told.items()) if each]


def slots_of(client: Any, name: str) -> int:
    """Return how many submissions the workers take at once."""
    workers: list[dict[str, Any]] = list(client.scheduler_info(n_workers=-1)["workers"].values())
    return int(sum(each.get("resources", {}).get(name, 0) for each in workers))


def held_keys(client: Any) -> set[str] | None:
    """Return the tasks that workers have; None where the scheduler has just gone."""
    try:
        return {key for keys in client.processing().values() for key in keys}
    except (OSError, TimeoutError):
        return None


def refuse(known: Known) -> None:
    """Raise what keeps all workers from grading."""
    for address, each in known:
        if each["problem"]:
            raise ClusterError(f"nothing was graded: the worker {address}: {each['problem']}")
    address, each = known[0]
    raise TooWeak(
        f"nothing was graded: on all {len(known)} workers, such as {address}, {each['weak']}; "
        "start them as root on Linux or in a container, or add --practice for marks that do "
        "not count"
    )


def isolations(known: Known) -> list[Isolation]:
    """Return the isolation of the workers that may grade."""
    found = [
        read_isolation(each["isolation"])
        for _, each in known
        if not each["problem"] and not each["weak"]
    ]
    return [each for each in found if each]

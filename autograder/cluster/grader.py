"""This side of a cluster: a task for each submission, and what comes back of it.

At most as many tasks are under way as the workers have slots: a worker that dies takes with it, and
casts a doubt on, nothing but what it was running.
"""

import logging
import queue
import secrets
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from distributed import Client, KilledWorker

from autograder.classroom.run import Setup, Where
from autograder.classroom.slots import Graded, Grader, Watcher
from autograder.cluster.bundle import make_bundle
from autograder.cluster.connection import addressed, connect
from autograder.cluster.message import pack_submission, unpack_grade
from autograder.cluster.place import ClusterError, Place
from autograder.cluster.worker import DASK, Grading, Order, grade
from autograder.cluster.workers import facts_of, held_keys, isolations, refuse, slots_of
from autograder.records import Ending, Grade, Submission
from autograder.reports.terminal import show_isolation

_log = logging.getLogger(__name__)

WORKERS_SECONDS = 300
"""How long to wait for the first worker, and where all have gone: jobs stand in a queue."""
GONE_SECONDS = 120
"""How long to wait for a scheduler that has gone."""
LOOK_SECONDS = 2.0
TRIES = 3
"""How often a task is sent that ends in an error of the cluster's."""


def on_cluster(place: Place, plugin: Callable[[Order], Grading] = Grading) -> Where:
    """Grade on the workers of `place`, each of which holds what `plugin` gives."""

    @contextmanager
    def workers(setup: Setup) -> Generator[Grader]:
        with addressed(place) as address:
            grader = Cluster(place, address, setup, plugin)
            try:
                grader.open()
                yield grader
            finally:
                grader.close()

    return workers


class Cluster:
    """Workers that hold engines for one run."""

    def __init__(
        self,
        place: Place,
        address: str,
        setup: Setup,
        plugin: Callable[[Order], Grading] = Grading,
    ) -> None:
        self._place, self._address, self._plugin = place, address, plugin
        self._course = setup.course
        bundle = make_bundle(setup.built, place.shared)
        # Another run of the same engine, after a stop for instance, takes this one's place.
        name = f"cnn-{bundle.digest[:12]}-{setup.basis.key[:12]}"
        self._order = Order(
            name, bundle, setup.basis, DASK, setup.device, setup.seed, setup.required
        )
        self._client: Client | None = None
        self._told: set[str] = set()
        self._failed = Counter[str]()
        self._without, self._cancelled = set[Any](), set[Any]()

    def __str__(self) -> str:
        return f"on {self._address}"

    def open(self) -> None:
        """Connect, and wait for a worker that may grade. Raises `ClusterError` and `TooWeak`."""
        self._client = connect(self._place, self._address)
        print(f"Dask's dashboard: {self._client.dashboard_link}")
        self._prepare()
        known = facts_of(self._connected, self._order.name)
        if any(each["problem"] for _, each in known):
            refuse(known)
        if found := isolations(known):  # none where the worker that came has died since
            show_isolation(max(found, key=lambda each: (each.shortfall != "", each.tier)))

    def close(self) -> None:
        """Take the engines from the workers."""
        if self._client is not None:
            with suppress(Exception):  # a scheduler that is gone keeps nothing
                self._client.unregister_worker_plugin(self._order.name)
            with suppress(Exception):
                self._client.close(timeout=5)
            self._client = None

    def each(
        self, submissions: Sequence[Submission], watcher: Watcher
    ) -> Generator[tuple[Submission, Graded]]:
        """Yield each submission with its grade, as they end."""
        waiting, running = list(reversed(submissions)), dict[Any, Submission]()
        ended: queue.SimpleQueue[Any] = queue.SimpleQueue()
        shown, done, look, slots, begun = "", 0, 0.0, 0, set[str]()
        began = seen = time.monotonic()
        self._failed.clear()  # of another class: its students may have the same names

        def fill() -> None:
            while waiting and len(running) < slots:
                submission = waiting.pop()
                if submission.student not in begun:
                    begun.add(submission.student)
                    watcher.started(submission.student)
                running[self._submitted(submission, ended)] = submission

        while waiting or running:
            if self._lost(running):
                waiting += reversed(running.values())
                running.clear()
                self._come_back()
            if time.monotonic() > look:
                look, slots = time.monotonic() + LOOK_SECONDS, self._slots()
                seen = self._still_there(slots, seen)
                if (now := self._described(done, time.monotonic() - began)) != shown:
                    watcher.described(shown := now)
                for future in self._stranded(running) if slots else ():
                    self._connected.cancel([future])  # ends it, as one without a grade
            fill()
            try:
                future = ended.get(timeout=LOOK_SECONDS)
            except queue.Empty:
                continue
            if (submission := running.pop(future, None)) is None:
                continue  # of a scheduler that has gone
            if (result := self._result(future, submission)) is None:
                waiting.append(submission)
                continue
            done += 1
            if not self._lost(running):
                fill()  # what is yielded takes its time to be kept: no slot waits for that
            # Released together with what was just sent: Dask's client sends once in 10 ms, and
            # the next submission would wait behind this message.
            del future
            yield submission, result

    def _still_there(self, slots: int, seen: float) -> float:
        """Return when a worker was there last. Raises `ClusterError` where that is long ago."""
        if slots or time.monotonic() - seen < WORKERS_SECONDS:
            return time.monotonic() if slots else seen
        raise ClusterError(
            f"all workers of {self._address} have gone, none has come for {WORKERS_SECONDS} s. "
            "What is graded is kept: start workers and run the command again to go on"
        )

    def _stranded(self, running: Iterable[Any]) -> list[Any]:
        """Return the tasks that no worker has: the one that had it died, and was the last.

        Dask gives them to a worker that has the resource when it comes, not to one that offers it
        once its engine stands. Found at two looks, or a task on its way would be taken for one.
        """
        if (held := held_keys(self._connected)) is None:
            return []
        without = {each for each in running if each.status == "pending" and each.key not in held}
        found = without & self._without
        self._without = without - found
        self._cancelled |= found
        return list(found)

    def _submitted(self, submission: Submission, ended: "queue.SimpleQueue[Any]") -> Any:
        future = self._connected.submit(
            grade,
            pack_submission(submission),
            self._order.name,
            key=f"grade-{secrets.token_hex(8)}",
            resources={self._order.name: 1},
            pure=False,
        )
        future.add_done_callback(ended.put)
        return future

    def _result(self, future: Any, submission: Submission) -> Graded | None:
        """Return what a task has given; None where it is to be sent again."""
        student, error = submission.student, None
        try:
            if future.status == "finished":
                return unpack_grade(self._fetched(future))
            if future not in self._cancelled:
                error = future.exception()
        except Exception as problem:  # the way to it broke
            error = problem
        self._cancelled.discard(future)
        self._failed[student] += 1
        _log.warning("%s comes back without a grade: %s", student, error or "its worker died")
        if isinstance(error, KilledWorker) or (error is None and self._failed[student] >= TRIES):
            return self._set_aside(submission, "it took several workers down, one after the other")
        if self._failed[student] >= TRIES:
            return self._set_aside(submission, f"the cluster gave no grade {TRIES} times: {error}")
        return None

    def _fetched(self, future: Any) -> bytes:
        """Return what the worker of a task holds. Raises TimeoutError where it has died with it.

        Dask would wait then until the task is done again, which `_stranded` does not look at.
        """
        while True:
            try:
                return future.result(timeout=LOOK_SECONDS)
            except TimeoutError:
                if future.status != "finished" or self._connected.status != "running":
                    self._connected.cancel([future])
                    raise

    def _set_aside(self, submission: Submission, reason: str) -> Graded:
        """Leave the marks open: a person has to look."""
        return Graded(
            Grade(
                submission.student,
                submission.source.name,
                Ending.GRADER_ERROR,
                f"{reason}; a person must look",
                0.0,
                self._course.totals.core,
                (),
                needs_review=True,
                fault=reason,
            ),
            None,
        )

    def _prepare(self) -> None:
        """Give every worker its engine, and wait until one may grade."""
        try:
            self._connected.register_plugin(self._plugin(self._order))
        except Exception as error:  # whatever a worker raises that knows nothing of the kit
            raise ClusterError(
                f"a worker cannot take the engine in ({type(error).__name__}: {error}). Start the "
                "workers in the kit's folder, with its environment"
            ) from error
        end = time.monotonic() + WORKERS_SECONDS
        while not self._slots():
            known = facts_of(self._connected, self._order.name)
            if known and all(each["problem"] or each["weak"] for _, each in known):
                refuse(known)
            if time.monotonic() > end:
                raise ClusterError(
                    f"no worker has come to {self._address} for {WORKERS_SECONDS} s; look at the "
                    "jobs' own output, or start workers: python -m distributed.cli.dask_worker …"
                )
            time.sleep(0.2)

    def _lost(self, running: Iterable[Any]) -> bool:
        """Whether the scheduler has gone, or was started anew and knows nothing of us."""
        client = self._connected
        return client.status != "running" or any(
            each.status in ("cancelled", "lost") for each in running if each not in self._cancelled
        )

    def _come_back(self) -> None:
        """Connect anew. Raises `ClusterError` where nobody answers for long."""
        _log.warning("the scheduler at %s has gone", self._address)
        with suppress(Exception):
            self._connected.close(timeout=1)
        end = time.monotonic() + GONE_SECONDS
        while True:
            try:
                self._client = connect(self._place, self._address, min(10, GONE_SECONDS))
                self._prepare()
                return
            except ClusterError as problem:
                if time.monotonic() > end:
                    raise ClusterError(
                        f"{problem} What is graded is kept: run the command again to go on"
                    ) from problem
                time.sleep(1)

    def _described(self, done: int, seconds: float) -> str:
        """Say who works: how many workers, at which tiers, how fast."""
        known = facts_of(self._connected, self._order.name)
        for address, each in known:
            if (reason := each["problem"] or each["weak"]) and address not in self._told:
                self._told.add(address)
                print(f"The worker {address} takes no work: {reason}.")
        tiers = Counter(each.tier for each in isolations(known))
        count = sum(tiers.values())
        held = ", ".join(f"{number} at tier {tier}" for tier, number in sorted(tiers.items()))
        text = f"Grading on {count} worker{'s' * (count != 1)}{f' ({held})' if held else ''}"
        return f"{text}, {60 * done / seconds:.0f} a minute" if done and count else text

    def _slots(self) -> int:
        return slots_of(self._connected, self._order.name)

    @property
    def _connected(self) -> Any:
        """The client, whose own annotations say little."""
        assert self._client is not None
        return self._client

"""On a worker: one engine, opened once, and the tasks that ask it for a grade.

Dask sends the plugin to every worker, also to those that come later. A worker offers the resource
that tasks ask for once its engine stands, is of the same making as the client's, and is isolated
well enough: until then it gets none.
"""

import asyncio
import gc
import importlib.metadata
import logging
import shutil
import tempfile
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from distributed import Worker, WorkerPlugin, get_worker

from autograder.classroom.isolation import Requirement, demand, with_isolation
from autograder.classroom.slots import graded
from autograder.cluster.bundle import Bundle, unpack
from autograder.cluster.message import pack_grade, unpack_submission
from autograder.course.assignment import read_assignment
from autograder.course.build.products import built_in
from autograder.errors import KitError
from autograder.gradescope.package import PLACE
from autograder.judge.start import open_engine
from autograder.store.basis import Basis, present_basis, what_changed
from autograder.store.kept import plain

_log = logging.getLogger(__name__)

_one_at_a_time = asyncio.Lock()
"""A worker that joins while the plugin is sent gets it twice: the second time it is taken anew."""
DASK = importlib.metadata.version("distributed")


@dataclass(frozen=True)
class Order:
    """What is to be graded with: the same for every worker of a run."""

    name: str
    """Of the plugin, and of the resource that tasks ask for."""
    bundle: Bundle
    basis: Basis
    dask: str
    device: Literal["cpu", "cuda"]
    seed: int
    required: Requirement


class Grading(WorkerPlugin):
    """Holds a worker's engine."""

    def __init__(self, order: Order) -> None:
        self.order, self.name = order, order.name
        self.problem, self.weak = "", ""
        self.isolation: dict[str, Any] | None = None

    async def setup(self, worker: Worker) -> None:
        """Open the engine; a worker on which that fails says so and takes no work."""
        self._stack = ExitStack()
        async with _one_at_a_time:
            # Python 3.11 lets two threads parse at once break each other where a collection, which
            # runs code of others, comes between; Dask parses signatures in the thread of its own.
            gc.disable()
            try:
                await asyncio.to_thread(self._open)
            except KitError as problem:
                self.problem = str(problem)
            except Exception as error:
                _log.exception("no engine")
                self.problem = f"{type(error).__name__}: {error}"
            finally:
                gc.enable()
            if not (self.problem or self.weak):
                await worker.set_resources(**{self.name: worker.state.nthreads})

    async def teardown(self, worker: Worker) -> None:
        """Close the engine, and remove the tests."""
        async with _one_at_a_time:
            with suppress(OSError):  # the scheduler may be gone
                await worker.set_resources(**{self.name: 0})
            await asyncio.to_thread(self._stack.close)

    def facts(self) -> dict[str, Any]:
        """Return what the client wants to know of this worker."""
        return {"problem": self.problem, "weak": self.weak, "isolation": self.isolation}

    def grade(self, message: bytes) -> bytes:
        """Grade the submission in `message`."""
        with tempfile.TemporaryDirectory(prefix="cnn-submission-", dir=self._folder) as place:
            submission = unpack_submission(message, Path(place))
            return pack_grade(graded(self._engine, submission))

    def _open(self) -> None:
        order = self.order
        if order.dask != DASK:
            raise KitError(f"it runs Dask {DASK}, this side {order.dask}: install the same one")
        self._folder = Path(tempfile.mkdtemp(prefix="cnn-cluster-"))
        self._stack.callback(shutil.rmtree, self._folder, ignore_errors=True)
        unpack(order.bundle, self._folder)
        assignment = read_assignment(self._folder / PLACE)
        built = built_in(assignment, self._folder / "build" / PLACE)
        course = assignment.course
        if changed := what_changed(
            present_basis(course, built, order.seed, order.device), order.basis
        ):
            raise KitError(f"other {changed} than here: install the same kit and packages there")
        engine = self._stack.enter_context(open_engine(course, built, order.device, order.seed))
        self._engine = with_isolation(engine, built, order.required.tier)
        isolation = self._engine.isolation
        assert isolation
        self.isolation = plain(isolation)
        try:
            demand(isolation, order.required)
        except KitError:
            self.weak = isolation.shortfall
            self._stack.close()


def grade(message: bytes, name: str) -> bytes:
    """Grade a submission on the worker that runs this task."""
    plugin = get_worker().plugins[name]
    assert isinstance(plugin, Grading)
    return plugin.grade(message)


def facts(name: str, dask_worker: Worker) -> dict[str, Any] | None:
    """Return what a worker says of itself; None while it isn't there yet."""
    plugin = dask_worker.plugins.get(name)
    return plugin.facts() if isinstance(plugin, Grading) else None

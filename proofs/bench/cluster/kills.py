"""Kill workers at random moments, and see whether each gradebook is that of one machine."""

import os
import random
import shutil
import signal
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.classroom.run import Setup, here
from autograder.cluster.connection import addressed, connect
from autograder.cluster.grader import on_cluster
from autograder.cluster.place import Place, read_place
from autograder.course.assignment import read_assignment
from autograder.course.build.products import ensure_built
from autograder.errors import KitError
from autograder.new.write import write_assignment
from proofs.bench.cluster.speed import grade
from proofs.harness import practice_setup, tell, write_class

WORKERS = 2
STUDENTS = 24
CLASS = "submissions"
"""Where a new assignment has its hand-ins."""
TOO_EARLY = 20
"""So many classes in a row that end before their worker is killed: something is wrong."""


@dataclass(frozen=True)
class Kill:
    """A worker that was killed while a class was graded."""

    seconds: float
    """After how long."""
    working: bool
    """Whether it had a submission."""
    taken: float
    """Seconds that the class took."""
    equal: bool
    """Whether its gradebook is that of one machine, byte for byte."""


@dataclass(frozen=True)
class Kills:
    """Everything that killing has shown."""

    undisturbed: float
    """Seconds that the class takes if no worker is killed."""
    kills: tuple[Kill, ...]

    @property
    def equal(self) -> int:
        """Return how many classes are as on one machine."""
        return sum(each.equal for each in self.kills)


def run_kills(count: int, folder: Path, seed: int | None = None) -> Kills:
    """Grade a little class again and again, until in `count` of them a worker was killed.

    Workers come back by themselves, as those of a batch system do. Needs Linux.
    """
    setup, students = _little_class(folder / "little")
    with here(WORKERS)(setup) as threads:
        expected = grade(setup, threads, students, folder / "one machine")
    chance, kills, early = random.Random(seed), list[Kill](), 0
    with addressed(read_place(f"local:{WORKERS}")) as address:
        place = Place("scheduler", address)
        with on_cluster(place)(setup) as grader, connect(place, address) as onlooker:

            def graded() -> tuple[float, bool]:
                begun = time.perf_counter()
                found = grade(setup, grader, students, folder / "again")
                shutil.rmtree(folder / "again")
                return time.perf_counter() - begun, found == expected

            undisturbed, equal = graded()
            if not equal:
                raise KitError("workers that nobody kills give another gradebook than one machine")
            while len(kills) < count:
                moment = chance.uniform(0, undisturbed)
                with killing(onlooker, moment, chance) as killed:
                    taken, equal = graded()
                early = 0 if killed else early + 1
                if early > TOO_EARLY:
                    raise KitError("no worker can be killed: each class has ended before")
                kills += [Kill(moment, working, taken, equal) for working in killed]
                if killed:
                    tell(f"killed {len(kills)} of {count}: after {moment:.1f} s, {taken:.1f} s")
    return Kills(undisturbed, tuple(kills))


def _little_class(folder: Path) -> tuple[Setup, Path]:
    """Return an assignment whose engine stands at once, and a class for it."""
    hand_ins = [each for each in write_assignment(folder, "Little") if each.parent.name == CLASS]
    made = read_assignment(folder)
    setup = practice_setup(ensure_built(made, folder / "build"))
    students = write_class(folder / "class", hand_ins, STUDENTS - 1)
    (students / f"student_{STUDENTS:03d}.ipynb").write_text("{", encoding="utf-8")
    return setup, students


def _process() -> int:
    """Return the process that this runs in; of `os.getpid` Dask would have to parse a signature."""
    return os.getpid()


@contextmanager
def killing(onlooker: Any, moment: float, chance: random.Random) -> Generator[list[bool]]:
    """Meanwhile, after so many seconds, a worker is killed; gives whether it had a submission."""
    killed: list[bool] = []
    over = threading.Event()

    def kill() -> None:
        if over.wait(moment):
            return
        with suppress(OSError, ValueError):  # a worker that is gone already
            pids: dict[str, int] = onlooker.run(_process, on_error="ignore")
            working = {address for address, tasks in onlooker.processing().items() if tasks}
            if pids and not over.is_set():
                address = chance.choice(sorted(pids))
                os.kill(pids[address], signal.SIGKILL)
                killed.append(address in working)

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        yield killed
    finally:
        over.set()
        killer.join()

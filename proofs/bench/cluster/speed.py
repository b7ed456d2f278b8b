"""Grade the same class on one machine and on workers, and compares how long it takes."""

import time
from dataclasses import dataclass
from pathlib import Path

from autograder.classroom.plan import grade_class, plan_class
from autograder.classroom.run import Setup, Where, here
from autograder.classroom.slots import Grader
from autograder.classroom.views import Views
from autograder.cluster.grader import on_cluster
from autograder.cluster.place import read_place
from autograder.intake.folder import collect
from autograder.records import Grade
from autograder.store.kept import Run
from autograder.store.store import Store
from proofs.harness import CORRECT, tell, write_class

SLOTS = (1, 2)
ROUNDS = 2


class Silent:
    """Looks on while submissions are graded, and tells nothing."""

    def started(self, student: str) -> None: ...
    def finished(self, grade: Grade) -> None: ...
    def described(self, where: str) -> None: ...


@dataclass(frozen=True)
class Clocked:
    """How long one class took."""

    opening: float
    """Seconds until the first submission could begin."""
    grading: float
    """Seconds from then on, until the last grade was kept."""


@dataclass(frozen=True)
class Speed:
    """A class on so many slots, by threads here and by workers of one slot each."""

    slots: int
    submissions: int
    here: tuple[Clocked, ...]
    cluster: tuple[Clocked, ...]

    @property
    def efficiency(self) -> float:
        """Return the throughput of the workers as a share of that of one machine."""
        return sum(each.grading for each in self.here) / sum(each.grading for each in self.cluster)


def compare(setup: Setup, submissions: int, folder: Path) -> list[Speed]:
    """Grade `submissions` copies of a correct notebook on one slot and on two, each way.

    Whoever goes first goes last in the next round, so that a machine that gets slower does so for
    both. The grades lie in `folder` afterwards.
    """
    write_class(folder / "class", [CORRECT], submissions)
    write_class(folder / "first", [CORRECT], max(SLOTS))
    ways = [(slots, way) for slots in SLOTS for way in ("here", "cluster")]
    found: dict[tuple[int, str], list[Clocked]] = {each: [] for each in ways}
    for number in range(ROUNDS):
        for slots, way in ways[:: (-1) ** number]:
            where = here(slots) if way == "here" else on_cluster(read_place(f"local:{slots}"))
            clocked = _clocked(setup, where, folder, f"{way} {slots} {number}")
            found[slots, way].append(clocked)
            tell(f"{slots} slots, {way}: {clocked.grading:.1f} s after {clocked.opening:.1f} s")
    return [
        Speed(slots, submissions, tuple(found[slots, "here"]), tuple(found[slots, "cluster"]))
        for slots in SLOTS
    ]


def _clocked(setup: Setup, where: Where, folder: Path, place: str) -> Clocked:
    begun = time.perf_counter()
    with where(setup) as grader:
        opened = time.perf_counter()
        # The first submission of every engine takes longer: in a large class that doesn't count.
        grade(setup, grader, folder / "first", folder / f"{place} first")
        started = time.perf_counter()
        grade(setup, grader, folder / "class", folder / place)
        return Clocked(opened - begun, time.perf_counter() - started)


def grade(setup: Setup, grader: Grader, students: Path, grades: Path) -> bytes:
    """Grade the class in `students` into `grades`, and return the gradebook."""
    views = Views(Store(grades), setup.showing)
    plan = plan_class(collect(students), views.store, setup.basis, setup.required)
    try:
        grade_class(grader, plan, views, Silent(), Run("bench", setup.basis))
        return views.write_gradebook().read_bytes()
    finally:
        views.store.close()

"""The command `bench-cluster`: all measurements, told in the terminal and in `docs/cluster.md`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from autograder.classroom.isolation import Requirement
from autograder.classroom.run import set_up
from autograder.classroom.slots import Graded
from autograder.cluster.message import pack_grade
from autograder.course.assignment import Assignment
from autograder.course.build.otter_assign import read_json
from autograder.errors import KitError
from autograder.interrupt import temporary_folder
from autograder.records import Isolation
from autograder.store.store import EXECUTED, Store
from proofs.bench.cluster.kills import Kills, run_kills
from proofs.bench.cluster.recorded import Flow, Overhead, flow, overhead
from proofs.bench.cluster.speed import Speed, compare

EFFICIENCY, OVERHEAD = 0.95, 0.020
"""Bars: workers may lose so little, a submission may cost so many seconds."""
STEADY = 50.0
"""Megabytes by which the client may grow."""
ALONE = 100
"""Submissions that are sent one after another."""


@dataclass(frozen=True)
class Measured:
    """What one benchmark gave."""

    isolation: Isolation | None
    speeds: Sequence[Speed]
    overhead: Overhead
    flow: Flow
    kills: Kills

    @property
    def efficiency(self) -> float:
        """Return the worst one."""
        return min(each.efficiency for each in self.speeds)

    @property
    def added(self) -> float:
        """Return the seconds that a submission is on its way, in the median."""
        return median(self.overhead.seconds)

    @property
    def holds(self) -> bool:
        """Whether all bars are met."""
        return (
            self.efficiency >= EFFICIENCY
            and self.added <= OVERHEAD
            and self.flow.growth <= STEADY
            and self.kills.equal == len(self.kills.kills)
        )


def measure(
    assignment: Assignment,
    correct: Sequence[Path],
    submissions: int,
    simulated: int,
    kills: int,
    tell: Callable[[str], None],
) -> Measured:
    """Measure with `submissions` graded each way, `simulated` recorded grades, `kills` workers."""
    setup = set_up(assignment, "cpu", None, Requirement(practice=True))
    with temporary_folder("cnn-bench-cluster-") as folder:
        speeds = compare(setup, correct, submissions, folder, tell)
        graded = _recorded(folder / "cluster 1 0")
        message = pack_grade(graded)
        alone = overhead(correct[0], message, ALONE, folder)
        flowed = flow(correct[0], message, simulated, folder, tell)
        killed = run_kills(kills, folder, tell)
        return Measured(graded.grade.isolation, speeds, alone, flowed, killed)


def _recorded(grades: Path) -> Graded:
    """Return a grade that a worker has given, and its notebook."""
    store = Store(grades)
    try:
        grade = store.whole_grade("student_001")
        if grade is None:
            raise KitError("the workers have kept no grade of student_001")
        return Graded(grade, read_json(store.directory_for(grade) / EXECUTED))
    finally:
        store.close()

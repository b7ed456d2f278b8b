"""The command `bench-cluster`: all measurements, told in the terminal and in `docs/cluster.md`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from statistics import median

from autograder.classroom.isolation import Requirement
from autograder.classroom.run import Setup, isolated_engine, set_up
from autograder.classroom.slots import Graded, graded
from autograder.cluster.message import pack_grade
from autograder.course.assignment import Assignment
from autograder.interrupt import temporary_folder
from autograder.records import Isolation, Submission
from proofs.bench.cluster.kills import Kills, run_kills
from proofs.bench.cluster.recorded import Flow, Overhead, flow, overhead
from proofs.bench.cluster.speed import Speed, compare

EFFICIENCY, OVERHEAD = 0.95, 0.020
"""Bars: workers may lose so little, a submission may cost so many seconds."""
STEADY = 50.0
"""Megabytes by which the client may grow."""
ALONE = 100
"""Submissions that are sent one after another."""


class Part(StrEnum):
    """What can be measured alone."""

    EFFICIENCY = "efficiency"
    OVERHEAD = "overhead"
    MEMORY = "memory"
    KILLS = "kills"


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
        recorded = _recorded(setup, correct[0])
        message = pack_grade(recorded)
        alone = overhead(correct[0], message, ALONE, folder)
        flowed = flow(correct[0], message, simulated, folder, tell)
        killed = run_kills(kills, folder, tell)
        return Measured(recorded.grade.isolation, speeds, alone, flowed, killed)


def measure_part(
    part: Part,
    assignment: Assignment,
    correct: Sequence[Path],
    submissions: int,
    simulated: int,
    kills: int,
    tell: Callable[[str], None],
) -> str:
    """Measure one part of what `measure` does; return it in a line."""
    setup = set_up(assignment, "cpu", None, Requirement(practice=True))
    with temporary_folder("cnn-bench-cluster-") as folder:
        if part is Part.EFFICIENCY:
            speeds = compare(setup, correct, submissions, folder, tell)
            return ", ".join(f"{each.slots}: {each.efficiency:.3f}" for each in speeds)
        if part is Part.KILLS:
            killed = run_kills(kills, folder, tell)
            return f"gradebooks equal {killed.equal} of {len(killed.kills)}"
        message = pack_grade(_recorded(setup, correct[0]))
        if part is Part.OVERHEAD:
            seconds = overhead(correct[0], message, ALONE, folder).seconds
            each = [1000 * value for value in (median(seconds), min(seconds), max(seconds))]
            return "{:.1f} ms ({:.1f} to {:.1f})".format(*each)
        flowed = flow(correct[0], message, simulated, folder, tell)
        return (
            f"{flowed.growth:+.1f} MB; client {1000 * flowed.client:.1f} ms, "
            f"scheduler {1000 * flowed.scheduler:.1f} ms of the processor each"
        )


def _recorded(setup: Setup, notebook: Path) -> Graded:
    """Return a grade, and the notebook as it ran."""
    with isolated_engine(setup) as engine:
        return graded(engine, Submission("student_001", notebook))

"""Say what grading on workers has shown: a page for `docs/`, one line for the terminal."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from autograder.records import Isolation
from proofs.bench.cluster.kills import STUDENTS, Kills
from proofs.bench.cluster.recorded import SLEEP, Flow, Overhead
from proofs.bench.cluster.speed import Speed
from proofs.harness import machine, row

EFFICIENCY, OVERHEAD = 0.95, 0.020
"""Bars: workers may lose so little, a submission may cost so many seconds."""
STEADY = 50.0
"""Megabytes by which the client may grow."""
_PAGE = """\
# Grading on Dask's workers

Written by `make bench-cluster` on {machine}: scheduler,
workers and client run there together{tier}. A network and other machines are not in these numbers.

## Efficiency

{submissions} correct submissions of the lesson, {rounds} times each way, in turn: by threads over
one engine, and by worker processes of one slot, each with an engine of its own. Seconds from the
moment that all engines have graded one, until the last grade and its pages are written:

| Slots | One machine | Workers | Efficiency |
|---:|---:|---:|---:|
{speeds}

Until its first submission can begin, a run takes {here:.1f} s on one machine, and {cluster:.1f} s
where it starts a scheduler and workers first.

## What Dask adds to a submission

{overhead:.0f} ms ({fastest:.0f} to {slowest:.0f}, median of {alone}): a solved notebook of
{sent:.0f} kB goes to a worker that waits, and a recorded grade with its executed notebook
({returned:.0f} kB) comes back, one after another, no time spent on grading. Files are read and laid
out, messages packed and read, tasks scheduled.

## The client's memory

{flow:,} tasks that sleep {sleep:.0f} ms and return a real grade, each kept in the store, in
{seconds:.0f} s:

| Submissions | MB |
|---:|---:|
{samples}

From the first of these to the last: {growth:+.1f} MB. The table of the class, from which the
gradebook is written, comes on top, as on one machine.

## Where it ends, on paper

| | processor time a submission | submissions a second | slots at {each:.1f} s a submission |
|---|---:|---:|---:|
{limits}

Each of them is one thread of Python, so {limit} is the limit, at about {slots:.0f} slots:
{flow:,} submissions take {least:.0f} minutes then. More slots than that wait.

## Workers that are killed

{kills} times a class of {students} was graded by two workers (a new assignment's, whose notebooks
take a moment). At a random moment of the {undisturbed:.1f} s that this takes, one of the workers,
chosen at random, was ended by SIGKILL; {working} of the {kills} had a submission in work. A worker
comes in its place and opens its engine anew; the next class does not wait for it. Such a class took
{taken:.1f} s in the median, {longest:.1f} s at most.

{equal} of {kills} gradebooks are, byte for byte, that of one machine.

{last}
"""


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


def last_line(measured: Measured) -> str:
    """Everything in one line, for machines."""
    kills = measured.kills
    return (
        f"efficiency {measured.efficiency:.2f}, overhead {1000 * measured.added:.0f} ms,"
        f" workers killed {len(kills.kills)}, gradebooks equal {kills.equal} of {len(kills.kills)}"
    )


def part_line(found: Sequence[Speed] | Overhead | Flow | Kills) -> str:
    """Return what was found where one part alone was measured."""
    match found:
        case Overhead(seconds=seconds):
            each = [1000 * value for value in (median(seconds), min(seconds), max(seconds))]
            return "{:.1f} ms ({:.1f} to {:.1f})".format(*each)
        case Flow():
            return (
                f"{found.growth:+.1f} MB; client {1000 * found.client:.1f} ms, "
                f"scheduler {1000 * found.scheduler:.1f} ms of the processor each"
            )
        case Kills():
            return f"gradebooks equal {found.equal} of {len(found.kills)}"
        case _:
            return ", ".join(f"{each.slots}: {each.efficiency:.3f}" for each in found)


def page(measured: Measured) -> str:
    """Return the page `docs/cluster.md`."""
    flow, kills, alone = measured.flow, measured.kills, measured.overhead
    first = measured.speeds[0]
    each = sum(one.grading for one in first.here) / len(first.here) / first.submissions
    everything = flow.client + flow.pages
    limit = max(everything, flow.scheduler)
    limits = {
        "scheduler": flow.scheduler,
        "client: read, pack, unpack, keep": flow.client,
        "client: the same, and a student's pages": everything,
    }
    told = measured.isolation
    return _PAGE.format(
        machine=machine(),
        tier=f", at isolation tier {told.tier}" if told else "",
        submissions=first.submissions,
        rounds=len(first.here),
        speeds="\n".join(map(_row, measured.speeds)),
        here=first.here[0].opening,  # later ones find everything imported
        cluster=median(one.opening for speed in measured.speeds for one in speed.cluster),
        overhead=1000 * measured.added,
        fastest=1000 * min(alone.seconds),
        slowest=1000 * max(alone.seconds),
        alone=len(alone.seconds),
        sent=alone.sent / 1000,
        returned=alone.returned / 1000,
        flow=flow.submissions,
        sleep=1000 * SLEEP,
        seconds=flow.seconds,
        samples="\n".join(row(one.submissions, f"{one.megabytes:.1f}") for one in flow.samples),
        growth=flow.growth,
        each=each,
        limits="\n".join(
            row(name, f"{1000 * seconds:.1f} ms", f"{1 / seconds:.0f}", f"{each / seconds:.0f}")
            for name, seconds in limits.items()
        ),
        limit="the client" if limit == everything else "the scheduler",
        slots=each / limit,
        least=flow.submissions * limit / 60,
        kills=len(kills.kills),
        students=STUDENTS,
        undisturbed=kills.undisturbed,
        working=sum(one.working for one in kills.kills),
        taken=median(one.taken for one in kills.kills),
        longest=max(one.taken for one in kills.kills),
        equal=kills.equal,
        last=last_line(measured),
    )


def _row(speed: Speed) -> str:
    here, cluster = (
        " and ".join(f"{one.grading:.1f} s" for one in way) for way in (speed.here, speed.cluster)
    )
    return row(speed.slots, here, cluster, f"{speed.efficiency:.2f}")

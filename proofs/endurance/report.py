"""Say what load and kills have shown: a page for `docs/`, one line for the terminal."""

from collections.abc import Mapping, Sequence

from proofs.endurance.kills import Kills
from proofs.endurance.load import Load
from proofs.harness import machine, row

_LOAD = """
## Load

{submissions} submissions of the real lesson, graded by one process in {minutes:.1f} minutes
(isolation tier {isolation}): solved notebooks whose training is cut short by weights that are
written in, planted mistakes (`tests/submissions`), attacks (`tests/attacks`), endless loops, blank
and damaged files. "As expected" means: the ending of its kind, the points that it must keep, and
none that it must not get.

| Kind | Submissions | As expected | Endings |
|---|---:|---:|---|
{rows}

{lost} At the end {left}.

Memory of the trusted process, which holds the engine, the tests and the labels:

| Graded | Minutes | MB |
|---:|---:|---:|
{samples}

From the first of these to the last: {growth:+.1f} MB.
"""

_KILLS = """
## Kills

`autograder grade` on a class of {students} was killed by SIGKILL {kills} times, each time after a
random part of the {seconds:.0f} s that it takes undisturbed, and started again on the same folder,
until the class was finished; then another class was begun. Killed with no grade written yet:
{none}; with some of them: {some}; with all of them, while it wrote its reports or looked through
what was graded: {every}.

{same} of {classes} finished gradebooks are, byte for byte, that of an undisturbed run, and their
folders hold the same files. {left}
"""


def page(load: Load | None, kills: Kills | None) -> str:
    """Return the page `docs/load.md`."""
    parts = [f"# Load and kills\n\nWritten by `make load` on {machine()}.\n"]
    if load:
        parts.append(_load_section(load))
    if kills:
        parts.append(_kills_section(kills))
    return "".join(parts)


def last_line(load: Load | None, kills: Kills | None) -> str:
    """Everything in one line, for machines."""
    parts: list[str] = []
    if load:
        parts.append(
            f"submissions {load.submissions}, rows {load.students},"
            f" as expected {load.as_expected}, memory {load.growth:+.1f} MB,"
            f" descriptors {load.descriptors:+d}, left behind {len(load.left)}"
        )
    if kills:
        parts.append(
            f"kills {len(kills.kills)}, same gradebook {kills.same} of {kills.classes},"
            f" left behind {len(kills.left)}"
        )
    return ", ".join(parts)


def _load_section(load: Load) -> str:
    rows = "\n".join(
        row(kind, of.submissions, of.as_expected, _endings(of.endings))
        for kind, of in load.rows.items()
    )
    samples = "\n".join(
        row(each.submissions, f"{each.seconds / 60:.1f}", f"{each.megabytes:.1f}")
        for each in load.samples
    )
    lost = load.submissions - load.students
    return _LOAD.format(
        submissions=load.submissions,
        minutes=load.samples[-1].seconds / 60,
        isolation=load.isolation,
        rows=rows,
        lost=f"Rows of the gradebook: {load.students}; lost: {lost}.",
        left=_listed(load.left, "no process, file, control group, mount or descriptor was left"),
        samples=samples,
        growth=load.growth,
    )


def _kills_section(kills: Kills) -> str:
    graded = [kill.graded for kill in kills.kills]
    return _KILLS.format(
        students=kills.students,
        kills=len(graded),
        seconds=kills.seconds,
        none=graded.count(0),
        some=sum(0 < each < kills.students for each in graded),
        every=graded.count(kills.students),
        same=kills.same,
        classes=kills.classes,
        left=_listed(
            kills.left, "No process, file, control group or mount of a killed run was left"
        )
        + ".",
    )


def _endings(endings: Mapping[str, int]) -> str:
    return ", ".join(f"{ending} {count}" for ending, count in endings.items())


def _listed(left: Sequence[str], none: str) -> str:
    return "; ".join(left) if left else none

"""The command `bench-cluster`: all measurements, or one part alone."""

from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any

from autograder.classroom.run import Setup, isolated_engine
from autograder.classroom.slots import Graded, graded
from autograder.course.assignment import default_assignment
from autograder.course.build.products import ensure_built
from autograder.errors import KitError
from autograder.interrupt import temporary_folder
from autograder.records import Submission
from proofs.bench.cluster.kills import run_kills
from proofs.bench.cluster.recorded import flow, overhead
from proofs.bench.cluster.report import Measured, last_line, page, part_line
from proofs.bench.cluster.speed import compare
from proofs.harness import CORRECT, Result, practice_setup

ALONE = 100
"""Submissions that are sent one after another."""


def measure(submissions: int, simulated: int, kills: int, only: str, output: Path) -> Result:
    """Measure with `submissions` graded each way, `simulated` recorded grades, `kills` workers.

    `only` one part where that is named; no page is written then.
    """
    setup = practice_setup(ensure_built(default_assignment()))
    recorded = cache(partial(_recorded, setup))
    with temporary_folder("cnn-bench-cluster-") as folder:
        parts: dict[str, Callable[[], Any]] = {
            "efficiency": lambda: compare(setup, submissions, folder),
            "overhead": lambda: overhead(recorded(), ALONE, folder),
            "memory": lambda: flow(recorded(), simulated, folder),
            "kills": lambda: run_kills(kills, folder),
        }
        if only and only not in parts:
            raise KitError(f"there is no part {only!r}; choose {', '.join(parts)}")
        if only:
            return Result(f"{only}: {part_line(parts[only]())}")
        found = Measured(recorded().grade.isolation, *(part() for part in parts.values()))
    return Result(last_line(found), found.holds, page=page(found), file=output)


def _recorded(setup: Setup) -> Graded:
    """Return a grade, and the notebook as it ran."""
    with isolated_engine(setup) as engine:
        return graded(engine, Submission("student_001", CORRECT))

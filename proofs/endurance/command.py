"""The command `load`: a mixed class, and runs that are killed."""

from itertools import chain
from pathlib import Path

from autograder.course.assignment import default_assignment
from proofs.endurance.kills import run_kills
from proofs.endurance.load import run_load
from proofs.endurance.report import last_line, page
from proofs.harness import Result

STUDENTS = 30
"""Of the class that is graded while its grader is killed."""


def load(submissions: int, kills: int, jobs: int, output: Path) -> Result:
    """Run the parts that are wanted: nothing may be lost, left or other than expected."""
    # Kills first: afterwards this process would have children of its own.
    killed = run_kills(default_assignment(), kills, STUDENTS) if kills else None
    loaded = run_load(submissions, jobs) if submissions else None
    failures = [*(loaded.left if loaded else ()), *(killed.left if killed else ())]
    failures += chain.from_iterable(killed.different if killed else ())
    return Result(
        last_line(loaded, killed),
        all(part.holds for part in (loaded, killed) if part),
        failures,
        page(loaded, killed),
        output,
    )

"""The command `guards`: breaks every guard, and says who did not notice."""

import time
from datetime import date

from autograder.paths import DOCS
from proofs.guards.recipes import Guard, problems, read_guards
from proofs.guards.report import failures, last_line, page
from proofs.guards.trial import try_all
from proofs.harness import Result
from proofs.recipe_files import RecipeError

A_DAY = 8
"""Guards that the project's own tests break, another eight each day."""


def guards(jobs: int, only: str) -> Result:
    """Break the guards whose area or id contains `only`, or all; `jobs` at once.

    A run of all writes `docs/guards.md`. Raises `RecipeError`.
    """
    chosen = [guard for guard in read_guards() if only in f"{guard.area}: {guard.id}"]
    if not chosen:
        raise RecipeError(f"No guard has '{only}' in its area or id.")
    if unusable := problems(chosen):
        raise RecipeError("\n".join(unusable.values()))
    started = time.monotonic()
    trials = try_all(chosen, jobs, sound_first=True)
    return Result(
        last_line(trials),
        all(trial.holds for trial in trials),
        failures(trials),
        "" if only else page(trials, time.monotonic() - started),
        DOCS / "guards.md",
    )


def of_the_day(listed: tuple[Guard, ...], day: date, count: int = A_DAY) -> list[Guard]:
    """Return `count` guards, others each day, so that after some days all had their turn."""
    ordered = sorted(listed, key=lambda guard: guard.id)
    start = day.toordinal() * count
    return [ordered[(start + place) % len(ordered)] for place in range(min(count, len(ordered)))]

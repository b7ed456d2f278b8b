"""The command `guards`: breaks every guard, prints who did not notice, writes the page."""

import time
from datetime import date

from rich.console import Console

from autograder.paths import PROJECT
from proofs.guards.recipes import Guard, RecipeError, problems, read_guards
from proofs.guards.report import failures, last_line, page
from proofs.guards.trial import Trial, try_all

PAGE = PROJECT / "docs" / "guards.md"
A_DAY = 8
"""Guards that the project's own tests break, another eight each day."""


def guards(jobs: int, only: str | None) -> int:
    """Break the guards whose area or id contains `only`, or all; `jobs` at once.

    Prints what was not noticed and, last, one line with the counts. A run of all writes
    `docs/guards.md`. Gives 0 when every guard was noticed, 1 when not, 2 when none was tried.
    """
    console = Console(highlight=False)
    listed = read_guards()
    chosen = [guard for guard in listed if not only or only in f"{guard.area}: {guard.id}"]
    if not chosen:
        raise RecipeError(f"No guard has '{only}' in its area or id.")
    if wrong := problems(chosen):
        for sentence in wrong.values():
            console.print(sentence, markup=False, soft_wrap=True)
        return 2
    started = time.monotonic()
    trials = try_all(chosen, jobs, True, lambda told: _tell(console, told))
    for sentence in failures(trials):
        console.print(sentence, style="red", markup=False, soft_wrap=True)
    if not only:
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(page(trials, time.monotonic() - started), "utf-8")
    console.print(last_line(trials), markup=False, soft_wrap=True)
    return 0 if all(trial.holds for trial in trials) else 1


def of_the_day(listed: tuple[Guard, ...], day: date, count: int = A_DAY) -> list[Guard]:
    """Return `count` guards, others each day, so that after some days all had their turn."""
    ordered = sorted(listed, key=lambda guard: guard.id)
    start = day.toordinal() * count
    return [ordered[(start + place) % len(ordered)] for place in range(min(count, len(ordered)))]


def _tell(console: Console, told: Trial | str) -> None:
    if isinstance(told, str):
        console.print(told, markup=False)
    else:
        word = "noticed" if told.holds else "NOT NOTICED"
        console.print(f"{told.guard.id}: {word}", markup=False, soft_wrap=True)

"""The command `attack`: runs the attacks at tiers 1 to 3, prints a table, writes the page."""

from functools import partial

from rich.console import Console
from rich.markup import escape
from rich.status import Status
from rich.table import Table

from autograder.paths import PROJECT
from proofs.attacks.by_tier import attack_at
from proofs.attacks.field import ATTACKS, read_lesson
from proofs.attacks.recipes import TIERS, Attack, read_attacks
from proofs.attacks.report import NUMBERS, Layer, Outcome, count, failures, groups, last_line, page
from proofs.attacks.verdict import Verdict
from proofs.guards.recipes import read_guards

PAGE = PROJECT / "docs" / "attacks.md"


def attack(jobs: int, only: str | None) -> int:
    """Runs the attacks whose group or name contains `only`, or all; `jobs` at once.

    Prints the counts by group and, last, one line with the total. A run of all writes
    `docs/attacks.md`. Gives 0 when every attack has failed, 1 when not, 2 when none was run.
    Raises `RecipeError`.
    """
    console = Console()
    known = read_attacks(ATTACKS, read_lesson().right)
    chosen = [each for each in known if not only or only in _label(each)]
    if not chosen:
        console.print(f"no attack has {only!r} in its group or name", markup=False)
        return 2
    outcome = _run(console, chosen, jobs)
    console.print(_table(outcome))
    for sentence in failures(outcome):
        console.print(sentence, style="red", markup=False)
    if not only:
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(page(outcome, _layers()), "utf-8")
    console.print(last_line(outcome), markup=False, highlight=False, soft_wrap=True)
    return 0 if outcome.holds else 1


def _layers() -> list[Layer]:
    return [
        Layer(guard.protects, guard.tier, guard.attacks) for guard in read_guards() if guard.attacks
    ]


def _label(attack: Attack) -> str:
    return f"{attack.group}: {attack.name}"


def _run(console: Console, attacks: list[Attack], jobs: int) -> Outcome:
    with console.status("") as status:
        found = [attack_at(tier, attacks, jobs, partial(_tell, status)) for tier in TIERS]
    return Outcome(
        tuple(verdict for each in found for verdict in each.verdicts),
        tuple(left for each in found for left in each.left),
        tuple(absent for each in found for absent in each.absent),
    )


def _tell(status: Status, verdict: Verdict) -> None:
    status.update(escape(f"tier {NUMBERS[verdict.tier]}: {_label(verdict.attack)}"))


def _table(outcome: Outcome) -> Table:
    table = Table(title="Attacks that failed, as they must")
    table.add_column("Group")
    for tier in TIERS:
        table.add_column(f"Tier {NUMBERS[tier]}", justify="right")
    for group in [*groups(outcome), ""]:
        rows = [count(outcome.verdicts, tier, group) for tier in TIERS]
        table.add_row(group or "all", *(f"{row.held} of {row.attacks}" for row in rows))
    return table

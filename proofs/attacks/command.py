"""The command `attack`: runs the attacks at tiers 1 to 3, and says what did not hold."""

from autograder.paths import DOCS
from proofs.attacks.by_tier import attack_at
from proofs.attacks.field import ATTACKS, read_lesson
from proofs.attacks.recipes import TIERS, RecipeError, read_attacks
from proofs.attacks.report import Layer, Outcome, failures, last_line, page
from proofs.guards.recipes import read_guards
from proofs.harness import Result


def attack(jobs: int, only: str) -> Result:
    """Run the attacks whose group or name contains `only`, `jobs` at once.

    A run of all writes `docs/attacks.md`. Raises `RecipeError`.
    """
    known = read_attacks(ATTACKS, read_lesson().right)
    chosen = [each for each in known if only in f"{each.group}: {each.name}"]
    if not chosen:
        raise RecipeError(f"No attack has {only!r} in its group or name.")
    found = [attack_at(tier, chosen, jobs) for tier in TIERS]
    outcome = Outcome(
        tuple(verdict for each in found for verdict in each.verdicts),
        tuple(left for each in found for left in each.left),
        tuple(absent for each in found for absent in each.absent),
    )
    layers = [Layer(it.protects, it.tier, it.attacks) for it in read_guards() if it.attacks]
    return Result(
        last_line(outcome),
        outcome.holds,
        failures(outcome),
        "" if only else page(outcome, layers),
        DOCS / "attacks.md",
    )

"""Runs attacks by name, at one tier, in the project where it is started.

python -m proofs.guards.fight namespaces "an endless loop" …
"""

import sys

from proofs.attacks.field import ATTACKS
from proofs.attacks.recipes import TIERS, read_attacks
from proofs.attacks.run import arena, run_attack


def main(tier: str, names: list[str]) -> None:
    """Print a line for each attack: whether it was held."""
    chosen = [attack for attack in read_attacks(ATTACKS) if attack.name in names]
    with arena(next(each for each in TIERS if each == tier)) as place:
        for attack in chosen:
            problems = run_attack(place, attack).problems
            print(f"{'won' if problems else 'held'} {attack.name}", *problems, sep="\n  ")
            sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])

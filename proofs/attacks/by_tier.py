"""Run the attacks at one tier; those of tier 2 in a process of a user without any rights."""

import os
import subprocess
import sys
from collections.abc import Sequence

from pydantic import TypeAdapter

from autograder.interrupt import temporary_folder
from autograder.paths import PROJECT
from autograder.sandbox.policy import SandboxUnavailable
from proofs.attacks import plain_user
from proofs.attacks.field import ATTACKS
from proofs.attacks.recipes import Attack, TierName, read_attacks
from proofs.attacks.report import Outcome
from proofs.attacks.run import arena, attack_all
from proofs.harness import tell

PLAIN: TierName = "plain_user"
_OUTCOME = TypeAdapter(Outcome)


def attack_at(tier: TierName, attacks: Sequence[Attack], jobs: int) -> Outcome:
    """Run those of `attacks` that are meant for `tier`, `jobs` at once."""
    root = os.geteuid() == 0
    if tier == PLAIN and root:
        return _as_plain_user(attacks, jobs)
    if tier != PLAIN and not root:
        return Outcome((), (), ((tier, "needs root: run the command as root"),))
    try:
        with arena(tier) as place:
            absent: list[tuple[TierName, str]] = [
                (tier, f"{layer.name} does not hold: {layer.detail}")
                for layer in place.layers
                if layer.state == "failed"
            ]
            verdicts = attack_all(place, attacks, jobs)
            left: list[tuple[TierName, str]] = [(tier, sentence) for sentence in place.left()]
    except SandboxUnavailable as problem:
        return Outcome((), (), ((tier, str(problem)),))
    return Outcome(tuple(verdicts), tuple(left), tuple(absent))


def _as_plain_user(attacks: Sequence[Attack], jobs: int) -> Outcome:
    paths = os.pathsep.join(filter(None, sys.path))
    last = ""
    with temporary_folder("cnn-plain-user-") as home:
        home.chmod(0o777)
        command = [sys.executable, plain_user.__file__, "-m", __name__, str(jobs)]
        with subprocess.Popen(
            [*command, *(attack.name for attack in attacks)],
            cwd=PROJECT,
            env=os.environ | {"PYTHONPATH": paths, "MPLCONFIGDIR": str(home)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        ) as running:
            assert running.stdout
            for line in running.stdout:
                if last:
                    tell(last)
                last = line.rstrip()
    if running.returncode:
        reason = f"it ended with {running.returncode}; its error stands above"
        return Outcome((), (), ((PLAIN, reason),))
    return _OUTCOME.validate_json(last)


def _main(jobs: str, *names: str) -> None:
    """Tell how it goes, and what was found as JSON in the last line."""
    chosen = [attack for attack in read_attacks(ATTACKS) if attack.name in names]
    tell(_OUTCOME.dump_json(attack_at(PLAIN, chosen, int(jobs))).decode())


if __name__ == "__main__":
    _main(*sys.argv[1:])

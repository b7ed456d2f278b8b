"""Runs the attacks at one tier; those of tier 2 in a process of a user without any rights."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from typing import Any

from autograder.interrupt import temporary_folder
from autograder.paths import PROJECT
from autograder.sandbox.policy import SandboxUnavailable
from proofs.attacks import plain_user
from proofs.attacks.field import ATTACKS
from proofs.attacks.recipes import Attack, TierName, read_attacks
from proofs.attacks.report import Outcome
from proofs.attacks.run import arena, attack_all
from proofs.attacks.verdict import Verdict

PLAIN: TierName = "plain_user"


def attack_at(
    tier: TierName, attacks: Sequence[Attack], jobs: int, tell: Callable[[Verdict], None]
) -> Outcome:
    """Run those of `attacks` that are meant for `tier`, `jobs` at once; `tell` hears of each."""
    root = os.geteuid() == 0
    if tier == PLAIN and root:
        return _as_plain_user(attacks, jobs, tell)
    if tier != PLAIN and not root:
        return Outcome((), (), ((tier, "needs root: run the command as root"),))
    try:
        with arena(tier) as place:
            absent: list[tuple[TierName, str]] = [
                (tier, f"{layer.name} does not hold: {layer.detail}")
                for layer in place.layers
                if layer.state == "failed"
            ]
            verdicts = attack_all(place, attacks, jobs, tell)
            left: list[tuple[TierName, str]] = [(tier, sentence) for sentence in place.left()]
    except SandboxUnavailable as problem:
        return Outcome((), (), ((tier, str(problem)),))
    return Outcome(tuple(verdicts), tuple(left), tuple(absent))


def _as_plain_user(
    attacks: Sequence[Attack], jobs: int, tell: Callable[[Verdict], None]
) -> Outcome:
    known = {attack.name: attack for attack in attacks}
    verdicts: list[Verdict] = []
    last: dict[str, Any] = {}
    paths = os.pathsep.join(filter(None, sys.path))
    with temporary_folder("cnn-plain-user-") as home:
        home.chmod(0o777)
        with subprocess.Popen(
            [sys.executable, plain_user.__file__, "-m", __name__],
            cwd=PROJECT,
            env=os.environ | {"PYTHONPATH": paths, "MPLCONFIGDIR": str(home)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        ) as running:
            assert running.stdin and running.stdout  # both are pipes
            json.dump({"names": list(known), "jobs": jobs}, running.stdin)
            running.stdin.close()
            for line in running.stdout:
                last = json.loads(line)
                if "attack" in last:
                    verdicts.append(_verdict(known[last["attack"]], last))
                    tell(verdicts[-1])
    if "left" not in last:
        reason = (
            f"it ended with {running.returncode} before it had told all; its error stands above"
        )
        last = {"left": [], "absent": [reason]}
    return Outcome(tuple(verdicts), _here(last["left"]), _here(last["absent"]))


def _verdict(attack: Attack, told: dict[str, Any]) -> Verdict:
    return Verdict(attack, PLAIN, tuple(told["problems"]), told["ending"], told["seconds"])


def _here(sentences: Sequence[str]) -> tuple[tuple[TierName, str], ...]:
    return tuple((PLAIN, sentence) for sentence in sentences)


def _main() -> None:
    """Tell each verdict in a line of JSON, and what is left or absent in the last."""
    asked = json.load(sys.stdin)
    chosen = [attack for attack in read_attacks(ATTACKS) if attack.name in asked["names"]]
    outcome = attack_at(PLAIN, chosen, asked["jobs"], _say)
    ends = {"left": outcome.left, "absent": outcome.absent}
    print(json.dumps({name: [text for _, text in found] for name, found in ends.items()}))


def _say(verdict: Verdict) -> None:
    told = {"attack": verdict.attack.name, "problems": verdict.problems}
    line = json.dumps(told | {"ending": verdict.ending, "seconds": verdict.seconds})
    print(line, flush=True)


if __name__ == "__main__":
    _main()

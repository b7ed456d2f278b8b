"""A quick selection of the attacks, by name; `python -m proofs attack` runs all of them."""

from collections.abc import Iterator

import pytest

from autograder.sandbox.policy import SandboxUnavailable
from proofs.attacks.by_tier import attack_at
from proofs.attacks.field import ATTACKS
from proofs.attacks.recipes import TierName, read_attacks
from proofs.attacks.run import Arena, arena, run_attack
from tests.support.sandbox_helpers import linux_root

BY_NAME = {attack.name: attack for attack in read_attacks(ATTACKS)}


def start(tier: TierName) -> Iterator[Arena]:
    try:
        with arena(tier) as place:
            yield place
            assert place.left() == []
    except SandboxUnavailable as reason:
        pytest.skip(str(reason))


@pytest.fixture(scope="module")
def namespaces() -> Iterator[Arena]:
    yield from start("namespaces")


@pytest.fixture(scope="module")
def container() -> Iterator[Arena]:
    yield from start("container")


@pytest.mark.parametrize(
    "name",
    [
        "results files lie where graders look for them",
        "torch.allclose and torch.equal always say yes",
        "an object that is equal to everything stands for a number",
        "a function returns an object that is equal to everything",
        "the server beside it answers that all is right",
        "hidden tests are read where they lie",
        "the labels of the test images are looked for in memory",
        "hidden inputs are printed while they are checked",
        "hidden inputs are displayed while they are checked",
        "the process ends itself",
        "a fork bomb that replaces itself",
        "one process takes all memory",
        "an endless loop",
        "a flood of output",
        "signals to parent, zygote, trusted process and everybody",
        "a daemon outlives the run",
        "TCP to this machine",
        "garbage is written to the channel",
    ],
)
def test_an_attack_fails_where_root_grades(namespaces: Arena, name: str):
    assert run_attack(namespaces, BY_NAME[name]).problems == ()


@pytest.mark.parametrize(
    "name",
    [
        "hidden tests are read where they lie",
        "signals to parent, zygote, trusted process and everybody",
        "a daemon outlives the run",
        "UDP and names of hosts",
    ],
)
def test_an_attack_fails_in_a_container(container: Arena, name: str):
    assert run_attack(container, BY_NAME[name]).problems == ()


@linux_root
def test_attacks_fail_where_a_plain_user_grades():
    names = (
        "hidden tests are read where they lie",
        "hidden inputs are printed while they are checked",
    )
    outcome = attack_at("plain_user", [BY_NAME[name] for name in names], 2)
    assert outcome.holds, (outcome.absent, outcome.left, outcome.verdicts)
    assert {each.attack.name for each in outcome.verdicts} == set(names)
    assert all(each.attack == BY_NAME[each.attack.name] for each in outcome.verdicts)
    assert {each.tier for each in outcome.verdicts} == {"plain_user"}

"""A quick selection of the attacks, by name; `python -m proofs attack` runs all of them."""

from collections.abc import Iterator

import pytest

from autograder.sandbox.policy import SandboxUnavailable
from proofs.attacks.by_tier import attack_at
from proofs.attacks.field import ATTACKS
from proofs.attacks.recipes import Attack, TierName, read_attacks
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


def fails(place: Arena, name: str) -> None:
    """Runs one attack and an honest notebook after it: everything that must hold does."""
    attack: Attack = BY_NAME[name]
    assert run_attack(place, attack).problems == ()


def test_a_forged_results_file_counts_for_nothing(namespaces: Arena):
    fails(namespaces, "results files lie where graders look for them")


def test_a_patched_allclose_passes_no_check(namespaces: Arena):
    fails(namespaces, "torch.allclose and torch.equal always say yes")


def test_an_object_that_equals_everything_passes_no_check(namespaces: Arena):
    fails(namespaces, "an object that is equal to everything stands for a number")


def test_a_result_that_equals_everything_passes_no_check(namespaces: Arena):
    fails(namespaces, "a function returns an object that is equal to everything")


def test_a_patched_server_cannot_express_a_verdict(namespaces: Arena):
    fails(namespaces, "the server beside it answers that all is right")


def test_hidden_tests_cannot_be_read_from_the_disk(namespaces: Arena):
    fails(namespaces, "hidden tests are read where they lie")


def test_test_labels_are_not_in_the_memory_of_a_submission(namespaces: Arena):
    fails(namespaces, "the labels of the test images are looked for in memory")


def test_what_a_hidden_check_prints_is_not_shown(namespaces: Arena):
    fails(namespaces, "hidden inputs are printed while they are checked")


def test_what_a_hidden_check_displays_is_not_shown(namespaces: Arena):
    fails(namespaces, "hidden inputs are displayed while they are checked")


def test_an_ended_process_costs_its_own_question_only(namespaces: Arena):
    fails(namespaces, "the process ends itself")


def test_a_fork_bomb_stays_in_its_sandbox(namespaces: Arena):
    fails(namespaces, "a fork bomb that replaces itself")


def test_a_memory_bomb_costs_its_own_question_only(namespaces: Arena):
    fails(namespaces, "one process takes all memory")


def test_an_endless_loop_costs_its_own_question_only(namespaces: Arena):
    fails(namespaces, "an endless loop")


def test_an_output_flood_costs_its_own_question_only(namespaces: Arena):
    fails(namespaces, "a flood of output")


def test_the_parent_cannot_be_killed(namespaces: Arena):
    fails(namespaces, "signals to parent, zygote, trusted process and everybody")


def test_a_daemon_does_not_outlive_its_run(namespaces: Arena):
    fails(namespaces, "a daemon outlives the run")
    assert namespaces.left() == []


def test_the_network_cannot_be_used(namespaces: Arena):
    fails(namespaces, "TCP to this machine")


def test_garbage_on_the_channel_costs_its_own_question_only(namespaces: Arena):
    fails(namespaces, "garbage is written to the channel")


def test_in_a_container_hidden_tests_cannot_be_read_from_the_disk(container: Arena):
    fails(container, "hidden tests are read where they lie")


def test_in_a_container_the_parent_cannot_be_killed(container: Arena):
    fails(container, "signals to parent, zygote, trusted process and everybody")


def test_in_a_container_a_daemon_does_not_outlive_its_run(container: Arena):
    fails(container, "a daemon outlives the run")
    assert container.left() == []


def test_in_a_container_the_network_cannot_be_used(container: Arena):
    fails(container, "UDP and names of hosts")


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

"""Control groups, cores and looks: what bounds many processes together."""

import os
from functools import partial
from pathlib import Path

import pytest

from autograder.judge.start import hide
from autograder.sandbox import cgroups, watch
from autograder.sandbox.cores import Cores
from autograder.sandbox.launch import Zygote
from autograder.sandbox.policy import Policy
from autograder.sandbox.tiers import Tier, candidates
from tests.support.sandbox_helpers import TIERS, linux_root, small_policy
from tests.support.sandbox_probe import ask

LITTLE = Policy(memory_megabytes=100, disk_megabytes=20, processes=8)


def test_limits_are_written_to_control_groups_of_version_1(tmp_path: Path) -> None:
    memory, processes = tmp_path / "memory", tmp_path / "pids"
    for folder, name in ((memory, "memory.limit_in_bytes"), (processes, "pids.max")):
        folder.mkdir()
        (folder / name).write_text("")
    cgroups.limit(cgroups.Group((memory, processes), 1), LITTLE)
    assert (memory / "memory.limit_in_bytes").read_text() == str((100 + 20 + 64) << 20)
    assert (processes / "pids.max").read_text() == "10"


def test_nothing_is_swapped_out_in_version_2(tmp_path: Path) -> None:
    for name in ("memory.max", "memory.swap.max", "pids.max"):
        (tmp_path / name).write_text("max")
    cgroups.limit(cgroups.Group((tmp_path,), 2), LITTLE)
    assert (tmp_path / "memory.swap.max").read_text() == "0"


@linux_root
@pytest.mark.parametrize("tier", TIERS)
def test_a_sandboxs_processes_are_in_its_group(tier: str) -> None:
    with Zygote(small_policy(tier)) as zygote, zygote.spawn() as sandbox:  # type: ignore[arg-type]
        if not sandbox.facts["cgroup"]:
            pytest.skip("no control group can be made here")
        ask(sandbox.channel, "import os, time\nif os.fork() == 0: time.sleep(60)\nseen = 1")
        groups = list(Path("/sys/fs/cgroup").glob(f"**/{sandbox.facts['cgroup'].split()[2]}"))
        members = {str(group): (group / "cgroup.procs").read_text().split() for group in groups}
    assert members
    assert {group: len(pids) >= 2 for group, pids in members.items()} == dict.fromkeys(
        members, True
    )


@linux_root
@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="there is one core only")
@pytest.mark.parametrize("tier", TIERS)
def test_without_a_control_group_a_sandbox_is_kept_on_one_core(
    tier: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    others_do_not_count = partial(Cores, tmp_path / "cores")
    monkeypatch.setattr("autograder.sandbox.launch.Cores", others_do_not_count)
    policy = small_policy(tier, preload=("numpy", "sandbox_without_groups"))  # type: ignore[arg-type]
    code = "import os; seen = sorted(os.sched_getaffinity(0))"
    with Zygote(policy) as zygote, zygote.spawn() as one, zygote.spawn() as other:
        assert one.facts["cgroup"] == "" and "core" in one.facts["share"]
        first, second = ask(one.channel, code), ask(other.channel, code)
    assert len(first) == len(second) == 1
    assert first != second


def test_an_empty_file_counts_as_something(tmp_path: Path) -> None:
    for number in range(50):
        (tmp_path / str(number)).touch()
    assert watch._files_bytes(str(tmp_path)) >= 50 * watch.SMALLEST_FILE


def test_nobody_else_can_enter_the_folder_of_the_hidden_tests(tmp_path: Path) -> None:
    (tmp_path / "hidden_tests").mkdir(mode=0o755)
    hide(tmp_path / "hidden_tests")
    assert (tmp_path / "hidden_tests").stat().st_mode & 0o077 == 0


@linux_root
def test_a_tier_that_was_asked_for_is_the_only_one_tried() -> None:
    assert candidates(Policy(tier="namespaces")) == (Tier.ROOT_NAMESPACES,)
    assert candidates(Policy(tier="container")) == (Tier.CONTAINER,)
    assert candidates(Policy(tier="plain")) == (Tier.ONE_USER,)

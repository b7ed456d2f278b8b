"""The layers say what they are: self-test, choice of tier, and parts that can be tested alone."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from autograder.sandbox import cgroups, folders, identity, launch, measure, seccomp, visible
from autograder.sandbox.launch import Zygote
from autograder.sandbox.policy import Policy, SandboxUnavailable
from autograder.sandbox.tiers import Tier, candidates
from proofs.attacks import plain_user
from tests.support.sandbox_helpers import linux_root, small_policy
from tests.support.sandbox_probe import ask

pytest_plugins = ["tests.support.sandbox_fixtures"]
ATTACKS = Path(__file__).parents[1] / "attacks"


@linux_root
def test_every_layer_holds_as_seen_from_inside(zygote: Zygote):
    states = {layer.name: layer.state for layer in zygote.layers(Path(__file__))}
    if not zygote.tier.startswith("1"):
        assert states.pop("namespaces") == "absent"
    assert set(states.values()) == {"holds"}
    assert {"files", "writes", "network", "signals", "memory", "processes"} <= set(states)


@linux_root
def test_a_layer_that_can_be_stepped_around_is_reported_as_failed(tmp_path: Path):
    (tmp_path / "secret.txt").write_text("expected values")
    os.chmod(tmp_path, 0o755)
    policy = small_policy("namespaces", data=((str(tmp_path), str(tmp_path)),))
    with Zygote(policy) as zygote:
        layers = {layer.name: layer for layer in zygote.layers(tmp_path / "secret.txt")}
    assert layers["files"].state == "failed"
    assert "secret.txt" in layers["files"].detail


def test_a_missing_protection_is_absent_with_its_reason():
    layer = measure.judge("files", {"worked": "/secret"}, Tier.PROCESS, {})
    assert layer.state == "absent"
    assert "tier 5" in layer.detail


def test_files_are_reported_absent_where_the_kernel_has_no_landlock():
    facts = {"landlock": "this kernel has no Landlock"}
    layer = measure.judge("files", {"worked": "/secret"}, Tier.CONTAINER, facts)
    assert layer.state == "absent"
    assert "Landlock" in layer.detail


def isolation_with(rights: Path, wanted: str) -> list[str]:
    """What a process with fewer rights says about its isolation: tier, layers, memory bomb."""
    script = [sys.executable, rights, ATTACKS / "isolation_here.py", wanted]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    ran = subprocess.run(script, env=environment, capture_output=True, text=True, check=False)
    assert ran.stdout, ran.stderr
    return ran.stdout.splitlines()


@linux_root
def test_a_plain_user_gets_namespaces():
    tier, *layers, bomb = isolation_with(Path(plain_user.__file__), "auto")
    assert tier == "2: namespaces, as a plain user"
    assert [layer for layer in layers if not layer.startswith("holds")] == ["absent user"]
    assert bomb == "out of memory"


@linux_root
def test_a_plain_user_without_namespaces_gets_one_process():
    tier, *layers, bomb = isolation_with(Path(plain_user.__file__), "plain")
    assert tier == "4: the same user, without namespaces"
    missing = [layer for layer in layers if not layer.startswith("holds")]
    assert missing == ["absent namespaces", "absent user"]
    assert bomb.startswith("PermissionError")


@linux_root
def test_root_of_a_container_gives_each_sandbox_a_user_of_its_own():
    tier, *layers, bomb = isolation_with(ATTACKS / "container_root.py", "auto")
    assert tier == "3: a user of its own, without namespaces"
    missing = [layer for layer in layers if not layer.startswith("holds")]
    assert missing == ["absent namespaces"]
    assert bomb == "out of memory"


@linux_root
def test_best_tier_is_tried_first_and_a_container_next():
    assert candidates(Policy()) == (Tier.ROOT_NAMESPACES, Tier.CONTAINER)


def test_other_systems_get_a_process_split_only(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    assert candidates(Policy()) == (Tier.PROCESS,)
    with pytest.raises(SandboxUnavailable, match="needs Linux"):
        candidates(Policy(tier="namespaces"))


def test_user_ids_are_even_and_far_from_real_ones():
    users = identity.job_users()
    assert users.start > 1000
    assert identity.pick_user() % 2 == 0


def test_filter_without_fork_lets_a_process_signal_itself_only():
    assert len(seccomp.program(False, 42)) > len(seccomp.program(True, 42))
    assert (0x15, 0, 1, 42) in seccomp.program(False, 42)


def test_paths_within_others_are_shown_once():
    paths = visible.libraries(Policy())
    assert len(set(paths)) == len(paths)
    assert not any(a != b and a.startswith(f"{b}/") for a in paths for b in paths)


def unified_hierarchy(root: Path) -> Path:
    """A folder that looks like control groups of version 2 to one who makes a group in it."""
    (root / "cgroup.controllers").write_text("memory pids")
    group = root / "group"
    group.mkdir()
    for name in ("memory.max", "pids.max", "cgroup.procs"):
        (group / name).write_text("max")
    return group


def test_limits_are_written_to_control_groups_of_version_2(tmp_path: Path):
    folder = unified_hierarchy(tmp_path)
    group = cgroups.Group((folder,), 2)
    cgroups.limit(group, Policy(memory_megabytes=100, disk_megabytes=20, processes=8))
    assert (folder / "memory.max").read_text() == str((100 + 20 + 64) << 20)
    assert (folder / "pids.max").read_text() == "10"


def test_out_of_memory_is_read_from_control_groups_of_version_2(tmp_path: Path):
    (tmp_path / "memory.events").write_text("low 0\noom 2\noom_kill 1\n")
    assert cgroups.Group((tmp_path,), 2).out_of_memory()


def test_no_control_group_is_made_where_the_controllers_are_missing(tmp_path: Path):
    (tmp_path / "cgroup.controllers").write_text("")
    assert cgroups.create(Policy(), "group", tmp_path) is None
    assert not (tmp_path / "group").exists()


def test_a_process_split_alone_runs_code_and_says_what_is_missing(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(launch, "candidates", lambda _policy: (Tier.PROCESS,))
    with Zygote(small_policy("plain")) as zygote, zygote.spawn() as sandbox:
        assert ask(sandbox.channel, "seen = 6 * 7") == 42
        layers = {layer.name: layer for layer in zygote.layers()}
    assert zygote.tier == "5: process split only"
    assert layers["files"].state == "absent"
    assert layers["memory"].state == "holds"


@linux_root
def test_a_folder_that_cannot_be_filled_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(SandboxUnavailable, match="relative path"):
        folders.create(Policy(data=((__file__, "/elsewhere"),)), own_user=True)
    assert list(tmp_path.iterdir()) == []

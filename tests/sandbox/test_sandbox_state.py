"""What the kernel says of a student's process: each layer by itself, whatever the others stop."""

import os
from collections.abc import Iterator
from typing import Any

import pytest

from autograder.sandbox.launch import Zygote
from tests.support.sandbox_helpers import DISK, PROCESSES, TIERS, linux_root, small_policy
from tests.support.sandbox_probe import ask

pytestmark = linux_root
NAMESPACES = ("mnt", "net", "ipc", "uts", "cgroup", "pid")
LOOK = """
import os, resource
fields = dict(line.rstrip("\\n").split(":", 1) for line in open("/proc/self/status"))
flags = {}
for place in ("/", "/usr", os.getcwd(), "/dev/shm", "/proc"):
    flags[place] = os.statvfs(place).f_flag
limits = {name: resource.getrlimit(getattr(resource, name)) for name in limited}
seen = {
    "status": {name: value.strip() for name, value in fields.items()},
    "namespaces": {name: os.readlink(f"/proc/self/ns/{name}") for name in namespaces},
    "limits": limits,
    "flags": flags,
    "entries": os.statvfs(os.getcwd()).f_files,
    "sizes": {p: os.statvfs(p).f_blocks * os.statvfs(p).f_frsize for p in (".", "/dev/shm")},
    "oom": int(open("/proc/self/oom_score_adj").read()),
}
"""
LIMITED = {
    "RLIMIT_NPROC": PROCESSES,
    "RLIMIT_NOFILE": 512,
    "RLIMIT_FSIZE": DISK << 20,
    "RLIMIT_CORE": 0,
    "RLIMIT_MSGQUEUE": 0,
}


@pytest.fixture(scope="module", params=TIERS)
def state(request: pytest.FixtureRequest) -> Iterator[dict[str, Any]]:
    """What one sandbox sees of itself."""
    with Zygote(small_policy(request.param)) as zygote, zygote.spawn() as sandbox:
        seen = ask(sandbox.channel, LOOK, namespaces=NAMESPACES, limited=list(LIMITED))
        yield {"tier": request.param, **seen}


@pytest.mark.parametrize("name", ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"])
def test_no_privilege_is_left_nor_can_one_be_had(state: dict[str, Any], name: str) -> None:
    assert int(state["status"][name], 16) == 0


def test_programs_with_another_users_rights_give_none(state: dict[str, Any]) -> None:
    assert state["status"]["NoNewPrivs"] == "1"


def test_a_filter_looks_at_system_calls(state: dict[str, Any]) -> None:
    assert state["status"]["Seccomp"] == "2"


def test_it_belongs_to_a_user_and_a_group_of_its_own_and_to_no_other(state: dict[str, Any]) -> None:
    users, groups = (set(state["status"][name].split()) for name in ("Uid", "Gid"))
    assert users == groups and len(users) == 1
    assert int(users.pop()) > 1_000_000
    assert state["status"]["Groups"] == ""


@pytest.mark.parametrize("name", LIMITED)
def test_every_limit_is_set_and_cannot_be_raised(state: dict[str, Any], name: str) -> None:
    assert state["limits"][name] == [LIMITED[name], LIMITED[name]]


def test_it_is_what_goes_first_where_memory_runs_out(state: dict[str, Any]) -> None:
    assert state["oom"] == 1000


@pytest.mark.parametrize("name", NAMESPACES)
def test_each_kind_of_namespace_is_its_own_where_there_are_any(
    state: dict[str, Any], name: str
) -> None:
    own = state["namespaces"][name] != os.readlink(f"/proc/self/ns/{name}")
    assert own == (state["tier"] == "namespaces")


def test_the_file_system_of_its_own_cannot_be_changed(state: dict[str, Any]) -> None:
    if state["tier"] == "namespaces":
        assert state["flags"]["/"] & os.ST_RDONLY
        assert state["flags"]["/usr"] & os.ST_RDONLY


def test_what_it_writes_is_limited_and_gives_no_rights(state: dict[str, Any]) -> None:
    if state["tier"] == "namespaces":
        assert 0 < state["entries"] <= 65_536
        assert state["sizes"]["."] == DISK << 20
        for place in state["flags"].keys() - {"/", "/usr"}:
            assert state["flags"][place] & os.ST_NOSUID
            assert state["flags"][place] & os.ST_NODEV

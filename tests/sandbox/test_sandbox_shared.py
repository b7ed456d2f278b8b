"""A zygote that was forked from the process that judges holds no more than one of its own."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.sandbox.launch import environment
from tests.support.sandbox_helpers import linux_root

ROOT = Path(__file__).parents[2]
HELD = """
import re, sys
pages = b""
with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb") as memory:
    for line in maps:
        addresses, rights, *_ = line.split()
        start, end = (int(each, 16) for each in addresses.split("-"))
        if rights.startswith("rw"):
            memory.seek(start)
            try:
                pages += memory.read(min(end - start, 1 << 26))
            except OSError:
                pass
seen = {
    "engine": sorted(n for n in sys.modules if n.split(".")[0] in ("autograder", "cnnlab")),
    "secret": bool(re.search("".join(f"[{each}]" for each in reversed(backwards)).encode(), pages)),
}
"""
RUN = f"""
import json, os, random, sys
sys.path.insert(0, {str(ROOT)!r})
from autograder.sandbox.shared import fork_zygote
begun = fork_zygote(("numpy",), meanwhile=("json",))
secret = os.environ["SECRET"] = os.urandom(16).hex()
from autograder.sandbox.launch import Zygote
from tests.support.sandbox_helpers import small_policy
from tests.support.sandbox_probe import ask
with Zygote(small_policy(sys.argv[1]), begun=begun) as zygote:
    pid = zygote._process.pid
    with zygote.spawn() as sandbox:
        told = ask(sandbox.channel, {HELD!r}, backwards=secret[::-1])
    zygote._process.kill()
    with zygote.spawn() as sandbox:
        told["anew"] = zygote._process.pid != pid and ask(sandbox.channel, "seen = 7")
told["gone"] = begun[1].status is not None
print(json.dumps(told))
"""


@pytest.fixture(scope="module", params=["namespaces", "container"])
def told(request: pytest.FixtureRequest) -> dict[str, object]:
    command = [sys.executable, "-B", "-c", RUN, request.param]
    done = subprocess.run(command, check=True, capture_output=True, env=environment(), text=True)
    return json.loads(done.stdout)


@linux_root
def test_it_holds_nothing_that_was_read_after_the_fork(told: dict[str, object]) -> None:
    assert told["secret"] is False
    allowed = ("autograder", "autograder.inside", "autograder.sandbox", "autograder.wire")
    strangers = [
        name
        for name in told["engine"]  # type: ignore[attr-defined]
        if not name.startswith(("autograder.inside.", "autograder.sandbox.", "autograder.wire."))
        and name not in allowed
    ]
    assert strangers == []


@linux_root
def test_one_that_has_died_is_started_anew(told: dict[str, object]) -> None:
    assert (told["anew"], told["gone"]) == (7, True)


def test_the_process_that_judges_draws_other_random_numbers_than_the_zygote() -> None:
    code = """
import random
import numpy.random
before = random.getstate(), numpy.random.get_state()[1].tolist()
from autograder.sandbox.shared import fork_zygote
control, process = fork_zygote(("numpy",), meanwhile=())
control.close()
assert process.wait(60) == 0
print(random.getstate() != before[0], numpy.random.get_state()[1].tolist() != before[1])
"""
    command = [sys.executable, "-B", "-c", code]
    done = subprocess.run(command, check=True, capture_output=True, env=environment(), text=True)
    assert done.stdout.split() == ["True", "True"]


@pytest.mark.skipif(sys.platform != "linux", reason="its allocator is glibc's")
def test_the_process_that_judges_gives_back_what_it_frees() -> None:
    """It was started as sandboxes are, which keep all: a computation's memory would stay in it."""
    code = """
import sys
from autograder.sandbox.shared import fork_zygote
def private():
    with open("/proc/self/smaps_rollup") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("Private_Dirty"))
control, process = fork_zygote(("numpy",), meanwhile=())
before = private()
held = [b"x" * (1 << 21) for _ in range(50)]
taken = private()
del held
print(taken - before > 90_000, private() - before < 10_000)
"""
    command = [sys.executable, "-B", "-c", code]
    done = subprocess.run(command, check=True, capture_output=True, env=environment(), text=True)
    assert done.stdout.split() == ["True", "True"]

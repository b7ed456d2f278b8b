"""Sandboxes and zygotes from start to end: they start again, end at once and leave nothing."""

import os
import signal
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.sandbox.launch import Sandbox, Zygote
from autograder.sandbox.policy import Exit, Policy, SandboxUnavailable
from tests.support.sandbox_helpers import is_running, linux_root, places_of, small_policy
from tests.support.sandbox_probe import ask

pytest_plugins = ["tests.support.sandbox_fixtures"]
pytestmark = linux_root


def open_descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


def test_nothing_is_left_behind(zygote: Zygote):
    zygote.spawn().close()
    before = open_descriptors(), Path("/proc/self/mountinfo").read_text()
    for _ in range(5):
        sandbox = zygote.spawn()
        places = places_of(sandbox)
        assert all(place.exists() for place in places)
        ask(sandbox.channel, "import os\nif os.fork() == 0: import time; time.sleep(60)")
        sandbox.close()
        assert [place for place in places if place.exists()] == []
    after = open_descriptors(), Path("/proc/self/mountinfo").read_text()
    assert after == before


def test_no_process_is_left_behind():
    with Zygote(small_policy("namespaces")) as zygote:
        assert zygote._process is not None
        pid = zygote._process.pid
        zygote.spawn().close()
        deadline = time.monotonic() + 5
        children = Path(f"/proc/{pid}/task/{pid}/children")
        while children.read_text() and time.monotonic() < deadline:
            time.sleep(0.01)
        assert children.read_text() == ""
    assert not is_running(pid)


def test_close_may_be_called_twice(zygote: Zygote):
    sandbox = zygote.spawn()
    sandbox.close()
    sandbox.close()
    sandbox.kill()


def test_the_end_is_unknown_while_the_sandbox_runs(sandbox: Sandbox):
    assert sandbox.wait(0.05) == Exit("unknown")
    assert sandbox.running


def test_a_dead_zygote_is_started_again(zygote: Zygote):
    assert zygote._process is not None
    os.kill(zygote._process.pid, signal.SIGKILL)
    with zygote.spawn() as sandbox:
        assert ask(sandbox.channel, "seen = 'again'") == "again"


def test_a_zygote_that_cannot_start_is_an_error_in_words():
    with pytest.raises(SandboxUnavailable, match="no_such_module"):
        Zygote(small_policy("namespaces", preload=("no_such_module",)))


def test_a_sandbox_survives_the_end_of_its_zygote():
    zygote = Zygote(small_policy("namespaces"))
    with zygote.spawn() as sandbox:
        zygote.close()
        assert ask(sandbox.channel, "seen = 1") == 1


def test_missing_data_is_an_error_in_words():
    policy = small_policy("namespaces", data=(("/no/such/folder", "data"),))
    with pytest.raises(SandboxUnavailable, match="/no/such/folder"):
        Zygote(policy)


def test_many_threads_can_spawn_at_a_time(zygote: Zygote):
    seen: list[int] = []

    def use(number: int) -> None:
        with zygote.spawn() as sandbox:
            seen.append(ask(sandbox.channel, "seen = number", number=number))

    threads = [threading.Thread(target=use, args=(n,)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seen) == list(range(12))


def test_a_preloaded_module_can_prepare_for_the_fork(tmp_path: Path):
    text = "ready = []\ndef before_fork(): ready.append(1)\n"
    (tmp_path / "prepared_module.py").write_text(text)
    policy = small_policy("namespaces")
    policy = replace(
        policy,
        preload=("prepared_module",),
        import_from=(*policy.import_from, str(tmp_path)),
    )
    with Zygote(policy) as zygote, zygote.spawn() as sandbox:
        assert ask(sandbox.channel, "import prepared_module; seen = prepared_module.ready") == [1]


def test_a_module_with_threads_is_refused_before_the_fork(tmp_path: Path):
    text = (
        "import threading, time as t\nthreading.Thread(target=t.sleep, args=(9,), daemon=1).start()"
    )
    (tmp_path / "threaded_module.py").write_text(text)
    policy: Policy = small_policy("namespaces")
    policy = replace(
        policy,
        preload=("threaded_module",),
        import_from=(*policy.import_from, str(tmp_path)),
    )
    with pytest.raises(SandboxUnavailable, match="threads"):
        Zygote(policy)

"""The memory that a submission took: its own alone, whoever keeps count."""

import os
import time

from autograder.sandbox.launch import Zygote
from autograder.sandbox.policy import Policy
from autograder.sandbox.watch import Watch
from tests.support.sandbox_helpers import linux_root, small_policy
from tests.support.sandbox_probe import ask

pytest_plugins = ["tests.support.sandbox_fixtures"]
pytestmark = linux_root
MEGABYTE = 1 << 20


def peak_megabytes(zygote: Zygote, code: str) -> float:
    with zygote.spawn() as sandbox:
        assert sandbox.peak_bytes is None
        ask(sandbox.channel, code)
    assert sandbox.peak_bytes is not None
    return sandbox.peak_bytes / MEGABYTE


def test_a_sandbox_tells_the_most_that_it_held_at_a_time(zygote: Zygote):
    little = peak_megabytes(zygote, "pass")
    much = peak_megabytes(zygote, "kept = bytearray(b'x') * (150 << 20)\ndel kept")
    assert little < 60
    assert 140 < much - little < 200


def test_the_memory_of_a_process_that_died_is_told(zygote: Zygote):
    code = """
import os, time
if os.fork() == 0:
    kept = bytearray(b'x') * (100 << 20)
    time.sleep(0.2)
    os._exit(0)
os.wait()
"""
    assert peak_megabytes(zygote, code) > 90


def test_memory_that_all_sandboxes_share_is_not_counted():
    code = "import numpy; numpy.random.rand(100)"
    with Zygote(small_policy("namespaces", preload=("numpy", "torch"))) as zygote:
        assert peak_megabytes(zygote, code) < 60


def test_without_a_control_group_the_largest_look_counts():
    looking = Watch(Policy(), (), "", os.getuid())
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        kept = bytearray(b"x") * (80 * MEGABYTE)
        os.write(write, kept[:1])
        time.sleep(60)
        os._exit(0)
    os.read(read, 1)
    assert not looking.out_of_memory()
    os.kill(child, 9)
    os.waitpid(child, 0)
    looking.out_of_memory()
    assert 75 * MEGABYTE < looking.peak_bytes < 100 * MEGABYTE
    for end in (read, write):
        os.close(end)

"""Ctrl-C ends whatever runs; what was stopped leaves no grade."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from autograder.course.settings import Course, Limits, Totals
from autograder.judge.engine import Engine
from autograder.judge.running import Running, Stopped
from autograder.records import Submission
from autograder.sandbox.launch import Zygote
from tests.support.handed_in import code, read_content, whole
from tests.support.sandbox_helpers import is_running, linux_root, small_policy

ROOT = Path(__file__).resolve().parents[2]
STUCK = """
import sys, threading, time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from autograder import interrupt

def command():
    with interrupt.temporary_folder("cnn-test-") as folder, ThreadPoolExecutor(1) as pool:
        {begin}
        print(folder, flush=True)
        time.sleep(60)

if __name__ == "__main__":
    interrupt.run(command)
"""
SLEEPING_THREAD = "pool.submit(time.sleep, 60)"
SLEEPING_PROCESS = (
    "others = ProcessPoolExecutor(1, get_context('spawn'));"
    "others.submit(time.sleep, 60);"
    "print([child for child in others._processes], flush=True)"
)


def interrupted(tmp_path: Path, begin: str) -> tuple[int, float, list[str], str]:
    """Status, seconds until the end, lines and errors of a command that is stuck."""
    file = tmp_path / "stuck.py"
    file.write_text(STUCK.format(begin=begin))
    with subprocess.Popen(
        [sys.executable, str(file)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout and process.stderr
        lines = [process.stdout.readline() for _ in range(1 + ("print" in begin))]
        process.send_signal(signal.SIGINT)
        begun = time.monotonic()
        status = process.wait(30)
        return status, time.monotonic() - begun, lines, process.stderr.read()


def test_a_command_that_could_end_by_itself_says_so(tmp_path: Path) -> None:
    status, seconds, lines, errors = interrupted(tmp_path, "pass")
    assert (status, seconds < 5) == (130, True)
    assert "Stopped." in errors and "Traceback" not in errors
    assert not Path(lines[-1].strip()).exists()


def test_a_thread_that_cannot_be_stopped_is_given_up_and_nothing_is_left(tmp_path: Path) -> None:
    status, seconds, lines, _ = interrupted(tmp_path, SLEEPING_THREAD)
    assert (status, seconds < 10) == (130, True)  # two seconds on a quiet machine, not sixty
    assert not Path(lines[-1].strip()).exists()


@linux_root
def test_the_workers_of_a_pool_end_too(tmp_path: Path) -> None:
    status, seconds, lines, _ = interrupted(tmp_path, SLEEPING_PROCESS)
    assert (status, seconds < 10) == (130, True)
    worker = int(lines[0].strip("[]\n"))
    deadline = time.monotonic() + 10
    while is_running(worker) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_running(worker)


class Killable:
    killed = False

    def kill(self) -> None:
        self.killed = True


def test_what_begins_while_all_is_ended_ends_as_well() -> None:
    running, early, late = Running(), Killable(), Killable()
    running.add(early)
    running.check()
    running.stop()
    assert early.killed
    with pytest.raises(Stopped):
        running.add(late)
    assert late.killed
    with pytest.raises(Stopped):
        running.check()


@pytest.fixture
def engine() -> Iterator[Engine]:
    limits = Limits(cell_seconds=60, replays=0)
    policy = small_policy("namespaces", preload=("IPython",), serve="autograder.inside.serve")
    with Zygote(policy) as zygote:
        yield Engine(Course("A course", Totals(core=100), limits=limits), (), zygote, seed=1)


@linux_root
def test_a_notebook_that_was_stopped_has_no_grade(engine: Engine, tmp_path: Path) -> None:
    read_content(tmp_path, whole(code("while True: pass")))
    begun, ended = time.monotonic(), list[Any]()

    def grade() -> None:
        try:
            ended.append(engine.grade(Submission("a", tmp_path / "a.ipynb")))
        except Stopped:
            ended.append(Stopped)

    grading = threading.Thread(target=grade)
    grading.start()
    while not engine.running._sandboxes:
        time.sleep(0.05)
    time.sleep(0.3)
    engine.running.stop()
    grading.join(30)
    assert ended == [Stopped]
    assert time.monotonic() - begun < 30

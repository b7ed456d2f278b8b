"""Whatever dies while a class is graded on a cluster: nothing is lost, nothing counts twice."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dask
import pytest

import autograder.cluster.connection as connection
import autograder.cluster.grader as module
from autograder.classroom.run import Setup, Where
from autograder.cluster.connection import addressed, connect
from autograder.cluster.grader import on_cluster
from autograder.cluster.place import ClusterError, Place, read_place
from autograder.paths import PROJECT
from tests.support.cluster_class import busy, graded, processes, with_cell
from tests.support.sandbox_helpers import linux_root

pytest_plugins = ["tests.support.cluster_class"]
pytestmark = [linux_root, pytest.mark.timeout(240)]


@pytest.fixture(autouse=True)
def quick_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two looks find a task that no worker has: tests need not wait for long."""
    monkeypatch.setattr(module, "LOOK_SECONDS", 1.0)


@contextmanager
def killing(place: Place, times: int) -> Generator[list[int]]:
    """Meanwhile a worker that runs a task is killed, so often."""
    killed: list[int] = []
    over = threading.Event()

    def kill() -> None:
        with connect(place, place.address) as client:
            while not over.wait(0.1) and len(killed) < times:
                for pid in busy(client)[:1]:
                    os.kill(pid, signal.SIGKILL)
                    killed.append(pid)

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        yield killed
    finally:
        over.set()
        killer.join()


def test_a_worker_that_is_killed_costs_nothing(
    place: Place, setup: Setup, students: Path, expected: bytes, tmp_path: Path
) -> None:
    with killing(place, 1) as killed:
        assert graded(setup, on_cluster(place), students, tmp_path / "a") == expected
    assert len(killed) == 1


def test_a_grade_that_dies_with_its_worker_is_made_again(
    place: Place,
    setup: Setup,
    students: Path,
    expected: bytes,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Both workers are killed when the first grade is there, but not here yet."""
    result, killed = module.Cluster._result, list[int]()

    def kill_first(self: module.Cluster, *of: Any) -> Any:
        if not killed:
            killed.extend(processes(self._connected).values())
            for pid in killed:
                os.kill(pid, signal.SIGKILL)
        return result(self, *of)

    monkeypatch.setattr(module.Cluster, "_result", kill_first)
    assert graded(setup, on_cluster(place), students, tmp_path / "a") == expected
    assert len(killed) == 2


def test_a_submission_that_takes_workers_down_is_set_aside(setup: Setup, tmp_path: Path) -> None:
    alone = tmp_path / "class"
    alone.mkdir()
    endless = "import time\ntime.sleep(30)"  # there is none of the three kills that it outruns
    text = with_cell(setup.built.solution.read_text(), endless)
    (alone / "student_007.ipynb").write_text(text)
    with addressed(read_place("local:1")) as address:
        place = Place("here", address)
        where = running(place, address)
        with killing(place, 3) as killed:
            gradebook = graded(setup, where, alone, tmp_path / "grades")
    assert len(killed) == 3
    assert b"student_007,student_007.ipynb,grader_error," in gradebook


async def leave(dask_worker: Any) -> None:
    """End a worker so that Dask doesn't start it again, as a batch system does."""
    await dask_worker.close()


def disturbed(place: Place, disturb: Callable[[int, Any, str], None]) -> Where:
    """Workers of `place`; each grade's number, the grader and the student go through `disturb`."""

    @contextmanager
    def workers(setup: Setup) -> Generator[Any]:
        with on_cluster(place)(setup) as grader:

            class Disturbed:
                def each(self, submissions: Sequence[Any], watcher: Any) -> Generator[Any]:
                    for number, pair in enumerate(grader.each(submissions, watcher)):
                        disturb(number, grader, pair[0].student)
                        yield pair

            yield Disturbed()

    return workers


def leaving(place: Place) -> Where:
    """Workers of `place` that leave for good once the first grade is there."""

    def all_leave(number: int, grader: Any, _student: str) -> None:
        if number == 0:
            with connect(place, str(grader).split()[-1]) as client:
                client.run(leave, nanny=True, wait=False)

    return disturbed(place, all_leave)


def test_workers_that_leave_for_good_are_replaced(
    setup: Setup, students: Path, expected: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "KEEP_SECONDS", 0.5)
    monkeypatch.setattr(module, "WORKERS_SECONDS", 60)
    with dask.config.set({"distributed.deploy.lost-worker-timeout": "1s"}):  # pyright: ignore[reportPrivateImportUsage]
        where = leaving(read_place("local:1"))
        assert graded(setup, where, students, tmp_path / "a") == expected


@pytest.mark.timeout(120)
def test_a_run_whose_workers_have_all_gone_ends_with_a_sentence_and_goes_on_later(
    place: Place,
    setup: Setup,
    students: Path,
    expected: bytes,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with addressed(read_place("local:1")) as address:
        left = leaving(Place("scheduler", address))
        monkeypatch.setattr(connection, "KEEP_SECONDS", 60.0)
        monkeypatch.setattr(module, "WORKERS_SECONDS", 2)
        with pytest.raises(ClusterError, match=r"have gone, .* What is graded is kept"):
            graded(setup, left, students, tmp_path / "a")
    monkeypatch.setattr(module, "WORKERS_SECONDS", 60)
    assert graded(setup, on_cluster(place), students, tmp_path / "a") == expected


def running(place: Place, address: str) -> Where:
    """A cluster of our own that is open already."""

    @contextmanager
    def workers(setup: Setup) -> Generator[Any]:
        grader = module.Cluster(place, address, setup)
        grader.open()
        yield grader
        grader.close()

    return workers


def test_an_interrupted_run_goes_on_where_it_was(
    place: Place, setup: Setup, students: Path, expected: bytes, tmp_path: Path
) -> None:
    begun: list[str] = []

    def stop(number: int, _grader: Any, student: str) -> None:
        if number == 2:
            raise KeyboardInterrupt
        begun.append(student)

    with pytest.raises(KeyboardInterrupt):
        graded(setup, disturbed(place, stop), students, tmp_path / "a")
    assert graded(setup, on_cluster(place), students, tmp_path / "a") == expected
    assert len(begun) == 2


def started(*arguments: str) -> subprocess.Popen[bytes]:
    """A process of Dask's, as an administrator starts it in the kit's folder."""
    return subprocess.Popen(
        [sys.executable, "-m", *arguments],
        cwd=PROJECT,
        env=os.environ | {"PYTHONPATH": f"{PROJECT}:{PROJECT / 'assignment'}"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def end(running: Sequence[subprocess.Popen[bytes]]) -> None:
    for process in running:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def test_a_scheduler_that_is_started_anew_loses_nothing(
    setup: Setup, students: Path, expected: bytes, tmp_path: Path
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    address = f"tcp://127.0.0.1:{port}"
    where = ("--host", "127.0.0.1", "--port", port, "--no-dashboard")

    def scheduler() -> subprocess.Popen[bytes]:
        return started("distributed.cli.dask_scheduler", *where)

    def worker() -> subprocess.Popen[bytes]:
        return started("distributed.cli.dask_worker", address, "--nthreads", "1", "--no-dashboard")

    pair = [scheduler(), worker()]
    place, over = Place("scheduler", address), threading.Event()

    def restart() -> None:
        with connect(place, address, 60) as client:
            until(lambda: bool(busy(client)) or over.is_set())
        end(pair)
        pair[:] = [scheduler(), worker()]

    restarting = threading.Thread(target=restart)
    restarting.start()
    try:
        assert graded(setup, on_cluster(place), students, tmp_path / "a") == expected
    finally:
        over.set()
        restarting.join()
        end(pair)


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 120
    while not true() and time.monotonic() < end:
        time.sleep(0.1)

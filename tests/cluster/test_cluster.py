"""A class on a cluster has the gradebook of one machine; what is not as it must be is told."""

import dataclasses
import json
import os
import socket
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import autograder.cluster.grader as module
from autograder.classroom.isolation import Requirement, TooWeak
from autograder.classroom.run import Setup
from autograder.cluster.connection import addressed, connect
from autograder.cluster.grader import on_cluster
from autograder.cluster.place import ClusterError, Place, read_place
from autograder.paths import PROJECT
from tests.support.cluster_class import graded
from tests.support.sandbox_helpers import linux_root

pytest_plugins = ["tests.support.cluster_class"]
pytestmark = [linux_root, pytest.mark.timeout(240)]

COMMANDS = {
    # A copy, because dask-jobqueue removes the script when this ends.
    "sbatch": "cp $1 $0.job\nsetsid bash $0.job >/dev/null 2>&1 &\necho Submitted batch job $!",
    "scancel": "kill -9 -- -$1",
}
"""Of SLURM: a job is a process group here, and its number is the group's."""


def test_the_gradebook_is_that_of_one_machine(
    place: Place,
    setup: Setup,
    students: Path,
    expected: bytes,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert graded(setup, on_cluster(place), students, tmp_path / "a") == expected
    told = capsys.readouterr().out
    assert "Dask's dashboard: http://127.0.0.1:" in told
    assert "Grading on 2 workers (2 at tier 1)" in told
    executed = tmp_path / "a" / "students" / "student_001" / "executed.ipynb"
    assert json.loads(executed.read_text())["cells"]


def test_another_kit_on_a_worker_is_told_before_anything_is_graded(
    place: Place, setup: Setup, students: Path, tmp_path: Path
) -> None:
    other = Setup(setup.course, setup.built, "cpu", setup.seed, setup.required)
    basis = dataclasses.replace(setup.basis, torch="1.0", engine="of another version")
    other.__dict__["basis"] = basis
    with pytest.raises(ClusterError, match="other torch, engine than here"):
        graded(other, on_cluster(place), students, tmp_path / "a")
    assert not (tmp_path / "a").exists()


def test_another_dask_on_a_worker_is_told(
    place: Place, setup: Setup, students: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "DASK", "2020.1.0")
    with pytest.raises(ClusterError, match=r"runs Dask .*, this side 2020\.1\.0"):
        graded(setup, on_cluster(place), students, tmp_path / "a")


def test_a_folder_that_a_worker_does_not_see_is_told(
    place: Place, setup: Setup, students: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = module.make_bundle
    monkeypatch.setattr(
        module,
        "make_bundle",
        lambda *_: dataclasses.replace(make(setup.built), content=b"", shared="/no/such/file.zip"),
    )
    with pytest.raises(ClusterError, match=r"does not see /no/such/file\.zip"):
        graded(setup, on_cluster(place), students, tmp_path / "a")


def test_a_worker_that_is_isolated_too_weakly_takes_no_work(
    place: Place, setup: Setup, students: Path, tmp_path: Path
) -> None:
    strict = Setup(setup.course, setup.built, "cpu", setup.seed, Requirement(0))
    with pytest.raises(TooWeak, match="on all 2 workers"):
        graded(strict, on_cluster(place), students, tmp_path / "a")


def test_a_scheduler_that_cannot_be_reached_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(ClusterError, match="cannot be reached"):
        connect(Place("scheduler", address), address, 1)


def test_the_workers_tests_are_nobody_elses_and_go_with_them(
    setup: Setup,
    students: Path,
    expected: bytes,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """By dask-jobqueue, as on SLURM, whose commands are stood in for; tests in a shared folder."""
    for name, script in COMMANDS.items():
        (tmp_path / name).write_text(f"#!/bin/bash\n{script}\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    shared = tmp_path / "shared"
    shared.mkdir()
    jobs = tmp_path / "jobs.toml"
    jobs.write_text(
        f'system = "SLURM"\njobs = 1\ncores = 1\nmemory = "4GB"\nshared = "{shared}"\n'
        'interface = "lo"\n'
        f'job_script_prologue = ["export PYTHONPATH={PROJECT / "assignment"}"]\n'
    )
    place = read_place(str(jobs), insecure=True)
    seen: dict[str, str] = {}

    def folders(dask_worker: Any) -> dict[str, str]:
        held = [each for each in dask_worker.plugins.values() if hasattr(each, "_folder")]
        return {str(each._folder): oct(each._folder.stat().st_mode) for each in held}

    @contextmanager
    def look(setup: Setup) -> Generator[Any]:
        with on_cluster(place)(setup) as grader:
            for each in grader._connected.run(folders).values():  # type: ignore[attr-defined]
                seen.update(each)
            yield grader

    assert graded(setup, look, students, tmp_path / "a") == expected
    (folder, mode), *others = seen.items()
    assert mode == "0o40700" and not others
    assert not Path(folder).exists()
    assert [oct(file.stat().st_mode) for file in shared.iterdir()] == ["0o100600"]


def test_who_has_no_key_gets_nowhere(tmp_path: Path) -> None:
    for command in (
        "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=kit -keyout key.pem -out cert.pem",
        "x509 -in cert.pem -out ca.pem",
    ):
        subprocess.run(["openssl", *command.split()], cwd=tmp_path, check=True, capture_output=True)
    private = dataclasses.replace(read_place("local:1"), tls=tmp_path)
    with addressed(private) as address:
        assert address.startswith("tls://")
        with connect(private, address) as client:
            assert client.submit(sum, [1, 2]).result() == 3
        plain = address.replace("tls://", "tcp://")
        with pytest.raises(ClusterError, match="cannot be reached"):
            connect(Place("scheduler", plain), plain, 2)

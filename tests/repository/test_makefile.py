"""The Makefile: what it lists, it has; what it calls, exists."""

import re
import subprocess
from pathlib import Path

import pytest
import typer.main

from autograder.cli.app import app
from proofs.app import app as proofs

ROOT = Path(__file__).resolve().parents[2]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def make(*arguments: str, folder: Path = ROOT) -> str:
    command = ["make", "--makefile", str(ROOT / "Makefile"), *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout


def targets() -> set[str]:
    (phony,) = re.findall(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)
    return set(phony.split())


def test_help_lists_every_target_with_a_sentence() -> None:
    assert set(re.findall(r"^  make ([\w-]+) +\w", make("help"), re.MULTILINE)) == targets()


def test_make_alone_helps() -> None:
    assert make() == make("help")


@pytest.mark.parametrize(("of", "command"), re.findall(r"\$\((RUN|PROVE)\) ([\w-]+)", MAKEFILE))
def test_a_called_command_exists(of: str, command: str) -> None:
    line = {"RUN": app, "PROVE": proofs}[of]
    known = typer.main.get_group(line).list_commands(None)  # type: ignore[arg-type]
    assert command in known


def test_variables_reach_the_command(tmp_path: Path) -> None:
    shown = make("-n", "grade", "SUBMISSIONS=theirs", "OUTPUT=marks", "JOBS=3")
    assert 'autograder grade "theirs" --output "marks" --jobs 3' in shown
    assert "--require-isolation 3" in shown and "--cluster" not in shown
    for target in ("grade", "regrade"):
        there = make("-n", target, "CLUSTER=local:2", "TLS=keys", "INSECURE=1")
        assert '--cluster "local:2" --tls "keys" --insecure' in there
    assert "--gradebook" not in shown and "--practice" not in shown


def test_feedback_is_packed_for_the_class_that_is_named() -> None:
    shown = make("-n", "feedback", "SUBMISSIONS=their class.zip", "OUTPUT=marks", "GRADEBOOK=g.csv")
    assert 'autograder feedback "their class.zip" --output "marks" --gradebook "g.csv"' in shown


@pytest.mark.parametrize(
    "target",
    [
        *("grade", "regrade", "report", "feedback", "archive"),
        *("desk", "explain", "release", "autograder", "verify"),
    ],
)
def test_the_assignment_reaches_every_command_that_has_to_do_with_one(target: str) -> None:
    assert '--assignment "examples/b c"' in make("-n", target, "ASSIGNMENT=examples/b c")


def test_one_question_is_verified_on_few_seeds() -> None:
    shown = make("-n", "verify", "QUESTION=q5", "SEEDS=2")
    assert '--seeds 2 --question "q5"' in shown


@pytest.mark.parametrize("target", ["grade", "regrade", "feedback"])
def test_the_table_of_groups_reaches_the_command(target: str) -> None:
    assert '--groups "teams.csv"' in make("-n", target, "GROUPS=teams.csv")


@pytest.mark.parametrize("target", ["grade", "regrade"])
def test_the_isolation_that_is_asked_for_reaches_the_command(target: str) -> None:
    assert "--require-isolation 1 --practice" in make("-n", target, "ISOLATION=1", "PRACTICE=1")


def test_a_gradebook_and_its_column_reach_the_command() -> None:
    shown = make("-n", "grade", "GRADEBOOK=my export.csv", "COLUMN=Lab 3")
    assert '--gradebook "my export.csv" --column "Lab 3"' in shown


def test_a_cpu_only_lock_names_no_cuda_package(tmp_path: Path) -> None:
    (tmp_path / "requirements.lock").write_text(
        "nvidia-cublas==1\n    # via torch\ntorch==2\ntriton==3\ncuda-bindings==4\nnumpy==5\n"
    )
    make("build/requirements-cpu.lock", folder=tmp_path)
    kept = (tmp_path / "build" / "requirements-cpu.lock").read_text()
    assert re.findall(r"^\w\S*", kept, re.MULTILINE) == ["torch==2", "numpy==5"]


def test_cpu_only_builds_come_from_the_index_that_was_named(tmp_path: Path) -> None:
    (tmp_path / "requirements.lock").write_text("torch==2\n")
    shown = make("-n", ".venv/installed", "TORCH_INDEX=https://example.org/cpu", folder=tmp_path)
    assert 'install.sh build/requirements-cpu.lock "https://example.org/cpu"' in shown


def test_the_lock_pins_everything_and_names_no_registry() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    for line in lock.splitlines():
        if line and not line.lstrip().startswith("#"):
            assert re.match(r"[\w.-]+==[\w.+]+( ; .*)?$", line), line
    assert "://" not in lock


def test_continuous_integration_runs_the_tests() -> None:
    lines = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert lines == ["#!/usr/bin/env bash", "set -euo pipefail", "make test"]


def test_the_shell_reads_nothing_in_the_name_of_a_student(tmp_path: Path) -> None:
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\nfor given; do echo "<$given>"; done\n')
    python.chmod(0o755)
    (tmp_path / "requirements.lock").touch()
    (tmp_path / ".venv" / "installed").touch()
    name = """a"b'c `id` $(shell id) $$HOME; touch $@ \\"""
    for target, variable in (("explain", "STUDENT"), ("grade", "REMOVE")):
        shown = make(target, f"{variable}={name}", "QUESTION=q1", folder=tmp_path)
        assert f"\n<{name}>\n" in shown
    assert sorted(each.name for each in tmp_path.iterdir()) == [".venv", "requirements.lock"]

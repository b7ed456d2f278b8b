"""What is prepared for a machine with a GPU: the script refuses without one, the page is true."""

import os
import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.store.basis import Basis
from autograder.store.kept import Attempt, Run
from autograder.store.store import Store
from scripts import gpu_page
from tests.support.sample_grades import COMPLETED, PASSED

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "scripts" / "gpu_check.sh"


def run(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the script with programs of `folder` found first."""
    path = f"{folder}:{os.environ['PATH']}"
    return subprocess.run(
        ["bash", str(SCRIPT), str(folder / "found")],
        env=os.environ | {"PATH": path} | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def program(folder: Path, name: str, script: str) -> Path:
    file = folder / name
    file.write_text(f"#!/bin/bash\n{script}\n")
    file.chmod(0o755)
    return file


def test_what_the_script_and_the_page_name_is_there() -> None:
    text = SCRIPT.read_text(encoding="utf-8") + gpu_page.NOT_RUN
    named = re.findall(r"(?:tests|scripts|submissions)/[\w/.]+\w", text)
    assert len(named) > 4 and [name for name in named if not (ROOT / name).exists()] == []


def test_without_a_gpu_the_script_says_so_and_leaves_nothing(tmp_path: Path) -> None:
    program(tmp_path, "nvidia-smi", "exit 9")
    done = run(tmp_path)
    assert done.returncode == 2 and "finds no GPU" in done.stderr
    assert not (tmp_path / "found").exists()


def test_every_step_has_a_limit_and_all_of_them_take_twelve_minutes_at_most(tmp_path: Path) -> None:
    """With a card and a Python that are stood in for: what is asked of them is written down."""
    asked, limits = tmp_path / "asked", tmp_path / "limits"
    program(
        tmp_path, "nvidia-smi", 'case "$*" in *loop*) exec sleep 60;; esac; echo card, 1 MiB, 1'
    )
    program(tmp_path, "timeout", f'echo "$1" >> {limits}\nshift\nexec "$@"')
    python = program(
        tmp_path, "python", f'echo "$@" >> {asked}\ncase "$*" in *cuda*) exit 1;; esac'
    )
    done = run(tmp_path, PYTHON=str(python))
    assert done.returncode == 0, done.stderr
    assert sum(map(int, limits.read_text().split())) <= 12 * 60
    lines = asked.read_text().splitlines()
    assert [line.split("--device ")[1].split(" --pr")[0] for line in lines if "grade" in line] == [
        *("cpu --jobs 1", "cuda --jobs 1", "cuda --jobs 2", "cuda --jobs 4", "cuda --jobs 8"),
    ]
    assert lines[-1] == f"scripts/gpu_page.py page {tmp_path / 'found'}"
    found = tmp_path / "found"
    assert (found / "cuda-8.status").read_text() == "1\n"
    assert (found / "card.txt").read_text() == "card, 1 MiB, 1\n"


def graded(folder: Path, name: str, points: float, seconds: float) -> None:
    store = Store(folder / name)
    store.begin(Run("grade", Basis(tests="some")))
    question = replace(PASSED, score=points)
    grade = replace(COMPLETED, questions=(question,), seconds=seconds)
    store.save(grade, Attempt(grade.source), None)
    store.close()
    (folder / f"{name}.status").write_text("1\n")


@pytest.fixture
def found(tmp_path: Path) -> Path:
    graded(tmp_path, "cpu-1", 5.0, 4.0)
    graded(tmp_path, "cuda-1", 5.0, 2.0)
    graded(tmp_path, "cuda-8", 4.0, 4.0)
    (tmp_path / "cuda-8.memory").write_text("100\n900\n4100\n")
    (tmp_path / "card.txt").write_text("A card, 81559 MiB, 550\n")
    (tmp_path / "calibration.json").write_text('{"lesson": [97.0, 96.0], "leaderboard": [98.0]}')
    (tmp_path / "tests.status").write_text("124\n")
    return tmp_path


def test_the_page_has_the_ratio_the_memory_and_each_mark_that_differs(found: Path) -> None:
    text = gpu_page.page(found)
    assert "on A card, 81559 MiB, 550; " in text
    assert "| cpu | 1 | 4.0 | 15 | 1.00 |" in text
    assert "| cuda | 1 | 2.0 | 30 | 2.00 | 0 MB |" in text
    assert "| cuda | 8 | 4.0 | 120 | 8.00 | 500 MB |" in text
    student, question = COMPLETED.student, PASSED.question
    assert f"- cuda, 8 at once: {student}, {question}: 4 instead of 5\n" in text
    assert "cuda, 1 at once" not in text
    assert "| q12 | 2 | 96.50 % | 96.00 % |" in text
    assert "- tests: took longer than its time" in text and "- calibration: failed" in text
    assert "- cuda-8: done" in text


def test_the_page_that_is_kept_says_that_nothing_ran_or_what_did() -> None:
    kept = gpu_page.PAGE.read_text(encoding="utf-8")
    assert kept == gpu_page.NOT_RUN or "Written by `bash scripts/gpu_check.sh` on" in kept

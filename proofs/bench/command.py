"""Measures this engine against stock `otter run`: same submissions, same machine, same tests.

Every submission is a correct one, and both must give it all marks: otherwise the comparison would
be one of speed at different work. Each side is started as an instructor starts it, so imports and
start-up count.
"""

import json
import operator
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from autograder.course.assignment import default_assignment
from autograder.course.build.products import Built
from autograder.errors import KitError
from autograder.paths import DEFAULT_ASSIGNMENT, PROJECT
from autograder.sandbox.launch import ENVIRONMENT

MEMORY_AFTER = (10, 100)
"""After how many gradings the trusted process's memory is read."""


class BenchError(KitError):
    """The measurement would mean nothing; the sentence says why."""


@dataclass(frozen=True)
class Measured:
    """What one benchmark gave; seconds of wall time for all submissions together."""

    submissions: int
    engine: float
    """Mean of a run before and a run after those of otter."""
    otter_serial: float
    otter_side_by_side: float
    own_compute: float
    """Median seconds of a submission's own cells, run alone."""
    graded: float
    """Median seconds of grading the same submission, nothing else running."""
    cells: float
    """Median seconds of the same cells in that grading's sandbox."""
    beside: float
    """Median seconds of all else in that grading: checks, start and end of the sandbox."""
    checks: float
    """Median seconds of all checks, run in the process of the cells, without a sandbox."""
    called: float
    """Median seconds of the student's own functions and networks that the checks call, therein."""
    added: float
    """Median of what each grading took longer than the submission's own cells alone."""
    overhead: float
    """Median of what each grading took longer than all of the student's own code alone."""
    memory: tuple[float, ...]
    """Megabytes of the trusted process, after `MEMORY_AFTER` gradings; () if not measured."""

    @property
    def ratio_serial(self) -> float:
        """How many times faster than `otter run` on one submission after another."""
        return self.otter_serial / self.engine

    @property
    def ratio_side_by_side(self) -> float:
        """How many times faster than two `otter run` at once, one thread each."""
        return self.otter_side_by_side / self.engine


def measure(built: Built, correct: Sequence[Path], submissions: int, with_memory: bool) -> Measured:
    """Grade `submissions` copies of the `correct` notebooks in turn, each way."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        class_folder = folder / "class"
        class_folder.mkdir()
        for number in range(submissions):
            source = correct[number % len(correct)]
            shutil.copyfile(source, class_folder / f"student_{number + 1:03d}.ipynb")
        notebooks = sorted(class_folder.iterdir())
        before = _engine_seconds(class_folder, folder / "grades", built)
        serial = _otter_seconds(notebooks, folder / "serial", built, at_once=1)
        pairs = _otter_seconds(notebooks, folder / "pairs", built, at_once=2)
        after = _engine_seconds(class_folder, folder / "grades again", built)
        parts = json.loads(_child("overhead", *map(str, notebooks)))
        memory: list[float] = []
        if with_memory:
            blank = str(built.released)
            memory = json.loads(_child("memory", blank, *map(str, MEMORY_AFTER)))
    graded, cells, own, checks, called = zip(*parts, strict=True)
    added = list(map(operator.sub, graded, own))
    return Measured(
        submissions,
        (before + after) / 2,
        serial,
        pairs,
        statistics.median(own),
        statistics.median(graded),
        statistics.median(cells),
        statistics.median(map(operator.sub, graded, cells)),
        statistics.median(checks),
        statistics.median(called),
        statistics.median(added),
        statistics.median(map(operator.sub, added, called)),
        tuple(memory),
    )


def alone_seconds(notebook: Path, built: Built) -> tuple[float, float, float]:
    """Seconds of the cells, of the checks, and of what these call of the student's, in a bare
    process.
    """
    tests, data = str(built.hidden_tests.resolve()), built.sandbox_data
    cells, checks, called = json.loads(_child("alone", str(notebook), tests, data=data))
    return cells, checks, called


def _engine_seconds(class_folder: Path, output: Path, built: Built) -> float:
    command = [sys.executable, "-m", "autograder", "grade", str(class_folder)]
    started = time.perf_counter()
    # 1: all are graded, and a part waits for a person to mark it.
    _run([*command, "--output", str(output), "--device", "cpu"], PROJECT, {}, ends=(0, 1))
    seconds = time.perf_counter() - started
    possible = _possible(built)
    for results in output.glob("students/*/results.json"):
        score = json.loads(results.read_text(encoding="utf-8"))["score"]
        if score != possible:
            raise BenchError(f"the engine gave {results.parent.name} {score} of {possible}.")
    return seconds


def _otter_seconds(notebooks: Sequence[Path], output: Path, built: Built, at_once: int) -> float:
    """`otter run` with its defaults; side by side with one thread each, the best for it."""
    extra = {"OMP_NUM_THREADS": "1"} if at_once > 1 else {}
    possible = _possible(built)

    def one(notebook: Path) -> None:
        target = output / notebook.stem
        target.mkdir(parents=True)
        command = [sys.executable, "-m", "otter", "run", str(notebook)]
        zip_file = str(built.autograder_zip.resolve())
        _run([*command, "-a", zip_file, "-o", str(target)], target, extra)
        tests = json.loads((target / "results.json").read_text(encoding="utf-8"))["tests"]
        score = round(sum(test.get("score", 0) for test in tests), 6)
        if score != possible:
            raise BenchError(f"otter run gave {notebook.stem} {score} of {possible}.")

    started = time.perf_counter()
    with ThreadPoolExecutor(at_once) as pool:
        list(pool.map(one, notebooks))
    return time.perf_counter() - started


def _possible(built: Built) -> float:
    from autograder.judge.score import load_questions

    questions = load_questions(built.hidden_tests)
    return round(sum(question.max_score for question in questions), 6)


def _child(*arguments: str, data: Path | None = None) -> str:
    """The last line that `proofs.bench.child` prints."""
    extra = {"PYTHONPATH": str(DEFAULT_ASSIGNMENT), "MPLBACKEND": "Agg"}
    if data is not None:
        tuned = {name: value for name, value in ENVIRONMENT.items() if name.startswith("MALLOC_")}
        extra |= tuned | {
            default_assignment().variable("data"): str(data.resolve()),
            **dict(default_assignment().grading),
        }
    command = [sys.executable, "-m", "proofs.bench.child", *arguments]
    return _run(command, PROJECT, extra).strip().splitlines()[-1]


def _run(
    command: Sequence[str], folder: Path, extra: dict[str, str], ends: tuple[int, ...] = (0,)
) -> str:
    done = subprocess.run(
        command,
        cwd=folder,
        env=os.environ | extra,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in ends:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise BenchError(f"'{' '.join(command[1:5])} ...' failed: {reason}")
    return done.stdout

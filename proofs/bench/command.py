"""Measure this engine against stock `otter run`: same submissions, same machine, same tests.

Every submission is a correct one, and both must give it all marks: otherwise the comparison would
be one of speed at different work. Each side is started as an instructor starts it, so imports and
start-up count.
"""

import json
import operator
import statistics
import tempfile
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.course.assignment import default_assignment
from autograder.course.build.products import Built, ensure_built
from autograder.errors import KitError
from autograder.paths import DEFAULT_ASSIGNMENT
from proofs.harness import CORRECT, answer_of, counted, run_python, tell, write_class

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


def measure(submissions: int, with_memory: bool) -> Measured:
    """Grade so many copies of a correct notebook, each way."""
    built = ensure_built(default_assignment())
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        students = write_class(folder / "class", [CORRECT], submissions)
        notebooks = sorted(students.iterdir())
        before = _engine_seconds(students, folder / "grades", built)
        serial = _otter_seconds(notebooks, folder / "serial", built, at_once=1)
        pairs = _otter_seconds(notebooks, folder / "pairs", built, at_once=2)
        after = _engine_seconds(students, folder / "grades again", built)
        parts = child("overhead", *map(str, notebooks))
        memory: list[float] = []
        if with_memory:
            memory = child("memory", str(built.released), *map(str, MEMORY_AFTER))
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


def _engine_seconds(class_folder: Path, output: Path, built: Built) -> float:
    tell("this engine")
    started = time.perf_counter()
    # 1: all are graded, and a part waits for a person to mark it.
    options = ["--output", str(output), "--device", "cpu"]
    run_python("autograder", "grade", str(class_folder), *options, ends=(0, 1))
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
        options = ["-a", str(built.autograder_zip.resolve()), "-o", str(target)]
        run_python("otter", "run", str(notebook), *options, folder=target, variables=extra)
        tests = json.loads((target / "results.json").read_text(encoding="utf-8"))["tests"]
        score = round(sum(test.get("score", 0) for test in tests), 6)
        if score != possible:
            raise BenchError(f"otter run gave {notebook.stem} {score} of {possible}.")

    started = time.perf_counter()
    with ThreadPoolExecutor(at_once) as pool:
        found = pool.map(one, notebooks)
        list(counted(found, len(notebooks), f"otter run, {at_once} at once"))
    return time.perf_counter() - started


def _possible(built: Built) -> float:
    from autograder.judge.score import load_questions

    questions = load_questions(built.hidden_tests)
    return round(sum(question.max_score for question in questions), 6)


def child(*arguments: str, variables: Mapping[str, str] | None = None) -> Any:
    """Return what `proofs.bench.child` measures."""
    found = {"PYTHONPATH": str(DEFAULT_ASSIGNMENT), "MPLBACKEND": "Agg"} | dict(variables or {})
    return answer_of("proofs.bench.child", *arguments, variables=found)

"""Measurements that need a fresh process: `python -m proofs.bench.child WHAT NOTEBOOK ...`.

    alone NOTEBOOK TESTS      seconds of the student's own cells, of all checks, and therein of the
                              student's functions and networks, no sandbox
    memory NOTEBOOK N M ...   megabytes of the trusted process after N, M, ... gradings
    overhead NOTEBOOK ...     for each, seconds of its grading, of its cells therein, and then
                              those of `alone`

Each prints one JSON value.
"""

import importlib
import json
import sys
import time
from pathlib import Path
from typing import Any, cast

from autograder.course.assignment import default_assignment
from autograder.course.build.products import ensure_built
from autograder.records import Submission
from autograder.sandbox.launch import ENVIRONMENT
from proofs.bench.command import child
from proofs.harness import engine_over
from proofs.usage import resident_megabytes


def alone(notebook: Path, tests: Path) -> tuple[float, float, float]:
    """Seconds of all cells, of all checks, and of what these call of the student's, in one process
    that isolates nothing.
    """
    import torch

    from autograder.inside import otter_stand_in
    from autograder.inside.shell import make_shell, run_cell
    from autograder.intake.notebook import read_notebook
    from autograder.judge.score import load_questions, score_question
    from autograder.judge.start import ALWAYS
    from labkit.run import begin

    torch.set_num_threads(1)
    course = default_assignment().course
    for module in (*course.preload, *course.preload_later, *ALWAYS):
        importlib.import_module(module)
    for module in ("cnnlab.data", "cnnlab.probes.models"):
        importlib.import_module(module).before_fork()
    otter_stand_in.install()
    shell, questions = make_shell(), load_questions(tests)
    cells = read_notebook(Submission("student_001", notebook)).cells
    started = time.perf_counter()
    for cell in cells:
        error = run_cell(cell.source, cell.index + 1)
        if error is not None:
            raise RuntimeError(f"cell {cell.index + 1} of a correct notebook raised") from error
    ran = time.perf_counter()
    called = clock_observed_calls()
    for question in questions:
        begin(kept={})
        score_question(question, cast("dict[str, Any]", shell.user_ns))
    return ran - started, time.perf_counter() - ran, sum(called)


def clock_observed_calls() -> list[float]:
    """From now on, the seconds of whatever is observed: a student's function, class or network."""
    import labkit.probes

    observe, seconds = labkit.probes.observe, list[float]()
    inside = False

    def clocked(function: Any, *arguments: Any, **options: Any) -> Any:
        def timed(*given: Any, **named: Any) -> Any:
            nonlocal inside
            inside, started = True, time.perf_counter()
            try:
                return function(*given, **named)
            finally:
                seconds.append(time.perf_counter() - started)
                inside = False

        own = timed if callable(function) and not inside else function
        return observe(own, *arguments, **options)

    for module in [m for name, m in sys.modules.items() if "probes" in name.split(".")]:
        if getattr(module, "observe", None) is observe:
            module.observe = clocked  # pyright: ignore[reportAttributeAccessIssue] it has one
    return seconds


def memory(notebook: Path, counts: list[int]) -> list[float]:
    """Resident megabytes of this process, which holds the engine, after each count of gradings."""
    found = list[float]()
    with engine_over(ensure_built(default_assignment())) as engine:
        for number in range(1, max(counts) + 1):
            engine.grade(Submission(f"student_{number:03d}", notebook))
            if number in counts:
                found.append(resident_megabytes())
    return found


def overhead(notebooks: list[Path]) -> list[tuple[float, ...]]:
    """Return seconds of grading each notebook and of its cells therein; then those of `alone`.

    The two follow each other at once, so that a machine that gets slower does so for both.
    """
    assignment = default_assignment()
    built, found = ensure_built(assignment), list[tuple[float, ...]]()
    data = {assignment.variable("data"): str(built.sandbox_data.resolve())}
    tuned = {name: value for name, value in ENVIRONMENT.items() if name.startswith("MALLOC_")}
    bare = data | tuned | dict(assignment.grading)
    with engine_over(built) as engine:
        for path in notebooks:
            grade = engine.grade(Submission("student_001", path))[0]
            cells = sum(cell.seconds for cell in grade.cells)
            tests = str(built.hidden_tests.resolve())
            found.append((grade.seconds, cells, *child("alone", str(path), tests, variables=bare)))
    return found


def main(what: str, notebook: str, *more: str) -> None:
    """Measure `what` and print it as JSON, as the last line."""
    default_assignment().make_importable()
    match what:
        case "alone":
            found: object = alone(Path(notebook), Path(more[0]))
        case "memory":
            found = memory(Path(notebook), [int(count) for count in more])
        case _:
            found = overhead([Path(notebook), *map(Path, more)])
    print("\n" + json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])

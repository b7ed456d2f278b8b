"""Grades a container's submission: `python -m autograder.gradescope.grade_one ROOT SECONDS FILE`

Writes what results.json shall hold to FILE; an error ends it with status 1 and a traceback.
"""

# ruff: noqa: E402 the other imports are a part of what a student waits for
import time
import tomllib

STARTED = time.monotonic()
"""When this process began."""

import json
import socket
import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from autograder.judge.alone import Gate, Visit
from autograder.paths import DEFAULT_ASSIGNMENT
from autograder.sandbox.launch import Process
from autograder.sandbox.shared import fork_zygote


class Clock(Gate):
    """Tells when the first submission has begun to run."""

    def __init__(self, started: float) -> None:
        super().__init__()
        self.started = started
        self.seconds = 0.0

    @contextmanager
    def beside(self) -> Generator[Visit]:
        self.seconds = self.seconds or time.monotonic() - self.started
        with super().beside() as visit:
            yield visit


def shared_modules(settings: Path) -> tuple[str, ...]:
    """Return what both the zygote and the process that judges import: once, for both."""
    try:
        preload = tomllib.loads(settings.read_text(encoding="utf-8")).get("preload", ["numpy"])
        return tuple(name for name in preload if "." not in name)
    except (OSError, ValueError, TypeError):  # told in a sentence where the settings are read
        return ()


def graded(
    root: Path, seconds: float, clock: Clock, zygote: tuple[socket.socket, Process] | None = None
) -> dict[str, Any]:
    """The content of results.json for the submission below `root`, after at most `seconds`.

    Without a `zygote` that waits for its policy one is started.
    """
    # Here and not above, because these imports take seconds.
    from autograder.classroom.isolation import REQUIRED_TIER, with_isolation
    from autograder.course.assignment import read_assignment
    from autograder.course.build.products import built_in
    from autograder.course.late import with_deduction
    from autograder.gradescope.limits import limits_within, this_container
    from autograder.gradescope.submitted import submission_in
    from autograder.judge.start import open_engine, seed_for
    from autograder.reports.gradescope import results

    assignment = read_assignment(DEFAULT_ASSIGNMENT)
    assignment.make_importable()
    course, built = assignment.course, built_in(assignment)
    submission = submission_in(root)
    container = this_container()
    limits = limits_within(course.limits, container, seconds)
    course, seed = replace(course, limits=limits), seed_for(built, fresh=course.fresh_inputs)
    with open_engine(course, built, "cpu", seed, one=True, begun=zygote) as engine:
        # Weaker than required is told, not refused: there must be results for every submission.
        engine = with_isolation(engine, built, REQUIRED_TIER)
        left = seconds - (time.monotonic() - clock.started)
        limits = limits_within(limits, replace(container, cpus=None), left)
        course = replace(course, limits=limits)
        engine = replace(engine, course=course, gate=clock)
        grade, _ = engine.grade(submission)
    for fault in (grade.fault, *(case.fault for q in grade.questions for case in q.cases)):
        if fault:
            print(fault)  # on Gradescope instructors alone see this
    report = results(with_deduction(grade, submission, course.late), shown=course.gradescope)
    report["extra_data"]["start_seconds"] = round(clock.seconds, 2)
    return report | {"execution_time": round(time.monotonic() - clock.started, 1)}


if __name__ == "__main__":
    clock = Clock(STARTED)
    zygote = fork_zygote(shared_modules(DEFAULT_ASSIGNMENT / "course.toml"))
    content = json.dumps(graded(Path(sys.argv[1]), float(sys.argv[2]), clock, zygote))
    Path(sys.argv[3]).write_text(content, encoding="ascii")

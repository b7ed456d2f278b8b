"""Kill `autograder grade` at random moments and start it again, as an instructor would.

The process alone gets the SIGKILL: its sandboxes must notice by themselves. All that it leaves
behind becomes a child of this process, so that nothing can hide.
"""

import os
import random
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from autograder.course.assignment import Assignment
from autograder.course.build.master import read_master
from autograder.course.build.products import ensure_built
from autograder.course.plant import solutions, student_notebook, with_answers, write_notebook
from autograder.errors import KitError
from autograder.interrupt import temporary_folder
from autograder.paths import PROJECT
from autograder.sandbox import kernel
from autograder.store.store import Store
from proofs.attacks import traces
from proofs.attacks.traces import settled
from proofs.harness import tell

ERRORS = "errors.txt"
"""What the last run wrote to its error stream."""


class RunFailed(KitError):
    """A run that nobody killed has failed; the message holds what it said."""


@dataclass(frozen=True)
class Kill:
    """One run that was killed."""

    seconds: float
    """After how long."""
    graded: int
    """How many submissions had their grade then, those of earlier runs included."""


@dataclass(frozen=True)
class Kills:
    """Everything that killing has shown."""

    students: int
    seconds: float
    """Of a run that nobody disturbed."""
    kills: tuple[Kill, ...]
    classes: int
    """How often a class was finished in the end."""
    left: tuple[str, ...]
    """What killed runs have left behind, in sentences."""
    different: tuple[tuple[str, ...], ...]
    """For each class that is not as that of an undisturbed run, how it differs."""

    @property
    def same(self) -> int:
        """How many classes are as that of an undisturbed run."""
        return self.classes - len(self.different)

    @property
    def holds(self) -> bool:
        return not self.left and not self.different


def run_kills(assignment: Assignment, count: int, students: int, seed: int | None = None) -> Kills:
    """Kill `count` runs on a class of `students`, then finish it; on a new class if too early.

    Linux only. Raises `RunFailed` where a run ends with an error of its own.
    """
    chance, kills, left = random.Random(seed), list[Kill](), list[str]()
    different: list[tuple[str, ...]] = []
    kernel.set_control(kernel.SET_CHILD_SUBREAPER, 1)
    before = traces.look()
    with temporary_folder("cnn-kills-") as folder:
        write_class(assignment, folder / "class", students)
        started = time.monotonic()
        _finish(assignment, folder, "undisturbed")
        whole = time.monotonic() - started
        classes = 0
        while len(kills) < count:
            classes += 1
            place = f"class {classes}"
            while len(kills) < count:
                kill = _kill(assignment, folder, place, chance.uniform(0, whole))
                if not kill:
                    break
                kills.append(kill)
                tell(f"killed {len(kills)} of {count}: {kill.seconds:.1f} s, {kill.graded} graded")
                left += [f"kill {len(kills)}: {each}" for each in settled(partial(_left, before))]
            _finish(assignment, folder, place)
            if found := differences(folder, place):
                different.append(tuple(f"{place}: {each}" for each in found))
    return Kills(students, whole, tuple(kills), classes, tuple(left), tuple(different))


def write_class(assignment: Assignment, folder: Path, students: int) -> None:
    """A class whose notebooks are quick: each has solved some questions, nobody trains."""
    folder.mkdir()
    blank = student_notebook(ensure_built(assignment))
    answers = solutions(read_master(assignment.master))
    quick = {name: text for name, text in answers.items() if name not in assignment.course.frozen}
    for number in range(students):
        solved = dict(list(quick.items())[number % len(quick) :])
        write_notebook(with_answers(blank, solved), folder / f"student_{number + 1:03d}.ipynb")


def differences(folder: Path, place: str) -> list[str]:
    """Return what the grades in `place` have that those of the undisturbed run have not."""
    expected, found = folder / "undisturbed", folder / place
    problems = [
        f"{path} stands in one of them only" for path in sorted(_files(expected) ^ _files(found))
    ]
    if (expected / "gradebook.csv").read_bytes() != (found / "gradebook.csv").read_bytes():
        problems.append("its gradebook is not that of the undisturbed run")
    return problems


def _files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def _start(assignment: Assignment, folder: Path, place: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "autograder", "grade", str(folder / "class"), "--practice"]
    command += ["--assignment", str(assignment.folder.resolve())]
    with (folder / ERRORS).open("wb") as errors:
        return subprocess.Popen(
            [*command, "--output", str(folder / place), "--device", "cpu"],
            cwd=PROJECT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
        )


def _finish(assignment: Assignment, folder: Path, place: str) -> None:
    """Let a run come to its end."""
    run = _start(assignment, folder, place)
    try:
        status = run.wait()
    finally:
        run.kill()
    if status:
        raise _failed(folder, status)


def _failed(folder: Path, status: int) -> RunFailed:
    return RunFailed(f"exit status {status}: {(folder / ERRORS).read_text('utf-8', 'replace')}")


def _kill(assignment: Assignment, folder: Path, place: str, seconds: float) -> Kill | None:
    """Start a run and kill it after `seconds`; None when it has ended before."""
    run = _start(assignment, folder, place)
    try:
        status = run.wait(seconds)
    except subprocess.TimeoutExpired:
        run.kill()
        status = run.wait()
        if status < 0:
            return Kill(seconds, _graded(folder / place))
    if status:
        raise _failed(folder, status)
    return None


def _graded(folder: Path) -> int:
    """Return how many have a grade in the store of a run that was killed."""
    store = Store(folder)
    try:
        return len(store.students())
    finally:
        store.close()


def _left(before: traces.Traces) -> list[str]:
    """Return what a killed run has left behind until now: children, or else traces."""
    running = [f"left behind: process {pid}" for pid in _children()]
    return running or traces.look().since(before)


def _children() -> list[int]:
    """Return the children of this process that still run; those that have ended are reaped."""
    running: list[int] = []
    for task in os.listdir("/proc/self/task"):
        children = Path(f"/proc/self/task/{task}/children").read_text(encoding="ascii").split()
        for pid in map(int, children):
            ended = 0
            with suppress(ChildProcessError):
                ended, _ = os.waitpid(pid, os.WNOHANG)
            if not ended:
                running.append(pid)
    return running

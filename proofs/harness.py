"""What every proof shares: it tells how it goes, and ends with a page, a last line and a status."""

import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import typer

from autograder.classroom.isolation import Requirement
from autograder.cli.common import CHOSEN, chosen, told_in_a_sentence
from autograder.course.build.products import Built
from autograder.errors import KitError
from autograder.judge.start import open_engine, seed_for
from autograder.paths import PROJECT

if TYPE_CHECKING:
    from autograder.classroom.run import Setup
    from autograder.judge.engine import Engine

CORRECT = PROJECT / "submissions" / "example" / "student_001.ipynb"
"""A submission in which every check passes."""

Found = TypeVar("Found")


@dataclass(frozen=True)
class Result:
    """What a proof has found."""

    last_line: str
    """All of it in one line, for machines."""
    holds: bool = True
    failures: Sequence[str] = ()
    """What does not hold, a sentence each."""
    page: str = ""
    """What is written to `file`, in Markdown; '' where only a part was run."""
    file: Path = PROJECT


def proof(app: typer.Typer) -> Callable[[Callable[..., Result]], Callable[..., Result]]:
    """Make a function that returns a `Result` a command: exit status 1 where it does not hold.

    Where a person has to mend something first, it ends with a sentence and exit status 2.
    """

    def register(run: Callable[..., Result]) -> Callable[..., Result]:
        @wraps(run)
        def command(**options: Any) -> None:
            with told_in_a_sentence():
                if "assignment" not in options:
                    chosen(CHOSEN)
                result = run(**options)
            for sentence in result.failures:
                tell(sentence)
            if result.page:
                result.file.parent.mkdir(parents=True, exist_ok=True)
                result.file.write_text(result.page, encoding="utf-8")
                tell(f"Written: {result.file}")
            tell(result.last_line)
            raise typer.Exit(0 if result.holds else 1)

        app.command()(command)
        return run

    return register


def tell(sentence: str) -> None:
    """Print a sentence at once, also where somebody reads from a pipe."""
    print(sentence, flush=True)


def counted(found: Iterable[Found], total: int, what: str) -> Iterator[Found]:
    """Pass on what is found, and tell at each twentieth of `total` how far it is."""
    for number, each in enumerate(found, 1):
        if number * 20 // total > (number - 1) * 20 // total:
            tell(f"{what}: {number} of {total}")
        yield each


@contextmanager
def engine_over(built: Built) -> Generator["Engine"]:
    """Open an engine for an assignment as it stands, on the CPU. Raises `SandboxUnavailable`."""
    with open_engine(built.assignment.course, built, "cpu", seed_for(built)) as engine:
        yield engine


def practice_setup(built: Built) -> "Setup":
    """Return what a class is graded with, on the CPU; the marks do not count."""
    from autograder.classroom.run import Setup

    required = Requirement(practice=True)
    return Setup(built.assignment.course, built, "cpu", seed_for(built), required)


def write_class(folder: Path, notebooks: Sequence[Path], count: int) -> Path:
    """Write a class of `count` into a new folder: copies of `notebooks`, in turn."""
    folder.mkdir()
    for number in range(count):
        source = notebooks[number % len(notebooks)]
        shutil.copyfile(source, folder / f"student_{number + 1:03d}.ipynb")
    return folder


def run_python(
    *arguments: str,
    folder: Path = PROJECT,
    variables: Mapping[str, str] | None = None,
    ends: Sequence[int] = (0,),
) -> str:
    """Run a module of Python's in a process of its own; return what it prints.

    Raises `KitError` with its last words where it ends with another status than one of `ends`.
    """
    done = subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=folder,
        env=os.environ | (variables or {}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in ends:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise KitError(f"'python -m {' '.join(arguments[:3])} …' failed: {reason}")
    return done.stdout


def answer_of(module: str, *arguments: str, variables: Mapping[str, str] | None = None) -> Any:
    """Return the JSON value that a module prints as its last line. Raises `KitError`."""
    return json.loads(run_python(module, *arguments, variables=variables).splitlines()[-1])


def row(*cells: object) -> str:
    """Return a row of a Markdown table."""
    return f"| {' | '.join(map(cell, cells))} |"


def cell(content: object) -> str:
    """Return what may stand in a cell of a Markdown table."""
    return " ".join(str(content).split()).replace("|", "\\|")


def machine() -> str:
    """Describe this machine without naming it: cores, memory, processor, system and Python."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{cores} cores ({_processor()}), {memory:.0f} GiB of memory, {platform.system()},"
        f" Python {platform.python_version()}"
    )


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()

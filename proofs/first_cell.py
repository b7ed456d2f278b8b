"""Measure how long a small class waits: from `make grade` until the first cell of a notebook."""

import signal
import subprocess
import sys
import time
from pathlib import Path

from autograder import log
from autograder.errors import KitError
from autograder.interrupt import temporary_folder
from autograder.paths import PROJECT
from proofs.harness import CORRECT, write_class

STUDENTS = 5
LOOK_SECONDS = 0.01
LONG_SECONDS = 120.0
BEGINS = "sandbox started"
"""What the log says when the first cell of a submission is next."""


def seconds_to_first_cell() -> float:
    """Return the seconds from the start of the command on. Raises `KitError`.

    The class, copies of a correct notebook, is not graded to its end.
    """
    with temporary_folder("cnn-first-cell-") as folder:
        submissions, grades = write_class(folder / "class", [CORRECT], STUDENTS), folder / "grades"
        command = [sys.executable, "-m", "autograder", "grade", str(submissions)]
        begun = time.monotonic()
        with subprocess.Popen(
            [*command, "--output", str(grades), "--practice"],
            cwd=PROJECT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process:
            try:
                while not _begun(grades / log.FILE):
                    if process.poll() is not None or time.monotonic() > begun + LONG_SECONDS:
                        raise KitError("make grade has run no cell, see what it says of this class")
                    time.sleep(LOOK_SECONDS)
                return time.monotonic() - begun
            finally:
                process.send_signal(signal.SIGINT)


def _begun(file: Path) -> bool:
    try:
        return BEGINS in file.read_text(encoding="utf-8")
    except OSError:
        return False

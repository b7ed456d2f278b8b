"""Guards the grading of one submission: `python -m autograder.gradescope.container /autograder`

There is a results.json in the end whatever happens to the process that grades: it may die, hang or
be killed for the container's memory. Then the results have no score and ask for an instructor.
Imports nothing large: this process must outlive the others.
"""

import json
import os
import secrets
import signal
import subprocess
import sys
import time
import tomllib
import traceback
from contextlib import suppress
from pathlib import Path
from typing import Any

from autograder.paths import DEFAULT_ASSIGNMENT, PROJECT
from autograder.sandbox.launch import environment

WHOLE_SECONDS = 600.0
"""Gradescope's own time-out if the course says nothing."""
MARGIN_SECONDS = 45.0
"""Kept free before Gradescope's time-out: ending sandboxes, writing, its own clean-up."""
LAST_SECONDS = 15.0
"""Of these, what is left to end the process that grades and to write."""


def run(root: Path, command: list[str], seconds: float) -> str:
    """Runs `command`, which writes the results file that it is told last; why it did not, or ''.

    Ends it after `seconds`.
    """
    results = root / "results" / "results.json"
    aside = results.with_name(f".results.{secrets.token_hex(8)}")
    with subprocess.Popen(
        [*command, str(aside)],
        cwd=PROJECT,
        env=environment(),  # sandboxes are forked from this process
        start_new_session=True,
    ) as process:
        try:
            status = process.wait(seconds)
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            return f"grading had not ended after {seconds:.0f} s"
    if status < 0:
        return f"grading was ended by signal {-status}; is the container's memory too small?"
    if status or not aside.is_file():
        return f"grading ended with status {status}: see its output"
    os.replace(aside, results)
    return ""


def fault(reason: str) -> dict[str, Any]:
    """Results without a score, because the grader failed for `reason`."""
    return {
        "output": "The grader failed. This is not your doing and is no zero: the marks are open "
        "until an instructor has looked.",
        "stdout_visibility": "hidden",
        "extra_data": {"ending": "grader_error", "needs_review": True, "message": reason},
    }


def main(root: Path) -> None:
    """Grades the submission below `root`."""
    started = time.monotonic()
    try:
        whole = _timeout_minutes() * 60
        seconds = whole - MARGIN_SECONDS - (time.monotonic() - started)
        command = [sys.executable, "-B", "-m", "autograder.gradescope.grade_one"]
        reason = run(root, [*command, str(root), f"{seconds:.1f}"], whole - LAST_SECONDS)
    except Exception as error:
        traceback.print_exc()  # on Gradescope instructors alone see this
        reason = f"{type(error).__name__}: {error}"
    if reason:
        print(f"The grader failed: {reason}")  # on Gradescope instructors alone see this
        (root / "results" / "results.json").write_text(json.dumps(fault(reason)), encoding="ascii")


def _timeout_minutes() -> float:
    """From the course's settings; Gradescope's own if these cannot be read."""
    try:
        settings = tomllib.loads((DEFAULT_ASSIGNMENT / "course.toml").read_text(encoding="utf-8"))
        return float(settings.get("gradescope", {}).get("timeout_minutes", WHOLE_SECONDS / 60))
    except (OSError, ValueError, AttributeError, TypeError):
        return WHOLE_SECONDS / 60


if __name__ == "__main__":
    main(Path(sys.argv[1]))

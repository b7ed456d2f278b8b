"""What is wrong with this computer's set-up, in plain words, and how to mend it.

`doctor()` shows a short list of ✓ and ✗ lines. Each line comes from a function that looks at one
thing. Nothing here raises: a check that fails itself becomes a line, too. An assignment hands in
what it needs besides: `doctor(own=[gpu_finding])`.
"""

import ast
import importlib.util
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from labkit.notebook import handing_in, notebook_file
from labkit.notebook.notebook_file import Saved
from labkit.notebook.runs import all_runs, without_magics
from labkit.notebook.say import say
from labkit.notebook.screen import grading, in_colab

OLDEST_PYTHON = (3, 11)
REQUIREMENTS = "requirements.txt"
SAVED_WITHIN_MINUTES = 15


@dataclass(frozen=True)
class Finding:
    """One line of the doctor's list."""

    fine: bool
    words: str
    """What was found."""
    advice: str = ""
    """What to do about it; '' when all is well."""

    def __str__(self) -> str:
        return f"{'✓' if self.fine else '✗'} {self.words}" + (
            f"\n    → {self.advice}" if self.advice else ""
        )


Check = Callable[[], Finding]


def doctor(
    folder: str | os.PathLike[str] = ".", *, beside: Sequence[str] = (), own: Sequence[Check] = ()
) -> None:
    """Look at Python, packages, folder, checks and disk, and say what was found.

    `folder` is where the notebook lies: a notebook runs in its own folder, so '.' is right.
    `beside` are the assignment's files and folders that must lie there, `own` its own checks.
    A grader's computer has another set-up, about which a student can do nothing: it is left out.
    """
    if grading():
        say("While a submission is graded, the set-up is not examined.")
        return
    findings = examine(Path(folder), beside, own)
    wrong = sum(not finding.fine for finding in findings)
    end = "All is well." if not wrong else f"{wrong} of {len(findings)} need care."
    say("\n".join([*map(str, findings), end]))


def examine(folder: Path, beside: Sequence[str] = (), own: Sequence[Check] = ()) -> list[Finding]:
    """All findings, in the order in which they should be mended."""
    checks: list[Check] = [
        lambda: python_finding(sys.version_info[:3]),
        lambda: imports_finding(folder),
        *([lambda: beside_finding(folder, beside)] if beside else []),
        lambda: tests_finding(folder),
        *own,
        lambda: saved_finding(folder, time.time()),
        lambda: answers_finding(folder),
        lambda: disk_finding(folder),
    ]
    return [_finding(check) for check in checks]


def _finding(check: Check) -> Finding:
    try:
        return check()
    except Exception as problem:
        return Finding(
            False,
            f"one check could not be made ({type(problem).__name__}: {problem})",
            "Show this line to your instructor; the other lines still hold.",
        )


def python_finding(version: tuple[int, ...]) -> Finding:
    """Is Python new enough?"""
    words = f"Python {'.'.join(map(str, version))}"
    if version[:2] >= OLDEST_PYTHON:
        return Finding(True, words)
    oldest = ".".join(map(str, OLDEST_PYTHON))
    return Finding(
        False,
        f"{words} is too old",
        f"Install Python {oldest} or newer, and choose it as this notebook's kernel.",
    )


def imports_finding(folder: Path) -> Finding:
    """Are the packages there that the notebook imports?"""
    saved = notebook_file.find(folder, all_runs())
    named = list(dict.fromkeys(_imported(saved))) if saved is not None else []
    missing = [name for name in named if importlib.util.find_spec(name) is None]
    if not missing:
        return Finding(True, "the packages that the notebook imports are there")
    listed = (folder / REQUIREMENTS).is_file()
    install = f"-r {REQUIREMENTS}" if listed else " ".join(missing)
    return Finding(
        False,
        f"{', '.join(missing)} cannot be imported",
        f"Run `%pip install {install}` in a cell, then restart the kernel. A part of the assignment"
        " itself lies in its zip file: unpack the whole of it, and open the notebook there.",
    )


def _imported(saved: Saved) -> Iterator[str]:
    """The packages that cells import in any case: not inside a function, an `if` or a `try`."""
    for cell in saved.cells:
        try:
            lines = ast.parse(without_magics(cell.source)).body
        except (SyntaxError, ValueError):
            continue
        for line in lines:
            if isinstance(line, ast.Import):
                yield from (name.name.partition(".")[0] for name in line.names)
            elif isinstance(line, ast.ImportFrom) and line.module and not line.level:
                yield line.module.partition(".")[0]


def beside_finding(folder: Path, names: Sequence[str]) -> Finding:
    """Do the files and folders of the assignment lie beside the notebook?"""
    missing = [name for name in names if not (folder / name).exists()]
    if not missing:
        return Finding(
            True, f"{' and '.join(names)} lie{'' if names[1:] else 's'} beside the notebook"
        )
    return Finding(
        False,
        f"there is no {' and no '.join(missing)} in {folder.resolve()}",
        "Unpack the whole zip file, and open the notebook that lies in the unpacked folder.",
    )


def tests_finding(folder: Path) -> Finding:
    """Are the checks there, as files or inside the notebook, for each question that has one?"""
    saved = notebook_file.find(folder, all_runs())
    asked = list(saved.answers) if saved is not None else []
    if (folder / "tests").is_dir() or saved is None:
        there, where = {file.stem for file in (folder / "tests").glob("[!_]*.py")}, ""
    else:
        there, where = set(saved.own_tests), ", inside the notebook"
    missing = [question for question in asked if question not in there]
    if there and not missing:
        return Finding(True, f"the checks are there{where}")
    some = f"of {', '.join(missing)} " if there else ""
    return Finding(
        False,
        f"the checks {some}were not found (folder tests)",
        "Copy the folder tests from the zip file back beside the notebook.",
    )


def saved_finding(folder: Path, now: float) -> Finding:
    """Was the notebook saved lately? `now` is in seconds, as from time.time()."""
    if in_colab():
        return Finding(True, "Colab saves the notebook in your Drive, not in this folder")
    saved = notebook_file.find(folder, all_runs())
    if saved is None:
        return Finding(True, "the notebook itself is not in this folder")
    name, minutes = saved.path.name, int((now - saved.when) / 60)
    if minutes <= SAVED_WITHIN_MINUTES:
        return Finding(True, f"{name} was saved in the last {SAVED_WITHIN_MINUTES} minutes")
    return Finding(
        False,
        f"{name} was last saved {_ago(minutes)}",
        "Save it (Ctrl+S, or ⌘S on a Mac): what is not saved is not handed in.",
    )


def answers_finding(folder: Path) -> Finding:
    """Are the answers that were run the ones in the file?"""
    found = None if in_colab() else handing_in.comparison(folder)
    if found is None:
        return Finding(True, "which answers are saved cannot be seen from here")
    words = " ".join(found.sentences())
    if not found.differ:
        return Finding(True, words)
    return Finding(
        False,
        words,
        "Save the notebook (Ctrl+S, or ⌘S on a Mac). If that changes nothing, run these answer"
        " cells once more: only what is saved is handed in.",
    )


def _ago(minutes: int) -> str:
    if minutes < 120:
        return f"{minutes} minutes ago"
    hours = minutes // 60
    return f"{hours} hours ago" if hours < 48 else f"{hours // 24} days ago"


def disk_finding(folder: Path) -> Finding:
    """Can files be written beside the notebook?"""
    try:
        with tempfile.NamedTemporaryFile(dir=folder) as file:
            file.write(b"0" * 4096)
            file.flush()
    except OSError as problem:
        return Finding(
            False,
            f"nothing can be written to this folder ({problem.strerror or problem})",
            "Move the unpacked folder to your own documents, or make room on the disk.",
        )
    return Finding(True, "files can be written to this folder")

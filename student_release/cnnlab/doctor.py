"""What is wrong with this computer's set-up, in plain words, and how to mend it.

`doctor()` shows a short list of ✓ and ✗ lines. Each line comes from a function that looks at one
thing. Nothing here raises: a check that fails itself becomes a line, too.
"""

import importlib
import importlib.metadata
import importlib.util
import os
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cnnlab import handing_in, notebook_file
from cnnlab.runs import all_runs
from cnnlab.say import say
from cnnlab.screen import grading, in_colab

OLDEST_PYTHON = (3, 11)
NOTEBOOK = "cnn.ipynb"
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


def doctor(folder: str | os.PathLike[str] = ".") -> None:
    """Look at Python, packages, data, folder and disk, and say what was found.

    `folder` is where the notebook lies: a notebook runs in its own folder, so '.' is right.
    A grader's computer has another set-up, about which a student can do nothing: it is left out.
    """
    if grading():
        say("While a submission is graded, the set-up is not examined.")
        return
    findings = examine(Path(folder))
    wrong = sum(not finding.fine for finding in findings)
    end = "All is well." if not wrong else f"{wrong} of {len(findings)} need care."
    say("\n".join([*map(str, findings), end]))


def examine(folder: Path) -> list[Finding]:
    """All findings, in the order in which they should be mended."""
    checks: list[Callable[[], Finding]] = [
        lambda: python_finding(sys.version_info[:3]),
        torch_finding,
        torchvision_finding,
        widgets_finding,
        lambda: folder_finding(folder),
        lambda: tests_finding(folder),
        data_finding,
        lambda: saved_finding(folder, time.time()),
        lambda: answers_finding(folder),
        lambda: disk_finding(folder),
    ]
    return [_finding(check) for check in checks]


def _finding(check: Callable[[], Finding]) -> Finding:
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


def torch_finding() -> Finding:
    """Can torch be imported, and where does it compute?"""
    try:
        torch = importlib.import_module("torch")
    except ImportError:
        return Finding(
            False,
            "torch cannot be imported",
            "Run `%pip install torch torchvision` in a cell, then restart the kernel.",
        )
    device = importlib.import_module("cnnlab.device").pick()
    return Finding(True, f"torch {torch.__version__}, computing on {device.type}")


def torchvision_finding() -> Finding:
    """Does torchvision, if it is there, fit torch?"""
    if importlib.util.find_spec("torchvision") is None:
        return Finding(True, "torchvision is not installed (the lesson works without it)")
    version = importlib.metadata.version("torchvision")
    try:
        importlib.import_module("torchvision")
    except Exception as problem:
        return Finding(
            False,
            f"torchvision {version} does not fit torch ({type(problem).__name__}: {problem})",
            "Run `%pip install --upgrade torch torchvision` in a cell, then restart the kernel.",
        )
    return Finding(True, f"torchvision {version}")


def widgets_finding() -> Finding:
    """Is ipywidgets there, for the pictures that can be moved?"""
    if importlib.util.find_spec("ipywidgets") is not None:
        return Finding(True, "ipywidgets")
    return Finding(
        False,
        "ipywidgets is missing: the explorers show still pictures instead",
        "Run `%pip install ipywidgets` in a cell, then reload the page. No question needs it.",
    )


def folder_finding(folder: Path) -> Finding:
    """Does the package cnnlab lie beside the notebook?"""
    if (folder / "cnnlab" / "__init__.py").is_file():
        return Finding(True, "the folder cnnlab lies beside the notebook")
    return Finding(
        False,
        f"there is no folder cnnlab in {folder.resolve()}",
        "Unpack the whole zip file, and open the notebook that lies in the unpacked folder.",
    )


def tests_finding(folder: Path) -> Finding:
    """Are the checks there, as files or inside the notebook, for each question that has one?"""
    saved = notebook_file.find(folder, all_runs())
    asked = list(saved.answers) if saved is not None else []
    if (folder / "tests").is_dir() or saved is None:
        there, where = {file.stem for file in (folder / "tests").glob("q*.py")}, ""
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


def data_finding() -> Finding:
    """Is MNIST there and readable?"""
    file = importlib.import_module("cnnlab.data").folder() / "mnist.npz"
    if not file.is_file():
        return Finding(
            False,
            "the digits are missing (data/mnist.npz)",
            "Copy the folder data from the zip file back beside the notebook.",
        )
    if not zipfile.is_zipfile(file):
        return Finding(
            False,
            "data/mnist.npz is damaged",
            "Copy data/mnist.npz from the zip file again; a download may have been cut off.",
        )
    return Finding(True, f"the digits are there ({file.stat().st_size / 1e6:.0f} MB)")


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

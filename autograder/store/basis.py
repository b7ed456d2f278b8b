"""What decides marks, beside the submission itself: tests, limits, inputs, device, torch, engine.

A grade is as good as new while its basis is that of the present. Reports, proofs, benchmarks, the
late policy, titles and visibility are not in it: they change no mark of a check.
"""

import ast
import hashlib
import importlib.metadata
from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

from autograder.course.build.products import Built
from autograder.course.settings import Course
from autograder.files import source_files
from autograder.paths import LABKIT, PROJECT

_TRUSTED = ("autograder.judge.engine", "autograder.judge.start")
_BESIDE_STUDENTS = ("inside", "sandbox", "wire")
_BUILDERS = "autograder.course.build"
"""What it does to marks is in the tests that it builds."""
_UNKNOWN = "an earlier version"


@dataclass(frozen=True)
class Basis:
    """One part each; a part that differs means that marks might."""

    tests: str = ""
    """Of the hidden tests and of what the assignment gives to student code."""
    limits: str = ""
    seed: str = ""
    device: str = ""
    torch: str = ""
    engine: str = ""
    """Of the code that runs and judges."""

    @property
    def key(self) -> str:
        """Return one text that stands for all parts."""
        return hashlib.sha256(repr(self).encode()).hexdigest()


def present_basis(course: Course, built: Built, seed: int, device: str) -> Basis:
    """Return the basis of grades that are made now."""
    folders = (LABKIT, *built.assignment.helpers)
    helpers = [file for folder in folders if folder.is_dir() for file in source_files(folder)]
    return Basis(
        tests=_digest([*sorted(built.hidden_tests.glob("*.py")), *helpers]),
        limits=repr((course.limits, course.totals.core, _by_hand(built))),
        # Inputs that are drawn anew in every run are no change of anything.
        seed="fresh" if course.fresh_inputs else str(seed),
        device=device,
        torch=importlib.metadata.version("torch") if "torch" in built.assignment.libraries else "",
        engine=_digest(engine_files()),
    )


def _by_hand(built: Built) -> list[tuple[str, str, float]]:
    """Return what the engine knows of the parts that people mark."""
    return [(name, each.answer, each.points) for name, each in sorted(built.rubrics.items())]


def what_changed(old: Basis, new: Basis) -> str:
    """Name the parts that differ, as in "tests, torch (2.14.0 → 2.15.0)"; '' for none."""
    if old == Basis():
        return _UNKNOWN
    named: list[str] = []
    for part in (each.name for each in fields(Basis)):
        before, now = getattr(old, part), getattr(new, part)
        if before != now:
            told = part in ("torch", "device") and before
            named.append(f"{part} ({before} → {now})" if told else part)
    return ", ".join(named)


def _digest(files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        content = file.read_bytes()
        digest.update(f"\n{file.name}\n{len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


@cache
def engine_files() -> tuple[Path, ...]:
    """Return the code that decides marks: what the engine imports, and what runs beside students.

    Followed from import to import, so that nobody has to keep a list.
    """
    root = PROJECT / "autograder"
    found = {file for part in _BESIDE_STUDENTS for file in (root / part).rglob("*.py")}
    waiting = [file for file in (*map(_file_of, _TRUSTED), *found) if file]
    found.update(waiting)
    while waiting:
        for name in _imported(waiting.pop()):
            file = _file_of(name)
            if file and file not in found:
                found.add(file)
                waiting.append(file)
    return tuple(sorted(found))


def _imported(file: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_bytes())):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


def _file_of(module: str) -> Path | None:
    if module.split(".")[0] != "autograder" or f"{module}.".startswith(f"{_BUILDERS}."):
        return None
    place = PROJECT.joinpath(*module.split("."))
    for file in (place.with_suffix(".py"), place / "__init__.py"):
        if file.is_file():
            return file
    return None

"""One assignment: a folder with a master notebook, and `course.toml` where a default won't do.

Everything else in the engine gets this object, and so works for any assignment.
"""

import hashlib
import json
import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from autograder.course.build.master import Master, read_master
from autograder.course.settings import Course, CourseError, Totals, course_of, read_settings
from autograder.files import source_files
from autograder.paths import BUILD, DEFAULT_ASSIGNMENT, LABKIT, PROJECT

SETTINGS = "course.toml"
_NOT_PART = ("student_release", "solutions", "submissions", "grades", "build")
"""Folders that may lie in an assignment's and don't belong to it: what is made or handed in."""
INSIDE = "autograder.inside"
_INSIDE = PROJECT.joinpath(*INSIDE.split("."))
LABKIT_MODULES = tuple(
    sorted(
        ".".join(file.relative_to(LABKIT.parent).with_suffix("").parts)
        for file in LABKIT.rglob("[!_]*.py")
    )
)
_HEADING = re.compile(r"^#\s+(.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Assignment:
    """What the engine knows of an assignment."""

    folder: Path
    course: Course
    notebook: str
    """Name of the master notebook, and of what students get."""

    @property
    def master(self) -> Path:
        """The notebook that the author writes."""
        return self.folder / self.notebook

    @property
    def stem(self) -> str:
        """The notebook's name without its suffix, as learning systems show it."""
        return self.notebook.removesuffix(".ipynb")

    @property
    def names(self) -> tuple[str, str]:
        """What gradebooks call it: the title, and the notebook's name."""
        return self.course.title, self.stem

    @property
    def id(self) -> str:
        """Return a name for the assignment that no other on this machine has."""
        place = self.folder.resolve()
        if place.is_relative_to(PROJECT):
            return "-".join(place.relative_to(PROJECT).parts) or "project"
        return f"{place.name}-{hashlib.sha256(os.fsencode(place)).hexdigest()[:8]}"

    @property
    def build(self) -> Path:
        """The folder for all that is made from it."""
        return BUILD / self.id

    @property
    def mistakes(self) -> Path:
        """The folder of planted answers."""
        return Path(os.path.normpath(self.folder / self.course.mistakes))

    @property
    def release_into(self) -> Path:
        """The folder that student_release/ and solutions/ are written into."""
        return Path(os.path.normpath(self.folder / self.course.release_into))

    @property
    def package(self) -> Path | None:
        """The folder of its own package, if it has one."""
        return self.folder / self.course.package if self.course.package else None

    @property
    def helpers(self) -> tuple[Path, ...]:
        """The folders that decide marks beside the tests."""
        names = dict.fromkeys((self.course.package, self.course.data, "lent"))
        return tuple(self.folder / name for name in names if name)

    @property
    def released_folders(self) -> tuple[str, ...]:
        """Folders that every student gets beside the notebook."""
        named = (self.course.package, self.course.data)
        return tuple(name for name in named if name and (self.folder / name).is_dir())

    def modules(self) -> tuple[str, ...]:
        """Return every module of labkit and its package: imported before the forks, for all."""
        files = sorted(self.package.rglob("*.py")) if self.package else ()
        names = (file.relative_to(self.folder).with_suffix("").parts for file in files)
        own = tuple(".".join(parts).removesuffix(".__init__") for parts in names)
        return (*(module for module in LABKIT_MODULES if self._has(module)), *own)

    def _has(self, module: str) -> bool:
        library = module.partition(".for_")[2]
        return not library or library in self.libraries

    def variable(self, what: str) -> str:
        """Return the environment variable that tells its package `what`, as in CNNLAB_DATA."""
        return f"{self.course.package or 'assignment'}_{what}".upper()

    @property
    def grading(self) -> tuple[tuple[str, str], ...]:
        """The environment variables that say that nobody looks: labkit's own, and its package's."""
        return (("LABKIT_GRADING", "1"), (self.variable("grading"), "1"))

    @property
    def libraries(self) -> tuple[str, ...]:
        """The packages that are imported once for all submissions."""
        return tuple(dict.fromkeys(name.split(".")[0] for name in self.course.preload))

    def extensions(self, device: str = "") -> tuple[str, ...]:
        """Return the modules with what the engine knows of these libraries, on `device` too."""
        ends = ("", f"_on_{device}") if device else ("",)
        names = (f"for_{library}{end}" for library in self.libraries for end in ends)
        return tuple(f"{INSIDE}.{name}" for name in names if (_INSIDE / f"{name}.py").is_file())

    def files(self) -> list[Path]:
        """Return its files, sorted: no hidden ones, no caches, nothing that is made from it."""
        return [
            path
            for path in source_files(self.folder)
            if path.relative_to(self.folder).parts[0] not in _NOT_PART
        ]

    def make_importable(self) -> None:
        """Let this process import the assignment's package, from which checks import."""
        if (place := str(self.folder.resolve())) not in sys.path:
            sys.path.insert(1, place)


@cache
def default_assignment() -> Assignment:
    """Return the assignment of this project, on which the engine is measured and attacked."""
    return read_assignment(DEFAULT_ASSIGNMENT)


def read_assignment(folder: Path) -> Assignment:
    """Return the assignment in `folder`. Raises `CourseError` where there is none, `BuildError`."""
    if not folder.is_dir():
        raise CourseError(
            f"{folder}: there is no such folder. Name the folder of an assignment, or begin one: "
            f"python -m autograder new {folder}"
        )
    path = folder / SETTINGS
    settings = read_settings(path) if path.exists() else {}
    course = course_of({"title": "", **settings}, path)
    notebook = course.notebook or _only_notebook(folder)
    if "title" not in settings or "totals" not in settings:
        course = _completed(course, read_master(folder / notebook), settings, folder)
    if problem := _problem(folder, course):
        raise CourseError(f"{path}: {problem}")
    return Assignment(folder, course, notebook)


def _completed(course: Course, master: Master, settings: Mapping[str, Any], folder: Path) -> Course:
    """Return the course with what its settings leave to the notebook."""
    core = sum(question.points for question in master.questions)
    if core <= 0:
        raise CourseError(f"{folder}: its questions have no points. Give them some.")
    return replace(
        course,
        title=settings.get("title") or _title(master) or folder.resolve().name,
        totals=course.totals if "totals" in settings else Totals(core),
    )


def _only_notebook(folder: Path) -> str:
    found = sorted(path.name for path in folder.glob("*.ipynb") if not path.name.startswith("."))
    if not found:
        raise CourseError(
            f"{folder} isn't an assignment: there is no notebook (*.ipynb) in it. Name the folder "
            f"of the master notebook, or begin a new one: python -m autograder new {folder}"
        )
    if len(found) > 1:
        raise CourseError(
            f"{folder} holds {len(found)} notebooks ({', '.join(found[:4])}). Say in {SETTINGS} "
            f'which one is the master: notebook = "{found[0]}"'
        )
    return found[0]


def _title(master: Master) -> str:
    texts = (cell.source for cell in master.cells if cell.kind == "markdown")
    found = next(filter(None, map(_HEADING.search, texts)), None)
    return found[1].strip() if found else ""


def _problem(folder: Path, course: Course) -> str:
    """Return what the folder lacks of what its settings name, or ''."""
    if course.package and not (folder / course.package).is_dir():
        return f"package: there is no folder {course.package} beside the notebook."
    beside = [name for name, where in course.tests.items() if where == "beside"]
    if beside and course.otter and not course.otter.beside:
        return (
            f"tests: {', '.join(beside)} can be judged beside student code only, and otter.beside "
            "refuses that. Let these tests look at values and functions alone and take the lines "
            "out, or take the questions out."
        )
    return ""


def settings_for_container(assignment: Assignment) -> str:
    """Return `course.toml` with all that follows from the notebook, which isn't there."""
    path, course = assignment.folder / SETTINGS, assignment.course
    settings: dict[str, Any] = read_settings(path) if path.exists() else {}
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    first = {"notebook": assignment.notebook, "title": course.title}
    lines = [f"{key} = {_text(value)}\n" for key, value in first.items() if key not in settings]
    text = "".join(lines) + text
    if "totals" not in settings:
        text += f"\n[totals]\ncore = {course.totals.core!r}\n"
    return text


def _text(value: str) -> str:
    """Return a TOML string: those of JSON are some."""
    return json.dumps(value)

"""Reads `course.toml`: the course team's settings, checked."""

import tomllib
from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from autograder.errors import KitError

KNOWN_KEYS_ONLY = ConfigDict(extra="forbid")
Seconds = Annotated[float, Field(gt=0, le=86_400, strict=True)]
Amount = Annotated[int, Field(gt=0, le=1 << 20, strict=True)]
Points = Annotated[float, Field(ge=0, strict=True)]
Percent = Annotated[float, Field(ge=0, le=100, strict=True)]
Package = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*(\s*[<>=!~].+)?$")]
Module = Annotated[str, Field(pattern=r"^[A-Za-z_][\w.]*$")]
Visibility = Literal["visible", "hidden", "after_due_date", "after_published"]
"""When Gradescope shows a test to students."""


class CourseError(KitError):
    """The settings cannot be used; the message names file, key and what was expected."""


@dataclass(frozen=True, config=KNOWN_KEYS_ONLY)
class Totals:
    """What the notebook's points must add up to."""

    core: Annotated[float, Field(gt=0, strict=True)]
    bonus: Points = 0


@dataclass(frozen=True, config=KNOWN_KEYS_ONLY)
class Limits:
    """What one submission may use while it is graded."""

    cell_seconds: Seconds = 40
    call_seconds: Seconds = 20
    submission_seconds: Seconds = 300
    wall_factor: Annotated[float, Field(ge=1, le=100, strict=True)] = 5
    """Seconds are those of the processor; by the clock it may be so many times as much."""
    memory_megabytes: Amount = 2048
    output_kilobytes: Amount = 1024
    reply_megabytes: Amount = 64
    processes: Amount = 64
    disk_megabytes: Amount = 256
    replays: Annotated[int, Field(ge=0, le=100, strict=True)] = 6


@dataclass(frozen=True, config=KNOWN_KEYS_ONLY)
class LatePolicy:
    """What lateness costs."""

    percent_per_day: Percent
    """Of the full core points, for each started day."""
    cap_percent: Percent = 100
    grace_minutes: Annotated[float, Field(ge=0, le=1_000_000, strict=True)] = 0
    due: AwareDatetime | None = None
    """Counts where the learning system tells no due date."""


@dataclass(frozen=True, config=KNOWN_KEYS_ONLY)
class Gradescope:
    """How results are shown on Gradescope."""

    hidden_checks: Visibility = "after_published"
    """When students see the hidden checks; the public ones are seen at once."""
    show_total: bool = True
    """Tell the total at once, though Gradescope itself keeps it back while a test is hidden."""
    timeout_minutes: Annotated[float, Field(ge=2, le=40, strict=True)] = 10
    """The time-out that is set on Gradescope: results are written before it."""


@dataclass(frozen=True, config=KNOWN_KEYS_ONLY)
class Otter:
    """What an assignment brings with it that was written for stock otter."""

    tests: str = "otter/tests"
    """The folder of its test files, from the assignment's folder."""
    modules: Mapping[str, Module] = field(default_factory=dict[str, Module])
    """Trusted modules, by the name that tests have for them: they stand for the notebook's."""
    seed: Annotated[int, Field(ge=0, lt=2**32, strict=True)] | None = None
    """Seeds NumPy's and Python's random numbers before each cell."""
    seed_variable: Annotated[str, Field(pattern=r"^([A-Za-z_][A-Za-z0-9_]*)?$")] = ""
    """A variable that gets the seed instead."""
    beside: bool = True
    """False: this course refuses to judge beside student code."""


@dataclass(frozen=True, config=KNOWN_KEYS_ONLY)
class Course:
    """All settings of an assignment, as `course.toml` has them."""

    title: str
    """Without it in the file: the first heading of the notebook."""
    totals: Totals = Totals(100)
    """Without it in the file: what the points in the notebook add up to, no bonus."""
    notebook: Annotated[str, Field(pattern=r"^([^/\\\\]+\.ipynb)?$")] = ""
    """The master notebook. Without it in the file: the only one in the folder."""
    package: Annotated[str, Field(pattern=r"^([A-Za-z_][A-Za-z0-9_]*)?$")] = ""
    """A Python package in the folder that is released and preloaded, and may hold probes."""
    preload: tuple[Module, ...] = ("numpy",)
    """Modules that are imported once for all submissions."""
    preload_later: tuple[Module, ...] = ()
    """Of these and others, those that the first submissions can do without: a faster start."""
    packages: tuple[Package, ...] = ()
    """What answers may import besides; Gradescope's image has what the notebook imports anyway."""
    first_cell: str = ""
    """A cell that must run before anything is graded; '': one that imports `preload`."""
    data: str = "data"
    """The folder that students see, unless `<package>.sandbox_data(folder)` writes another."""
    release_into: str = "."
    """Where student_release/ and solutions/ are written, from the assignment's folder."""
    mistakes: str = "mistakes"
    """The folder of planted answers for `verify`, from the assignment's folder."""
    frozen: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    """By question, variables that `verify` keeps instead of computing them for each answer."""
    tests: Mapping[str, Literal["outside", "beside"]] = field(
        default_factory=dict[str, Literal["outside", "beside"]]
    )
    """By question, where it is judged; those that are not named: outside."""
    otter: Otter | None = None
    """Set where the tests are otter's own files instead of cells of the notebook."""
    limits: Limits = Limits()
    late: LatePolicy | None = None
    gradescope: Gradescope = Gradescope()
    fresh_inputs: bool = False
    """Draw other hidden inputs and test digits in every run; marks that stand stay as they are."""


def read_settings(path: Path) -> dict[str, Any]:
    """Return what stands in `path`, unchecked. Raises `CourseError` for a broken file."""
    try:
        with path.open("rb") as file:
            return tomllib.load(file)
    except OSError as error:
        raise CourseError(f"{path}: cannot be read ({error.strerror})") from None
    except tomllib.TOMLDecodeError as error:
        raise CourseError(f"{path}: is not valid TOML: {error}") from None


def course_of(settings: Mapping[str, Any], path: Path) -> Course:
    """Return the `settings` of `path`. Raises `CourseError` for a missing or unknown one."""
    try:
        return TypeAdapter(Course).validate_python(settings)
    except ValidationError as error:
        raise CourseError("\n".join(_sentences(path, error))) from None


def _sentences(path: Path, error: ValidationError) -> list[str]:
    """One sentence for each setting that is wrong."""
    return [
        f"{path}: {'.'.join(str(part) for part in problem['loc'])}: {problem['msg']}"
        f" (found {problem['input']!r})"
        for problem in error.errors()
    ]

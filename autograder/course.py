"""Reads `course.toml`: the course team's settings, checked."""

import tomllib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AwareDatetime, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

KNOWN_KEYS_ONLY = ConfigDict(extra="forbid")
Seconds = Annotated[float, Field(gt=0, le=86_400, strict=True)]
Amount = Annotated[int, Field(gt=0, le=1 << 20, strict=True)]
Points = Annotated[float, Field(ge=0, strict=True)]
Percent = Annotated[float, Field(ge=0, le=100, strict=True)]
Visibility = Literal["visible", "hidden", "after_due_date", "after_published"]
"""When Gradescope shows a test to students."""


class CourseError(Exception):
    """The settings cannot be used; the message names file, key and what was expected."""


@dataclass(frozen=True, config=KNOWN_KEYS_ONLY)
class Totals:
    """What the notebook's points must add up to."""

    core: Points = 100
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
class Course:
    """All settings of a course."""

    title: str
    totals: Totals = Totals()
    limits: Limits = Limits()
    late: LatePolicy | None = None
    gradescope: Gradescope = Gradescope()
    fresh_inputs: bool = False
    """Draw other hidden inputs and test digits in every run; marks that stand stay as they are."""


def read_course(path: Path) -> Course:
    """The settings in `path`. Raises `CourseError` for a missing, broken or unknown setting."""
    try:
        with path.open("rb") as file:
            settings = tomllib.load(file)
    except OSError as error:
        raise CourseError(f"{path}: cannot be read ({error.strerror})") from None
    except tomllib.TOMLDecodeError as error:
        raise CourseError(f"{path}: is not valid TOML: {error}") from None
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

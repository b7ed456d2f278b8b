"""A class as it stands in its grades folder: what the report and a regrade read back.

`grades/run.json` tells whom the last run graded, in which order and under which isolation; the
grades themselves are each student's `record.json`.
"""

import dataclasses
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import TypeAdapter

from autograder.isolation import weakest
from autograder.records import Grade, Isolation
from autograder.store import EXECUTED, RECORD, Record, Store, StoreError

RUN = "run.json"


@dataclass(frozen=True)
class RunRecord:
    """The content of `run.json`: what all grades of a class have in common."""

    title: str
    """The course's."""
    isolation: Isolation | None
    """The weakest under which one of the grades was made."""
    engine_key: str
    """Stands for the tests, the settings and the engine that graded."""
    questions: tuple[str, ...]
    """In the order of the assignment."""
    folders: tuple[str, ...]
    """Of the students, below `students/`, in the order of the class."""


@dataclass(frozen=True)
class Graded:
    """One student's grade as it was kept, without the outputs of cells."""

    grade: Grade
    folder: str
    """The name of the student's folder below `students/`."""
    notebook: Path | None
    """The executed notebook, if there is one."""


@dataclass(frozen=True)
class ClassGrades:
    """A class as it was graded last."""

    run: RunRecord
    students: tuple[Graded, ...]


_RUN = TypeAdapter(RunRecord)
_RECORD = TypeAdapter(Record)


def write_run(
    store: Store, engine_key: str, grades: Sequence[Grade], questions: Sequence[str]
) -> None:
    """Writes `run.json` for the class that `store` holds now. Raises `StoreError`."""
    run = RunRecord(
        store.title,
        weakest(grades),
        engine_key,
        tuple(questions),
        tuple(store.directory_for(grade).name for grade in grades),
    )
    content = json.dumps(dataclasses.asdict(run), indent=1) + "\n"
    store.write_file(RUN, content.encode("ascii"))


def read_class(folder: Path) -> ClassGrades:
    """The class whose grades are in `folder`. Raises `StoreError` where no run has ended.

    A student without a sound record is left out: the next run grades them again.
    """
    try:
        run = _RUN.validate_python(json.loads((folder / RUN).read_bytes()))
    except (OSError, ValueError, RecursionError):
        raise StoreError(
            f"{folder} holds no finished grades ({RUN} is missing or damaged). "
            "Grade the class first: make grade"
        ) from None
    return ClassGrades(run, tuple(_students(folder, run.folders)))


def _students(folder: Path, names: Sequence[str]) -> Iterator[Graded]:
    for name in names:
        place = folder / "students" / Path(name).name
        try:
            grade = _RECORD.validate_python(json.loads((place / RECORD).read_bytes())).grade
        except (OSError, ValueError, RecursionError):
            continue
        # A class's pictures would fill the memory, and no report on the class shows them.
        cells = tuple(replace(run, outputs=()) for run in grade.cells)
        notebook = place / EXECUTED
        yield Graded(
            replace(grade, cells=cells), place.name, notebook if notebook.is_file() else None
        )

"""What the modules of the command line share."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from autograder.errors import KitError
from autograder.paths import DEFAULT_ASSIGNMENT

if TYPE_CHECKING:
    from autograder.classroom.showing import Showing
    from autograder.classroom.views import Views
    from autograder.course.assignment import Assignment
    from autograder.course.build.products import Built


Chosen = Annotated[
    Path,
    typer.Option("--assignment", metavar="FOLDER", help="The folder of the assignment."),
]
CHOSEN = DEFAULT_ASSIGNMENT


def chosen(folder: Path) -> "Assignment":
    """Return the assignment in `folder`, its package importable. Raises `KitError`."""
    from autograder.course.assignment import read_assignment

    found = read_assignment(folder)
    found.make_importable()
    return found


def cores() -> int:
    """The processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def wrong(sentence: str) -> NoReturn:
    """Ends the command with exit status 2, after `sentence` on the error stream."""
    typer.echo(f"autograder: {sentence}", err=True)
    raise typer.Exit(2)


@contextmanager
def told_in_a_sentence() -> Generator[None]:
    """End the command with exit status 2 and a sentence where a person has to mend something."""
    from autograder.sandbox.policy import SandboxUnavailable

    try:
        yield
    except KitError as problem:
        wrong(str(problem))
    except SandboxUnavailable as problem:
        wrong(f"no sandbox can be started: {problem}")


@contextmanager
def opened(folder: Path, showing: "Showing") -> "Generator[Views]":
    """Lend the class in `folder` and its views; the database is closed in the end."""
    from autograder.classroom.views import Views
    from autograder.store.store import Store

    store = Store(folder)
    try:
        yield Views(store, showing)
    finally:
        store.close()


@contextmanager
def graded_class(
    folder: Path, assignment: Path, command: str
) -> "Generator[tuple[Assignment, Built, Views]]":
    """Hold the class in `folder` for `command`; lend it, its assignment and what is built of that.

    Raises `KitError`, also where the folder holds no class.
    """
    from autograder.classroom.showing import showing_of
    from autograder.course.build.products import ensure_built
    from autograder.store.holding import held

    refuse_empty(folder)
    which = chosen(assignment)
    built = ensure_built(which)
    showing = showing_of(which.course, built)
    with held(folder, command, typer.echo), opened(folder, showing) as views:
        yield which, built, views


def refuse_empty(folder: Path) -> None:
    """Raise `StoreError` where `folder` holds no class."""
    from autograder.store.store import Store
    from autograder.store.writing import StoreError

    store = Store(folder)
    try:
        if not store.exists():
            raise StoreError(f"{folder} holds no grades. Grade the class first: make grade")
    finally:
        store.close()

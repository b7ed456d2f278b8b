"""Starts an engine: what each sandbox is forked from and what judges, both at the same time.

Either imports much, an assignment's libraries among it, so this module imports none of that itself.
"""

import hashlib
import importlib
import logging
import os
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from autograder import interrupt
from autograder.course.assignment import Assignment
from autograder.course.build.products import Built
from autograder.course.settings import Course
from autograder.judge import lean
from autograder.sandbox.launch import Begun, Zygote
from autograder.sandbox.policy import Policy

if TYPE_CHECKING:
    from autograder.judge.engine import Engine


_log = logging.getLogger(__name__)

ALWAYS = ("IPython", "autograder.inside.serve")
"""What every sandbox needs, whatever the assignment preloads."""


@contextmanager
def open_engine(
    course: Course,
    built: Built,
    device: Literal["cpu", "cuda"],
    seed: int,
    one: bool = False,
    begun: Begun | None = None,
) -> Generator["Engine"]:
    """An engine for `course` over the generated files in `built`; its zygote ends with it.

    `seed` fixes the random inputs of the checks. `one`: for a single submission nothing is made
    ready that it may not need. `begun`: a zygote that waits. Raises `SandboxUnavailable` and
    `ChecksError`.
    """
    built.assignment.make_importable()
    hide(built.hidden_tests)
    with ExitStack() as stack:
        with lean.imports(), ThreadPoolExecutor(1) as loader:
            loading = loader.submit(_load_engine, built.assignment, one)
            policy = policy_for(course, built, device)
            zygote = stack.enter_context(Zygote(policy, ahead=not one, begun=begun))
            zygote.layers(canary(built))  # while this process still imports
        engine = loading.result()(course, built, zygote, seed)
        if not one:
            stack.enter_context(ThreadPoolExecutor(1)).submit(_warm, course.package)
        with interrupt.told(engine.running.stop):
            yield engine


def extend(assignment: Assignment) -> None:
    """Let this process judge values of the libraries that the assignment preloads."""
    for name in assignment.extensions():
        before_judging = getattr(importlib.import_module(name), "before_judging", None)
        if callable(before_judging):
            before_judging()


def canary(built: Built) -> Path | None:
    """Return a file that no sandbox may read: one of the hidden tests."""
    return next(built.hidden_tests.glob("*.py"), None)


def hide(folder: Path) -> None:
    """Lets nobody but this user enter `folder`.

    Landlock keeps files from being read, but their sizes and dates only where namespaces do.
    """
    try:
        folder.chmod(0o700)
    except OSError:  # a folder that isn't ours: the other layers hold
        _log.warning("%s could not be closed to others", folder, exc_info=True)


def _load_engine(
    assignment: Assignment, one: bool
) -> Callable[[Course, Built, Zygote, int], "Engine"]:
    """Loads all that the checks need, too: else the first of many would wait for that."""
    from autograder.judge.engine import make_engine

    extend(assignment)
    if one:
        return make_engine
    for module in assignment.modules():
        importlib.import_module(module)
    return make_engine


def _warm(package: str) -> None:
    """Load what the checks need beside the first cells; a check that comes first does it itself.

    What cannot be loaded is told by the check that needs it.
    """
    if not package:
        return
    try:
        warm = getattr(importlib.import_module(package), "warm", None)
        if callable(warm):
            warm()
    except Exception:
        _log.exception("not everything that checks need could be loaded")


def seed_for(built: Built, seed: int | None = None, *, fresh: bool = False) -> int:
    """`seed`, or the one that follows from the hidden tests, or, if `fresh`, one of this run alone.

    So every student of a run gets the same inputs, a rerun too unless they are to be fresh, and
    nobody who lacks the tests knows them.
    """
    if seed is not None:
        return seed
    if fresh:
        return int.from_bytes(os.urandom(6))
    digest = hashlib.sha256()
    for file in sorted(built.hidden_tests.glob("*.py")):
        digest.update(file.read_bytes())
    return int.from_bytes(digest.digest()[:6])


def policy_for(course: Course, built: Built, device: Literal["cpu", "cuda"]) -> Policy:
    """What a submission may use and see."""
    limits, assignment = course.limits, built.assignment
    extensions = assignment.extensions(device)
    return Policy(
        memory_megabytes=limits.memory_megabytes,
        processes=limits.processes,
        disk_megabytes=limits.disk_megabytes,
        device=device,
        data=_shown(course, built),
        preload=(*course.preload, *ALWAYS, *assignment.modules(), *extensions),
        later=course.preload_later,
        import_from=(str(assignment.folder.resolve()),),
        preload_environment=((assignment.variable("data"), str(built.sandbox_data.resolve())),),
        environment=((assignment.variable("data"), "{work}/data"), *assignment.grading),
    )


def _shown(course: Course, built: Built) -> tuple[tuple[str, str], ...]:
    """Return what students see of the data, and where: otter puts each file beside the notebook."""
    folder = built.sandbox_data.resolve()
    if not course.otter:
        return ((str(folder), "data"),)
    return tuple((str(entry), entry.name) for entry in sorted(folder.iterdir()))

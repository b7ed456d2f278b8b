"""Starts an engine: what each sandbox is forked from and what judges, both at the same time.

Either takes seconds to import torch and much else, so this module imports none of that itself.
"""

import hashlib
import importlib
import logging
import os
import socket
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from autograder import interrupt, lean
from autograder.build.products import Built
from autograder.course import Course
from autograder.paths import ASSIGNMENT
from autograder.sandbox.launch import Process, Zygote
from autograder.sandbox.policy import LATER, PRELOAD, Policy

if TYPE_CHECKING:
    from autograder.engine import Engine


_log = logging.getLogger(__name__)


@contextmanager
def open_engine(
    course: Course,
    built: Built,
    device: Literal["cpu", "cuda"],
    seed: int,
    one: bool = False,
    begun: tuple[socket.socket, Process] | None = None,
) -> Generator["Engine"]:
    """An engine for `course` over the generated files in `built`; its zygote ends with it.

    `seed` fixes the random inputs of the checks. `one`: for a single submission nothing is made
    ready that it may not need. `begun`: a zygote that waits. Raises `SandboxUnavailable` and
    `ChecksError`.
    """
    hide(built.hidden_tests)
    with lean.imports(), ThreadPoolExecutor(1) as pool:
        loading = pool.submit(_load_engine, one)
        zygote = Zygote(policy_for(course, built, device), ahead=not one, begun=begun)
    with zygote:
        engine = loading.result()(course, built, zygote, seed)
        with interrupt.told(engine.running.stop):
            yield engine


def hide(folder: Path) -> None:
    """Lets nobody but this user enter `folder`.

    Landlock keeps files from being read, but their sizes and dates only where namespaces do.
    """
    try:
        folder.chmod(0o700)
    except OSError:  # a folder that isn't ours: the other layers hold
        _log.warning("%s could not be closed to others", folder, exc_info=True)


def _load_engine(one: bool) -> Callable[[Course, Built, Zygote, int], "Engine"]:
    """Loads all that the checks need, too: else the first of many would wait for that."""
    from autograder.engine import make_engine

    if one:
        return make_engine
    for module in lesson_modules():
        importlib.import_module(module)
    for split in ("train", "test"):
        importlib.import_module("cnnlab.data").load(split)
    return make_engine


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
    limits = course.limits
    redirection = () if device == "cuda" else ("autograder.inside.without_gpu",)
    return Policy(
        memory_megabytes=limits.memory_megabytes,
        processes=limits.processes,
        disk_megabytes=limits.disk_megabytes,
        device=device,
        data=((str(built.sandbox_data.resolve()), "data"),),
        preload=PRELOAD + lesson_modules() + redirection,
        later=(*LATER, "cnnlab.data", "cnnlab.probes.models"),
        import_from=(str(ASSIGNMENT),),
        preload_environment=(("CNNLAB_DATA", str(built.sandbox_data.resolve())),),
        environment=(("CNNLAB_DATA", "{work}/data"), ("CNNLAB_GRADING", "1")),
    )


def lesson_modules() -> tuple[str, ...]:
    """Every module of the lesson's package: imported before the fork, no submission pays for it."""
    files = sorted((ASSIGNMENT / "cnnlab").rglob("*.py"))
    names = (file.relative_to(ASSIGNMENT).with_suffix("").parts for file in files)
    return tuple(".".join(parts).removesuffix(".__init__") for parts in names)

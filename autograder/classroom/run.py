"""Grades a class in front of an instructor: what the commands that grade have in common."""

import logging
from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from autograder import log
from autograder.classroom.groups import ClassOfGroups
from autograder.classroom.isolation import Requirement, demand, weakest, with_isolation
from autograder.classroom.plan import Plan, grade_class, note_attempts, plan_class
from autograder.classroom.showing import Showing, showing_of
from autograder.classroom.slots import Grader, Threads
from autograder.classroom.views import Views
from autograder.course.assignment import Assignment
from autograder.course.build.products import Built, ensure_built
from autograder.course.settings import Course
from autograder.judge.start import open_engine, seed_for
from autograder.reports.terminal import Progress, show_isolation
from autograder.sandbox.launch import Begun
from autograder.similarity.former import FormerClass
from autograder.store.basis import Basis, present_basis
from autograder.store.holding import user
from autograder.store.kept import Run

if TYPE_CHECKING:
    from autograder.judge.engine import Engine


_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Setup:
    """With what a class is graded."""

    course: Course
    built: Built
    device: Literal["cpu", "cuda"]
    seed: int
    required: Requirement
    detail: log.Detail = log.Detail.INFO
    """How much is written to the log in the folder of the grades."""

    @cached_property
    def basis(self) -> Basis:
        """What decides the marks that are made with this."""
        return present_basis(self.course, self.built, self.seed, self.device)

    @cached_property
    def showing(self) -> Showing:
        """How the marks are shown."""
        return showing_of(self.course, self.built)


Where = Callable[[Setup], AbstractContextManager[Grader]]
"""Opens what grades, once all is set up, and closes it."""


def set_up(
    assignment: Assignment,
    device: Literal["cpu", "cuda"],
    seed: int | None,
    required: Requirement,
    detail: log.Detail = log.Detail.INFO,
) -> Setup:
    """Return the assignment as it is now, built. Raises `BuildError`."""
    course, built = assignment.course, ensure_built(assignment)
    seed = seed_for(built, seed, fresh=course.fresh_inputs)
    return Setup(course, built, device, seed, required, detail)


def grade_and_tell(
    setup: Setup,
    whole: ClassOfGroups,
    views: Views,
    where: Where,
    *,
    command: str = "grade",
    force: bool = False,
    anew: bool = False,
    former: Sequence[FormerClass] = (),
) -> Plan:
    """Grade what has no mark that stands, and write all reports. `where` opens what grades.

    Tells in the terminal how it goes. `force` and `anew` as in `plan_class`;
    the report compares with the `former` classes. Raises `TooWeak`
    before anything is graded or written.
    """
    store, submissions = views.store, whole.found.submissions
    plan = plan_class(
        submissions, store, setup.basis, setup.required, whole.others, force=force, anew=anew
    )
    if plan.todo:
        run = Run(command, setup.basis, user(), settings=repr(setup.course))
        with (
            where(setup) as grader,
            log.to_folder(store.folder, setup.detail),
            Progress(submissions, plan.settled) as progress,
        ):
            todo = f"{len(plan.todo)} of {len(submissions)} submissions are graded"
            _log.info("%s, %s", todo, grader)
            grade_class(grader, plan, views, progress, run)
    else:  # an engine takes seconds to start
        if isolation := weakest(views.table()):
            show_isolation(isolation)
        with Progress(submissions, plan.settled):
            pass
    # Here and not above: the first submission need not wait for what drawing imports.
    from autograder.classroom.report import write_class_report

    note_attempts(plan, store)
    whole.keep(store)
    views.refresh()
    write_class_report(views, setup.built.released, former)
    return plan


def here(jobs: int, begun: Begun | None = None) -> Where:
    """Grade in threads of this process, `jobs` submissions at once.

    `begun` is a zygote that waits for its policy.
    """

    @contextmanager
    def threads(setup: Setup) -> Generator[Grader]:
        with isolated_engine(setup, begun) as engine:
            yield Threads(engine, jobs)

    return threads


@contextmanager
def isolated_engine(setup: Setup, begun: Begun | None = None) -> Generator["Engine"]:
    """An engine whose isolation was measured, told and found good enough."""
    with open_engine(setup.course, setup.built, setup.device, setup.seed, begun=begun) as opened:
        engine = with_isolation(opened, setup.built, setup.required.tier)
        assert engine.isolation
        show_isolation(engine.isolation)
        demand(engine.isolation, setup.required)
        yield engine

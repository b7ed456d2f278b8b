"""Grades a class in front of an instructor: what the commands that grade have in common."""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from autograder.build.otter_assign import NOTEBOOK
from autograder.build.products import Built, ensure_built
from autograder.class_folder import write_run
from autograder.class_report import write_class_report
from autograder.course import Course, read_course
from autograder.grade import engine_key, grade_class, in_order, plan_class
from autograder.isolation import Requirement, demand, measured, weakest
from autograder.paths import ASSIGNMENT, BUILD, COURSE
from autograder.records import Grade, Submission
from autograder.reports.terminal import Progress, show_isolation
from autograder.start import open_engine, seed_for
from autograder.store import Store

if TYPE_CHECKING:
    from autograder.engine import Engine


@dataclass(frozen=True)
class Setup:
    """With what a class is graded."""

    course: Course
    built: Built
    device: Literal["cpu", "cuda"]
    seed: int
    required: Requirement

    @property
    def release(self) -> Path:
        """The notebook that students start from."""
        return self.built.student / NOTEBOOK

    @property
    def key(self) -> str:
        """Changes when anything that decides marks does."""
        return engine_key(self.built, self.seed, self.device)

    def store(self, folder: Path) -> Store:
        """A store for grades made with this."""
        store = Store(folder, self.course.title)
        store.titles = self.built.titles
        store.shown = self.course.gradescope
        store.late_policy = self.course.late is not None
        return store


def set_up(device: Literal["cpu", "cuda"], seed: int | None, required: Requirement) -> Setup:
    """The course as it is now. Raises `CourseError` and `BuildError`."""
    course, built = read_course(COURSE), ensure_built(ASSIGNMENT, BUILD)
    return Setup(course, built, device, seed_for(built, seed, fresh=course.fresh_inputs), required)


def grade_and_tell(
    setup: Setup, submissions: Sequence[Submission], store: Store, jobs: int, force: bool
) -> tuple[list[Grade], tuple[str, ...]]:
    """Grades what is not graded yet, `jobs` submissions at once, and writes all reports.

    Tells in the terminal how it goes. Returns the grades, in order, and the questions' ids. Raises
    `TooWeak` before anything is graded or written.
    """
    plan = plan_class(submissions, store, setup.key, force, setup.required)
    questions = setup.built.numbered_questions
    if plan.todo:
        with _isolated_engine(setup) as engine, Progress(submissions, plan.graded) as progress:
            grades = grade_class(engine, plan, store, jobs, progress)
    else:  # an engine takes seconds to start
        grades = in_order(plan, plan.graded)
        if isolation := weakest(grades):
            show_isolation(isolation)
        with Progress(submissions, plan.graded):
            pass
    store.write_gradebook(grades, questions)
    write_run(store, setup.key, grades, questions)
    write_class_report(store.folder, setup.release)
    return grades, questions


@contextmanager
def _isolated_engine(setup: Setup) -> Generator["Engine"]:
    """An engine whose isolation was measured, told and found good enough."""
    canary = next(setup.built.hidden_tests.glob("*.py"))  # no sandbox may be able to read it
    with open_engine(setup.course, setup.built, setup.device, setup.seed) as engine:
        isolation = measured(engine.zygote, setup.required.tier, canary)
        show_isolation(isolation)
        demand(isolation, setup.required)
        yield replace(engine, isolation=isolation)

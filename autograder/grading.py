"""Grades a class in front of an instructor: what the commands that grade have in common."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from autograder.build.otter_assign import NOTEBOOK
from autograder.build.products import Built, ensure_built
from autograder.class_folder import write_run
from autograder.class_report import write_class_report
from autograder.course import Course, read_course
from autograder.engine import open_engine, seed_for
from autograder.grade import engine_key, grade_class, plan_class
from autograder.paths import ASSIGNMENT, BUILD, COURSE
from autograder.records import Grade, Submission
from autograder.reports.terminal import Progress, show_layers
from autograder.store import Store


@dataclass(frozen=True)
class Setup:
    """With what a class is graded."""

    course: Course
    built: Built
    device: Literal["cpu", "cuda"]
    seed: int

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
        store.shown = self.course.gradescope
        store.late_policy = self.course.late is not None
        return store


def set_up(device: Literal["cpu", "cuda"], seed: int | None) -> Setup:
    """The course as it is now. Raises `CourseError` and `BuildError`."""
    course, built = read_course(COURSE), ensure_built(ASSIGNMENT, BUILD)
    return Setup(course, built, device, seed_for(built, seed))


def grade_and_tell(
    setup: Setup, submissions: Sequence[Submission], store: Store, jobs: int, force: bool
) -> tuple[list[Grade], tuple[str, ...]]:
    """Grades what is not graded yet, `jobs` submissions at once, and writes all reports.

    Tells in the terminal how it goes. Returns the grades, in order, and the questions' ids.
    """
    plan = plan_class(submissions, store, setup.key, force)
    with open_engine(setup.course, setup.built, setup.device, setup.seed) as engine:
        store.layers = engine.zygote.layers(canary=_a_test(setup.built))
        show_layers(engine.zygote.tier, store.layers)
        with Progress(plan.submissions, plan.graded) as progress:
            grades = grade_class(engine, plan, store, jobs, progress)
        write_run(store, engine.zygote.tier, setup.key, grades, engine.question_ids)
    write_class_report(store.folder, setup.release)
    return grades, engine.question_ids


def _a_test(built: Built) -> Path:
    """A file of hidden tests: no sandbox may be able to read it."""
    return next(iter(sorted(built.hidden_tests.glob("*.py"))))

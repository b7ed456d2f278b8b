"""Grade a mixed class in one process: is anything lost, left behind, or held for ever?"""

import csv
import os
import secrets
import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.classroom.isolation import REQUIRED_TIER, Requirement, measured
from autograder.classroom.plan import grade_class, plan_class
from autograder.classroom.slots import Threads
from autograder.classroom.views import Views
from autograder.course.assignment import default_assignment
from autograder.course.build.master import read_master
from autograder.course.build.products import Built, ensure_built
from autograder.course.plant import solutions, student_notebook
from autograder.intake.folder import collect
from autograder.interrupt import temporary_folder
from autograder.judge.engine import Engine
from autograder.judge.start import open_engine, seed_for
from autograder.paths import PROJECT
from autograder.store.basis import Basis
from autograder.store.kept import Run
from autograder.store.store import Store
from proofs.attacks import traces
from proofs.attacks.field import Secrets
from proofs.attacks.listeners import Listeners, listeners
from proofs.attacks.run import known_facts
from proofs.endurance.mix import Ingredients, Planned, write_class
from proofs.endurance.onlooker import Onlooker, Sample
from proofs.verify.recipes import Mistake, read_recipes
from proofs.verify.run import prepare

SECONDS, MEGABYTES, KILOBYTES = 5, 1024, 200
"""Limits on a cell, a sandbox and an output: small, so that reaching them takes little time."""


@dataclass(frozen=True)
class Row:
    """What became of the submissions of one kind."""

    submissions: int
    as_expected: int
    endings: Mapping[str, int]


@dataclass(frozen=True)
class Load:
    """Everything that a run has shown."""

    isolation: str
    """The tier, in words."""
    rows: Mapping[str, Row]
    """By kind of submission."""
    students: int
    """How many have a row in the gradebook."""
    samples: tuple[Sample, ...]
    descriptors: int
    """Open files of the trusted process that were not open before."""
    left: tuple[str, ...]
    """What was left behind, in sentences."""

    @property
    def submissions(self) -> int:
        return sum(row.submissions for row in self.rows.values())

    @property
    def as_expected(self) -> int:
        return sum(row.as_expected for row in self.rows.values())

    @property
    def growth(self) -> float:
        """Megabytes that the trusted process has grown by since the first sample."""
        return self.samples[-1].megabytes - self.samples[0].megabytes

    @property
    def holds(self) -> bool:
        """Whether nothing is lost, left or other than expected; growth is for people to judge."""
        whole = self.submissions == self.students == self.as_expected
        return whole and self.descriptors <= 0 and not self.left


def run_load(count: int, jobs: int) -> Load:
    """Grade a mixed class of `count`, `jobs` at once. Raises `SandboxUnavailable`."""
    built = ensure_built(default_assignment())
    with _own_folder() as folder, listeners() as ears, _engine(built) as engine:
        planned = write_class(folder / "class", count, _ingredients(engine, built, ears))
        limits = replace(engine.course.limits, cell_seconds=SECONDS, call_seconds=SECONDS)
        hurried = replace(engine, course=replace(engine.course, limits=limits))
        return _graded(hurried, planned, folder, ears, jobs)


def _graded(
    engine: Engine, planned: Mapping[str, Planned], folder: Path, ears: Listeners, jobs: int
) -> Load:
    views, submissions = Views(Store(folder / "grades")), collect(folder / "class")
    run = Run("load", Basis(tests="load"))
    plan = plan_class(submissions, views.store, run.basis, Requirement(practice=True))
    onlooker = Onlooker(planned, {each.student: each for each in submissions})
    engine.zygote.end_waiting()  # or it would look like one that was left behind
    before, files = traces.look(), _temporary_files()
    grade_class(Threads(engine, jobs), plan, views, onlooker, run)
    views.store.close()
    engine.zygote.end_waiting()
    left = traces.settled(lambda: traces.look().since(before))
    descriptors = traces.look().descriptors - before.descriptors
    left += [f"left behind: file {name}" for name in sorted(_temporary_files() - files)]
    with (views.store.folder / "gradebook.csv").open(newline="", encoding="utf-8") as file:
        students = {row["student"] for row in csv.DictReader(file)}
    tier = engine.zygote.tier
    rows = {each.kind: _row(each.kind, onlooker) for each in planned.values()}
    return Load(
        tier,
        rows,
        len(students & planned.keys()),
        tuple(onlooker.samples),
        descriptors,
        tuple(left + ears.heard()),
    )


def _row(kind: str, onlooker: Onlooker) -> Row:
    students = [name for name, planned in onlooker.planned.items() if planned.kind == kind]
    endings = [onlooker.endings.get(name, "none") for name in students]
    good = sum(onlooker.problems.get(name) == [] for name in students)
    return Row(len(students), good, {each: endings.count(each) for each in sorted(set(endings))})


@contextmanager
def _own_folder() -> Generator[Path]:
    """Lend a folder for the class and its grades, with one for this process's temporary files."""
    with temporary_folder("cnn-load-") as folder:
        usual = tempfile.tempdir
        for part in ("class", "temporary"):
            (folder / part).mkdir()
        os.chmod(folder, 0o755)  # only the sandbox keeps it from being read
        tempfile.tempdir = str(folder / "temporary")
        try:
            yield folder
        finally:
            tempfile.tempdir = usual


def _temporary_files() -> set[str]:
    return set(os.listdir(tempfile.gettempdir()))


@contextmanager
def _engine(built: Built) -> Generator[Engine]:
    """Lend an engine for the lesson whose sandboxes are small."""
    course = default_assignment().course
    limits = replace(course.limits, memory_megabytes=MEGABYTES, output_kilobytes=KILOBYTES)
    with open_engine(replace(course, limits=limits), built, "cpu", seed_for(built)) as engine:
        yield replace(engine, isolation=measured(engine.zygote, REQUIRED_TIER))


def _ingredients(engine: Engine, built: Built, ears: Listeners) -> Ingredients:
    """Return what the class is made of; trains the lesson's models once."""
    answers = solutions(read_master(default_assignment().master))
    lesson = prepare(engine, built.assignment, student_notebook(built), answers, {})
    mistakes = [
        recipe
        for recipe in read_recipes(PROJECT / "tests" / "submissions")
        if isinstance(recipe, Mistake)
    ]
    words = Secrets(
        f"canary{secrets.token_hex(12)}",
        f"input{secrets.token_hex(12)}",
        default_assignment().build,
    )
    facts = known_facts(words.canary, built.hidden_tests) | ears.facts
    return Ingredients(lesson, mistakes, words, facts)

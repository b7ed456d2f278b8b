"""What grades one submission: the course's checks and a zygote, for use by many threads."""

import contextvars
import logging
import time
import traceback
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from autograder import log
from autograder.course.build.products import Built
from autograder.course.settings import Course
from autograder.intake.notebook import NotThisAssignment, Unreadable, read_notebook
from autograder.intake.released import Released, read_released
from autograder.judge.alone import Gate
from autograder.judge.lending import Loan, read_loans
from autograder.judge.replay import Run, run_notebook
from autograder.judge.running import Running
from autograder.judge.score import STOPPING, Question, load_questions
from autograder.judge.session import Session
from autograder.records import (
    Cell,
    CellRun,
    Ending,
    Grade,
    Isolation,
    Notebook,
    Outcome,
    QuestionResult,
    Submission,
)
from autograder.sandbox.launch import Zygote
from autograder.sandbox.policy import SandboxUnavailable
from autograder.sandbox.tiers import Tier
from labkit.run import begin

_log = logging.getLogger(__name__)

AGAIN = "the machine was too busy, so the notebook was graded again with nothing beside it"


@dataclass(frozen=True)
class Engine:
    """Grades submissions; safe to use from several threads."""

    course: Course
    questions: tuple[Question, ...]
    zygote: Zygote
    seed: int
    released: Released | None = None
    """What was released to students: a notebook of another assignment is told from it."""
    loans: tuple[Loan, ...] = ()
    """Right answers of earlier questions, for the questions that build on them."""
    isolation: Isolation | None = None
    """What was measured of it, for the grades."""
    gate: Gate = field(default_factory=Gate)
    """Keeps others out while a submission is graded alone."""
    running: Running = field(default_factory=Running)
    """What has to end when all is to end."""

    @property
    def max_score(self) -> float:
        """Full marks: the core points; bonus points come on top."""
        return self.course.totals.core

    @property
    def question_ids(self) -> tuple[str, ...]:
        return tuple(question.id for question in self.questions)

    def start(self, ahead: bool = True) -> Session:
        """A session over a fresh sandbox. Raises `SandboxUnavailable` and `Stopped`.

        With `ahead` the zygote gets one ready for the next who asks.
        """
        self.running.check()
        sandbox = self.zygote.spawn() if ahead else self.zygote.spawn_now()
        self.running.add(sandbox)
        _log.info("sandbox started, warden %s", sandbox.facts.get("warden", "unknown"))
        session = Session.over(sandbox, self.course.limits)
        if (stock := self.course.otter) and stock.seed is not None:
            session.seeding = {"seed": stock.seed, "variable": stock.seed_variable}
        return session

    def grade(self, submission: Submission) -> tuple[Grade, Notebook | None]:
        """The grade of `submission`, and its notebook if that could be read.

        Raises nothing but `Stopped`, where grading was stopped meanwhile.
        """
        return contextvars.copy_context().run(self._grade, submission)

    def _grade(self, submission: Submission) -> tuple[Grade, Notebook | None]:
        started = time.monotonic()
        begin(seed=self.seed)
        log.about(submission.student)
        _log.info("grading begins: %s", submission.source.name)
        notebook = None
        try:
            notebook = read_notebook(submission, self.released)
            run = self._run(notebook)
            self.running.check()
            grade = self._graded(submission, notebook, run, time.monotonic() - started)
        except NotThisAssignment as problem:
            grade = self._without_marks(submission, Ending.NOT_THIS_ASSIGNMENT, str(problem))
        except Unreadable as problem:
            grade = self._without_marks(submission, Ending.UNREADABLE, str(problem))
        except Exception as error:  # a fault of ours: told, kept apart from the student's marks
            self.running.check()
            _log.exception("grading failed by a fault of the grader")
            last = traceback.format_exception_only(error)[-1].strip()
            grade = self._without_marks(submission, Ending.GRADER_ERROR, last)
            grade = replace(grade, fault=traceback.format_exc())
        _log.info("grading ended: %s, %g points, %.1f s", grade.ending, grade.score, grade.seconds)
        return replace(grade, isolation=self.isolation), notebook

    def _run(self, notebook: Notebook) -> Run:
        """The notebook's run; the better of two where others have taken the processor from it."""
        limits = self.course.limits
        with self.gate.beside() as visit:
            run = run_notebook(notebook, self.questions, self.start, limits, self.loans)
        if not run.starved or not visit.had_company:
            return run
        _log.info("graded again alone: it was starved")
        with self.gate.alone():
            again = run_notebook(notebook, self.questions, self.start, limits, self.loans)
        better = max((again, run), key=lambda each: sum(q.score for q in each.questions))
        return replace(better, notes=(*better.notes, AGAIN))

    def _graded(
        self, submission: Submission, notebook: Notebook, run: Run, seconds: float
    ) -> Grade:
        ending, message = ending_of(run.cells, run.questions)
        questions = tuple(
            replace(one, review=f"{one.review} {notebook.reviews.get(one.question, '')}".strip())
            for one in run.questions
        )
        return Grade(
            submission.student,
            submission.source.name,
            ending,
            message,
            round(sum(question.score for question in run.questions), 6),
            self.max_score,
            questions,
            run.cells,
            notebook.repairs + run.notes,
            seconds,
            ending is Ending.GRADER_ERROR or bool(notebook.review),
            notebook.review,
            peak_megabytes=run.peak_bytes / 1e6 if run.peak_bytes else None,
        )

    def _without_marks(self, submission: Submission, ending: Ending, message: str) -> Grade:
        name, review = submission.source.name, ending is not Ending.UNREADABLE
        return Grade(
            submission.student, name, ending, message, 0.0, self.max_score, (), needs_review=review
        )


def make_engine(course: Course, built: Built, zygote: Zygote, seed: int) -> Engine:
    """An engine over `zygote`, tried out. Raises `SandboxUnavailable` and `ChecksError`."""
    questions = tuple(
        replace(question, rubric=built.rubrics.get(question.id))
        for question in load_questions(built.hidden_tests, course)
    )
    if any(one.beside for one in questions) and not Tier(zygote.tier_number).fork:
        raise SandboxUnavailable(
            "questions that are judged beside student code need a copy of its process, and this "
            "tier of isolation lets no process be copied. Grade as root, or where namespaces work."
        )
    loans = read_loans(built.assignment.folder / "lent", questions)
    released = read_released(built.released, course.package)
    released = replace(released, as_it_stands=course.otter is not None)
    engine = Engine(course, questions, zygote, seed, released, loans)
    _try_out(engine, first_cell(course))
    return engine


def first_cell(course: Course) -> str:
    """Return what every notebook of the course needs, and so must work before one is graded."""
    return course.first_cell or "\n".join(f"import {name}" for name in course.preload)


def _try_out(engine: Engine, source: str) -> None:
    """Runs a cell that any submission could hold; `SandboxUnavailable` where that does not work.

    Without this, a set-up in which no notebook can run would look like a class of blank ones.
    """
    session = engine.start(ahead=False)
    try:
        ran = session.run_cell(Cell(0, source), engine.course.limits.cell_seconds)
    finally:
        session.close()
    if ran.outcome is not Outcome.PASSED:
        raise SandboxUnavailable(f"a cell that must work does not work in a sandbox: {ran.message}")


def ending_of(cells: Sequence[CellRun], questions: Sequence[QuestionResult]) -> tuple[Ending, str]:
    """How the whole submission ended: a fault of the grader first, else its first stop."""
    for question in questions:
        if question.outcome is Outcome.GRADER_ERROR:
            text = (
                f"a check of {question.question} failed by a fault of its own; a person must look"
            )
            return Ending.GRADER_ERROR, text
    for cell in cells:
        if cell.outcome in STOPPING:
            return Ending(cell.outcome.value), f"cell {cell.index + 1}: {cell.message}"
    for question in questions:
        if question.outcome in STOPPING:
            stopped = next(case for case in question.cases if case.outcome in STOPPING)
            return Ending(question.outcome.value), f"{question.question}: {stopped.message}"
    return Ending.COMPLETED, ""

"""Runs a notebook from top to bottom, scores each question after its check cell, and survives.

When a cell or a call ends the student's process, the notebook is run again in a new one without
that cell: questions already scored keep their marks, the others still get their chance.
"""

import logging
import time
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from autograder.course.settings import Limits
from autograder.intake.notebook_repair import named_cells
from autograder.judge.beside import note
from autograder.judge.computer import sentences
from autograder.judge.environment import Environment
from autograder.judge.explained import explained
from autograder.judge.holding import Held, hold, judge_held
from autograder.judge.lending import Loan, second_chance, useful_loans
from autograder.judge.progress import Progress
from autograder.judge.score import STOPPING, Question, score_question, unreached
from autograder.judge.session import Session
from autograder.records import Cell, CellRun, Notebook, Outcome, QuestionResult
from labkit.run import running

Start = Callable[[], Session]
"""Gives a session over a fresh sandbox."""

_log = logging.getLogger(__name__)

NO_GPU = (
    "There is none where this was graded, so the CPU was used. Code that first asks whether there "
    "is one runs on any computer."
)


@dataclass(frozen=True)
class Run:
    """What running one notebook gave."""

    cells: tuple[CellRun, ...]
    questions: tuple[QuestionResult, ...]
    notes: tuple[str, ...]
    peak_bytes: int | None = None
    """The most memory that one of its sandboxes held at a time; None where it is not known."""
    starved: bool = False
    """Whether time by the clock ran out with far less processor time than there was left."""


def run_notebook(
    notebook: Notebook,
    questions: tuple[Question, ...],
    start: Start,
    limits: Limits,
    loans: tuple[Loan, ...] = (),
) -> Run:
    """Runs all cells and scores all questions, with as many sandboxes as that takes.

    `loans` are right answers of questions on which others may build. Whatever student code does,
    every question gets a result. Faults of the grader itself (no sandbox to be had) are raised.
    """
    deadline = time.monotonic() + limits.submission_seconds * limits.wall_factor
    progress = Progress(limits, deadline, notebook.cells, loans)
    due = _when_due(notebook.cells, questions)
    passes = 0
    while passes <= limits.replays and progress.seconds_left > 0:
        passes += 1
        if passes > 1:
            left = len(questions) - len(progress.results)
            _log.info("run %d of the notebook: %d questions are open", passes, left)
        session = start()
        progress.begin(session)
        try:
            if _one_pass(session, notebook.cells, due, progress):
                break
        finally:
            progress.end(session)
    results = (progress.results.get(q.id) or _given_up(q, progress) for q in questions)
    return Run(
        tuple(progress.cells[index] for index in sorted(progress.cells)),
        tuple(explained(result, notebook, progress.cells, progress.hindered) for result in results),
        _notes(passes, progress, questions),
        max(progress.peaks, default=None),
        progress.starved,
    )


def _when_due(
    cells: tuple[Cell, ...], questions: tuple[Question, ...]
) -> dict[int | None, list[Question]]:
    """After which cell each question is scored: its last check cell, or None for the end."""
    last = {question: cell.index for cell in cells for question in cell.checks}
    due: dict[int | None, list[Question]] = {}
    for question in questions:
        due.setdefault(last.get(question.id), []).append(question)
    return due


def _one_pass(
    session: Session,
    cells: Iterable[Cell],
    due: dict[int | None, list[Question]],
    progress: Progress,
) -> bool:
    """Runs and scores what is still open. False when the sandbox ended or the time is up."""
    held: Held = {}
    for cell in cells:
        if progress.seconds_left <= 0:
            return False
        if not progress.skips(cell):
            seconds = min(progress.limits.cell_seconds, progress.seconds_left)
            session.hindered.clear()
            ran = session.run_cell(cell, seconds)
            progress.hindered.setdefault(cell.answers, set()).update(session.hindered)
            progress.keep(ran)
            if not session.alive:
                return False
        if not _score(session, due.get(cell.index, ()), progress, held):
            return False
    if not _score(session, due.get(None, ()), progress, held):
        return False
    return judge_held(session, held, progress)


def _score(session: Session, questions: Iterable[Question], progress: Progress, held: Held) -> bool:
    for question in questions:
        if question.id in progress.results:
            continue
        if progress.seconds_left <= 0:
            return False
        if question.beside:
            if not hold(session, question, held, progress):
                return False
            continue
        session.hindered.clear()
        progress.own[question.id] = _scored(session, question)
        progress.hindered.setdefault(question.id, set()).update(session.hindered)
        progress.results[question.id] = _with_loans(session, question, progress)
        if not session.alive:
            return False
    return True


def _scored(session: Session, question: Question) -> QuestionResult:
    with probing(session):
        return score_question(question, Environment(session))


def _with_loans(session: Session, question: Question, progress: Progress) -> QuestionResult:
    """The question's own result, or that with right answers lent to it where it is as good."""
    own = progress.own[question.id]
    if own.score >= own.max_score or not session.alive or own.outcome in STOPPING:
        return own
    cells = progress.notebook_cells
    loans = useful_loans(question, cells, progress.own, progress.loans)
    if not loans:
        return own
    answer = next((cell for cell in cells if cell.answers == question.id), None)
    if answer and progress.skips(answer):
        return own
    seconds = min(progress.limits.cell_seconds, progress.seconds_left)
    score = partial(_scored, session, question)
    result = second_chance(session, answer, loans, own, seconds, score)
    if result.score > own.score:
        progress.lent[question.id] = loans
    return result


@contextmanager
def probing(session: Session) -> Generator[None]:
    """Probes run in the session's sandbox, and the checks of one question share what they see."""
    with running(runner=session.probe, kept={}):
        yield


def _given_up(question: Question, progress: Progress) -> QuestionResult:
    """The result of a question that no pass reached."""
    if progress.seconds_left <= 0:
        limit = progress.limits.submission_seconds
        text = f"not reached: the notebook used up the {limit:g} s that a submission has"
        return unreached(question, Outcome.TIME_LIMIT, text)
    stops = [cell.outcome for cell in progress.cells.values() if cell.outcome in STOPPING]
    text = "not reached: too many cells before it ended the notebook's process"
    return unreached(question, stops[-1] if stops else Outcome.CRASHED, text)


def _notes(passes: int, progress: Progress, questions: tuple[Question, ...]) -> tuple[str, ...]:
    notes = [
        f"cell {ran.index + 1} was stopped: {ran.message}"
        for ran in progress.cells.values()
        if ran.outcome in STOPPING
    ]
    if progress.gpu_cells:
        numbers = sorted(progress.gpu_cells)
        asks = "asks" if len(numbers) == 1 else "ask"
        notes.append(f"{named_cells(numbers)}: {asks} for a GPU. {NO_GPU}")
    notes += sentences(progress.notes, progress.sources)
    for question, loans in progress.lent.items():
        names = " and ".join(f"{name} ({loan.question})" for loan in loans for name in loan.names)
        notes.append(
            f"{question} was checked with a right answer in the place of {names}, so that a mistake"
            " there costs no points here"
        )
    if beside := note(questions):
        notes.append(beside)
    if progress.full:
        notes.append("the outputs of some cells are left out: all together they are too large")
    if passes > 1:
        notes.append(
            f"the notebook was run {passes} times, so that what ended it cost only its own question"
        )
    return tuple(notes)

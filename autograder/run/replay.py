"""Runs a notebook from top to bottom, scores each question after its check cell, and survives.

When a cell or a call ends the student's process, the notebook is run again in a new one without
that cell: questions already scored keep their marks, the others still get their chance.
"""

import logging
import time
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from autograder.collect.notebook_repair import named_cells
from autograder.course import Limits
from autograder.records import Cell, CellRun, Notebook, Outcome, QuestionResult
from autograder.run.computer import Note, sentences
from autograder.run.explained import explained
from autograder.run.lending import Loan, second_chance, useful_loans
from autograder.run.session import Environment, Session
from autograder.run.stopwatch import FAR_LESS
from autograder.score import STOPPING, Question, score_question, unreached
from labkit.run import running

Start = Callable[[], Session]
"""Gives a session over a fresh sandbox."""

_log = logging.getLogger(__name__)

OUTPUT_CHARACTERS = 20_000_000
"""Outputs that are kept of one run: a thousand cells could fill the memory with them."""


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


@dataclass
class _Progress:
    """What is known so far; it outlives the sandboxes of one run."""

    limits: Limits
    deadline: float
    notebook_cells: tuple[Cell, ...] = ()
    loans: tuple[Loan, ...] = ()
    own: dict[str, QuestionResult] = field(default_factory=dict[str, QuestionResult])
    """The results without loans, of the questions that are scored."""
    lent: dict[str, list[Loan]] = field(default_factory=dict[str, "list[Loan]"])
    """What was lent to a question whose second result counts."""
    results: dict[str, QuestionResult] = field(default_factory=dict[str, QuestionResult])
    cells: dict[int, CellRun] = field(default_factory=dict[int, CellRun])
    outputs: dict[int, int] = field(default_factory=dict[int, int])
    """Characters of outputs of each cell's run, of the pass that counts for it."""
    full: bool = False
    """Whether outputs were left out because those before them had used up the room."""
    peaks: list[int] = field(default_factory=list[int])
    gpu_cells: set[int] = field(default_factory=set[int])
    notes: set[Note] = field(default_factory=set[Note])
    hindered: dict[str, set[Note]] = field(default_factory=dict[str, set[Note]])
    """What the computer kept the answer of a question from doing, in its cell or when called."""
    session: Session | None = None
    spent: float = 0.0
    """Processor seconds of the sandboxes that have ended."""
    starved: bool = False

    @property
    def sources(self) -> dict[int, str]:
        """The code of each cell, by its number from 1."""
        return {cell.index + 1: cell.source for cell in self.notebook_cells}

    @property
    def seconds_left(self) -> float:
        """Processor seconds; none when the time by the clock is over."""
        if time.monotonic() >= self.deadline:
            return 0.0
        running = self.session.processor_seconds if self.session else 0.0
        return self.limits.submission_seconds - self.spent - running

    def begin(self, session: Session) -> None:
        """Has `session` run on what is left."""
        session.deadline = self.deadline
        session.processor_limit = self.limits.submission_seconds - self.spent
        self.session = session

    def end(self, session: Session) -> None:
        """Ends `session` and keeps its accounts."""
        self.gpu_cells |= session.gpu_cells
        self.notes |= session.notes
        late = time.monotonic() >= self.deadline
        self.spent += session.processor_seconds
        idle = self.spent < FAR_LESS * self.limits.submission_seconds
        self.starved |= session.starved or (late and idle)
        self.session = None
        session.close()
        self.peaks += [session.peak_bytes] if session.peak_bytes else []
        _log.info(
            "sandbox closed: %.1f processor seconds so far, at most %s bytes",
            self.spent,
            session.peak_bytes or "unknown",
        )

    def keep(self, ran: CellRun) -> None:
        """Keeps the run of a cell: the first, or the one that was stopped.

        Its outputs go when those of all other cells leave no room for them.
        """
        if ran.index in self.cells and ran.outcome not in STOPPING:
            return
        size = sum(len(text) for output in ran.outputs for text in _texts(output))
        others = sum(self.outputs.values()) - self.outputs.get(ran.index, 0)
        if size and others + size > OUTPUT_CHARACTERS:
            _log.info("outputs of cell %d dropped: no room for %d characters", ran.index + 1, size)
            self.full, size, ran = True, 0, replace(ran, outputs=())
        self.outputs[ran.index] = size
        self.cells[ran.index] = ran

    def skips(self, cell: Cell) -> bool:
        """True for a cell that was stopped in an earlier pass: it would be stopped again."""
        return cell.index in self.cells and self.cells[cell.index].outcome in STOPPING


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
    progress = _Progress(limits, deadline, notebook.cells, loans)
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
        _notes(passes, progress),
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
    progress: _Progress,
) -> bool:
    """Runs and scores what is still open. False when the sandbox ended or the time is up."""
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
        if not _score(session, due.get(cell.index, ()), progress):
            return False
    return _score(session, due.get(None, ()), progress)


def _score(session: Session, questions: Iterable[Question], progress: _Progress) -> bool:
    for question in questions:
        if question.id in progress.results:
            continue
        if progress.seconds_left <= 0:
            return False
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


def _with_loans(session: Session, question: Question, progress: _Progress) -> QuestionResult:
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


def _given_up(question: Question, progress: _Progress) -> QuestionResult:
    """The result of a question that no pass reached."""
    if progress.seconds_left <= 0:
        limit = progress.limits.submission_seconds
        text = f"not reached: the notebook used up the {limit:g} s that a submission has"
        return unreached(question, Outcome.TIME_LIMIT, text)
    stops = [cell.outcome for cell in progress.cells.values() if cell.outcome in STOPPING]
    text = "not reached: too many cells before it ended the notebook's process"
    return unreached(question, stops[-1] if stops else Outcome.CRASHED, text)


def _texts(output: dict[str, Any]) -> Iterable[str]:
    return (text for text in (output.get("text"), *output.get("data", {}).values()) if text)


def _notes(passes: int, progress: _Progress) -> tuple[str, ...]:
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
    if progress.full:
        notes.append("the outputs of some cells are left out: all together they are too large")
    if passes > 1:
        notes.append(
            f"the notebook was run {passes} times, so that what ended it cost only its own question"
        )
    return tuple(notes)

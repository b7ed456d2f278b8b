"""What is known so far of a notebook's run: it outlives the sandboxes."""

import logging
import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from autograder.course.settings import Limits
from autograder.judge.computer import Note
from autograder.judge.lending import Loan
from autograder.judge.score import STOPPING
from autograder.judge.session import Session
from autograder.judge.stopwatch import FAR_LESS
from autograder.records import Cell, CellRun, QuestionResult

_log = logging.getLogger(__name__)

OUTPUT_CHARACTERS = 20_000_000
"""Outputs that are kept of one run: a thousand cells could fill the memory with them."""


@dataclass
class Progress:
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


def _texts(output: dict[str, Any]) -> Iterable[str]:
    return (text for text in (output.get("text"), *output.get("data", {}).values()) if text)

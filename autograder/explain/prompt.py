"""A prompt in the sandbox in which a student's cells have run: nothing of it reaches this machine.

What is typed runs beside the student's variables, and what comes back is shown as plain text.
"""

import contextvars
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from IPython.core.inputtransformer2 import TransformerManager

from autograder.explain.asked import Asked
from autograder.explain.page import told
from autograder.intake.notebook import NotThisAssignment, Unreadable, read_notebook
from autograder.judge.environment import Environment
from autograder.judge.replay import probing
from autograder.judge.score import score_question
from autograder.judge.session import Session
from autograder.plain_text import clean, one_line
from autograder.records import Cell, CellRun, Notebook, Outcome
from autograder.reports.words import OUTCOME_WORDS
from autograder.store.writing import StoreError
from labkit.run import begin

if TYPE_CHECKING:
    from autograder.judge.engine import Engine

CHECK, AGAIN, END = ":check", ":again", ":end"
_SHOWN = 20_000

Ask = Callable[[str], str]
"""Shows a prompt and returns the line that was typed; raises EOFError where there is no more."""
Tell = Callable[[str], None]


def look_around(engine: "Engine", asked: Asked, ask: Ask, tell: Tell) -> None:
    """Let somebody type until the end. Raises `StoreError` where the notebook cannot be run."""
    contextvars.copy_context().run(_Prompt(engine, asked, ask, tell).run)


class _Prompt:
    def __init__(self, engine: "Engine", asked: Asked, ask: Ask, tell: Tell) -> None:
        self._engine, self._asked, self._ask, self._tell = engine, asked, ask, tell
        self._limits = engine.course.limits
        (self._question,) = (each for each in engine.questions if each.id == asked.question)
        self._stopped: set[int] = set()
        """Cells that have ended a sandbox: they would end the next one, too."""

    def run(self) -> None:
        begin(seed=self._engine.seed)
        try:
            notebook = read_notebook(self._asked.submission, self._engine.released)
        except (Unreadable, NotThisAssignment) as problem:
            raise StoreError(f"{one_line(self._asked.student)}: {problem}") from problem
        session, number = self._begun(notebook), len(notebook.document["cells"])
        try:
            self._tell(
                f"Python runs in the sandbox now, beside the student's variables. {CHECK} checks "
                f"{self._asked.question} with what stands there, {AGAIN} begins anew, {END} ends."
            )
            while (typed := self._typed(number)) != END:
                if typed == CHECK:
                    self._check(session)
                elif typed and typed != AGAIN:
                    ran = session.run_cell(Cell(number, typed), self._limits.cell_seconds)
                    self._show(ran)
                    number += 1
                if typed == AGAIN or not session.alive:
                    session.close()
                    session = self._begun(notebook)
        finally:
            session.close()

    def _begun(self, notebook: Notebook) -> Session:
        """Return a session in which the student's cells have run, those aside that end it."""
        for _ in range(self._limits.replays + 1):
            self._tell(f"The {len(notebook.cells)} cells of {one_line(self._asked.student)} run …")
            session = self._engine.start()
            try:
                if self._all_ran(session, notebook):
                    return session
            except BaseException:
                session.close()
                raise
            session.close()
        raise StoreError(
            f"{one_line(self._asked.student)}: too many cells end the sandbox, so there is none to "
            "look around in."
        )

    def _all_ran(self, session: Session, notebook: Notebook) -> bool:
        for cell in notebook.cells:
            if cell.index in self._stopped:
                continue
            ran = session.run_cell(cell, self._limits.cell_seconds)
            if ran.outcome is not Outcome.PASSED:
                self._tell(f"cell {cell.index + 1}: {_ended(ran)}")
            if not session.alive:
                self._stopped.add(cell.index)
                return False
        return True

    def _typed(self, number: int) -> str:
        """Return what was typed, a block until it is whole or an empty line ends it."""
        typed = ""
        try:
            typed = self._ask(f"[{number + 1}] ")
            while typed.strip() and TransformerManager().check_complete(typed)[0] == "incomplete":
                line = self._ask("... ")
                if not line.strip():
                    break
                typed += f"\n{line}"
        except EOFError:
            return typed.strip() or END
        return typed.strip()

    def _check(self, session: Session) -> None:
        with probing(session):
            result = score_question(self._question, Environment(session))
        for line in told(result):
            self._tell(line)

    def _show(self, ran: CellRun) -> None:
        for output in ran.outputs:
            self._tell(_text(output))
        if ran.outcome is not Outcome.PASSED:
            self._tell(_ended(ran))


def _ended(ran: CellRun) -> str:
    return f"{OUTCOME_WORDS[ran.outcome]}: {one_line(ran.message, 400)}"


def _text(output: dict[str, Any]) -> str:
    """Return an output as text: a picture can't be shown here."""
    data: Mapping[str, Any] = output.get("data") or {}
    shown: Any = output.get("text") or data.get("text/plain") or ""
    text = clean(shown, _SHOWN).rstrip("\n") if isinstance(shown, str) else ""
    return text or "(nothing that a terminal can show)"

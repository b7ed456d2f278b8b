"""Runs that people start at the desk: one after the other, in a thread of their own.

The engine starts with the first and stays until the desk is closed. A run changes nothing; what it
gives is kept when a person says so, and earlier grades stay, as with every other run.
"""

import logging
import queue
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from autograder.desk.again import Again, Ready, run_again
from autograder.desk.deciding import FormError
from autograder.errors import KitError
from autograder.explain.asked import Asked, find
from autograder.judge.running import Stopped
from autograder.records import QuestionResult
from autograder.reports.executed import executed_notebook
from autograder.sandbox.policy import SandboxUnavailable
from autograder.store.holding import held
from autograder.store.kept import Run as KeptRun
from autograder.store.store import Store

_log = logging.getLogger(__name__)

OpenEngine = Callable[[], AbstractContextManager[Ready]]
_MOST_WAITING, _MOST_KEPT = 20, 20
_END_SECONDS = 5.0


class Kind(StrEnum):
    """What is run for."""

    EXPLAIN = "explain"
    AGAIN = "run again"


class State(StrEnum):
    """How far a run is."""

    WAITING = "waits"
    RUNNING = "runs"
    DONE = "done"
    FAILED = "failed"
    KEPT = "kept"


@dataclass(frozen=True)
class DeskRun:
    """One run, as far as it is now."""

    number: int
    kind: Kind
    student: str
    folder: str
    question: str
    """'' for all questions."""
    who: str
    since: datetime
    state: State = State.WAITING
    problem: str = ""
    """Why it failed, or who has kept it."""
    asked: Asked | None = None
    explained: QuestionResult | None = None
    again: Again | None = None

    @property
    def is_over(self) -> bool:
        """Whether nothing more comes of it by itself."""
        return self.state not in (State.WAITING, State.RUNNING)


class Runs:
    """The runs of one desk. Several threads may use it."""

    def __init__(self, store: Store, open_engine: OpenEngine) -> None:
        self._store, self._open_engine = store, open_engine
        self._lock = threading.Lock()
        self._runs: dict[int, DeskRun] = {}
        self._last = 0
        self._waiting: queue.SimpleQueue[int] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._ready: Ready | None = None
        self._closed = False

    def start(self, kind: Kind, student: str, folder: str, question: str, who: str) -> DeskRun:
        """Begin a run, or return the same one that has not ended. Raises `FormError`."""
        with self._lock:
            left = [each for each in self._runs.values() if not each.is_over]
            for each in left:
                if (each.kind, each.folder, each.question) == (kind, folder, question):
                    return each
            if len(left) >= _MOST_WAITING:
                raise FormError(
                    f"{len(left)} runs wait already: begin this one when they are done."
                )
            self._last += 1
            now = datetime.now().astimezone()
            run = DeskRun(self._last, kind, student, folder, question, who, now)
            self._runs[run.number] = run
            for number in [n for n, each in self._runs.items() if each.is_over][:-_MOST_KEPT]:
                del self._runs[number]
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="desk-runs", daemon=True)
                self._thread.start()
        self._waiting.put(run.number)
        return run

    def find(self, number: int) -> DeskRun | None:
        """Return the run with this number, if it is still known."""
        with self._lock:
            return self._runs.get(number)

    def of(self, folder: str = "") -> list[DeskRun]:
        """Return the runs, the latest first: of the student with this `folder`, or of all."""
        with self._lock:
            found = [each for each in self._runs.values() if folder in ("", each.folder)]
        return found[::-1]

    def keep(self, number: int, who: str) -> DeskRun:
        """Keep what a run has given as the student's grade. Raises `FormError`, `StoreError`."""
        run = self.find(number)
        if run is None or run.state is not State.DONE or run.again is None:
            raise FormError("There is nothing of this run to be kept (any more). Run it again.")
        with held(self._store.folder, "desk", None):
            self._keep(run, run.again, who)
        now = datetime.now().astimezone()
        return self._set(number, state=State.KEPT, problem=f"kept by {who}, {now:%H:%M}")

    def _keep(self, run: DeskRun, again: Again, who: str) -> None:
        if self._store.versions().get(run.student) != again.version:
            raise FormError(
                "This student has got another grade meanwhile. Run it again to see what moves now."
            )
        grade = again.grade_with(run.question)
        self._store.begin(KeptRun("run again", again.basis, who, settings=again.settings))
        self._store.save(grade, again.before.attempt, executed_notebook(again.notebook, grade))

    def close(self) -> None:
        """End what runs; nothing of it is kept."""
        self._closed = True
        if self._ready:
            self._ready.engine.running.stop()
        if self._thread:
            self._waiting.put(0)
            self._thread.join(_END_SECONDS)

    def _set(self, number: int, **changed: object) -> DeskRun:
        with self._lock:
            self._runs[number] = run = replace(self._runs[number], **changed)  # pyright: ignore[reportArgumentType] names of fields
            return run

    def _work(self) -> None:
        with ExitStack() as stack:
            while number := self._waiting.get():
                run = self._set(number, state=State.RUNNING)
                try:
                    if self._ready is None:
                        self._ready = stack.enter_context(self._open_engine())
                    self._set(number, state=State.DONE, **self._result(self._ready, run))
                except KitError as problem:
                    self._set(number, state=State.FAILED, problem=str(problem))
                except SandboxUnavailable as problem:
                    told = f"No sandbox can be started: {problem}"
                    self._set(number, state=State.FAILED, problem=told)
                except Stopped:
                    self._set(number, state=State.FAILED, problem="The desk was closed.")
                except Exception as problem:  # the desk goes on
                    _log.exception("a run at the desk failed")
                    told = (
                        f"This failed by a fault of the grader ({type(problem).__name__}: "
                        f"{problem}). Nothing was changed; where the desk was started stands more."
                    )
                    self._set(number, state=State.FAILED, problem=told)
                if self._closed:
                    return

    def _result(self, ready: Ready, run: DeskRun) -> dict[str, object]:
        if run.kind is Kind.AGAIN:
            return {"again": run_again(ready, self._store, run.student, run.question)}
        from autograder.explain.page import explain  # slow to import

        asked = find(self._store, run.student, run.question, ready.engine.question_ids)
        return {"asked": asked, "explained": explain(ready.engine, asked)}

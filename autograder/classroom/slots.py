"""Where submissions are graded: one seam, threads of this process here, workers of a cluster there.

`Grader.each` maps over submissions. Whoever asks keeps what comes out, in one thread.
"""

from collections.abc import Generator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from autograder import log
from autograder.records import Grade, Submission
from autograder.reports.executed import executed_notebook

if TYPE_CHECKING:
    from autograder.judge.engine import Engine


@dataclass(frozen=True)
class Graded:
    """What grading one submission gives."""

    grade: Grade
    executed: dict[str, Any] | None
    """The notebook as it ran; None if there was none to run."""


class Watcher(Protocol):
    """Is told what happens while submissions are graded."""

    def started(self, student: str) -> None: ...
    def finished(self, grade: Grade) -> None: ...
    def described(self, where: str) -> None: ...


class Grader(Protocol):
    """Grades many submissions at a time."""

    def each(
        self, submissions: Sequence[Submission], watcher: Watcher
    ) -> Generator[tuple[Submission, Graded]]:
        """Yield each submission with its grade, as they end."""
        ...


def graded(engine: "Engine", submission: Submission) -> Graded:
    """Grade one submission in this thread."""
    log.about(submission.student)
    grade, notebook = engine.grade(submission)
    return Graded(grade, executed_notebook(notebook, grade) if notebook else None)


class Threads:
    """`jobs` threads over one engine."""

    def __init__(self, engine: "Engine", jobs: int) -> None:
        self.engine, self.jobs = engine, jobs

    def __str__(self) -> str:
        return f"{self.jobs} at once, isolation tier {self.engine.zygote.tier}"

    def each(
        self, submissions: Sequence[Submission], watcher: Watcher
    ) -> Generator[tuple[Submission, Graded]]:
        """Yield each submission with its grade, as they end."""

        def one(submission: Submission) -> tuple[Submission, Graded]:
            watcher.started(submission.student)
            return submission, graded(self.engine, submission)

        with ThreadPoolExecutor(self.jobs, thread_name_prefix="grading") as pool:
            waiting = {pool.submit(one, each) for each in submissions}
            try:
                for future in as_completed(waiting):
                    waiting.discard(future)  # a thousand whole grades would fill the memory
                    yield future.result()
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise

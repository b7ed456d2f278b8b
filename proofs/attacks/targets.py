"""What reads input that students control, made ready for any bytes. Only declared errors pass."""

import json
import os
import socket
import tempfile
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from autograder.course.settings import Limits
from autograder.intake.archives import notebooks_in_archive
from autograder.intake.notebook import read_notebook
from autograder.intake.unreadable import Unreadable
from autograder.judge.session import Session
from autograder.judge.wire import StudentError
from autograder.records import Cell, Ending, Grade, Submission
from autograder.reports.executed import executed_notebook
from autograder.sandbox.policy import Exit
from labkit.probes import observe

LIMITS = Limits(call_seconds=5, cell_seconds=5, reply_megabytes=1)
GRADE = Grade("student_001", "a.ipynb", Ending.COMPLETED, "", 0.0, 0.0, ())

SENT_AT_ONCE = 100_000
"""Bytes that a socket takes before anybody reads."""

Target = Callable[[bytes], None]


@dataclass
class Echo:
    """A sandbox that has sent its answer before it is asked, and ended."""

    channel: socket.socket
    stdout: int
    peak_bytes: int | None = None
    processor_seconds: float | None = None

    def wait(self, timeout: float) -> Exit:
        """There was no process."""
        return Exit("unknown")

    def close_soon(self) -> None:
        """Close this end."""
        self.channel.close()
        os.close(self.stdout)


@contextmanager
def answered(answer: bytes) -> Generator[Session]:
    """Lend a session whose next request gets `answer`, whole or not."""
    channel, inside = socket.socketpair()
    stdout, write = os.pipe()
    os.set_blocking(stdout, False)
    os.close(write)
    with inside:
        inside.sendall(answer[:SENT_AT_ONCE])
        inside.shutdown(socket.SHUT_WR)
        session = Session.over(Echo(channel, stdout), LIMITS)
        try:
            yield session
        finally:
            session.close()


def value(answer: bytes) -> None:
    """An answer to the question for a value."""
    with answered(answer) as session, suppress(StudentError):
        session.fetch("name")


def observation(answer: bytes) -> None:
    """An answer of a probe."""
    with answered(answer) as session, suppress(StudentError):
        session.probe(observe, (None,), {})


def cell(answer: bytes) -> None:
    """An answer to a cell; nothing may be raised there at all."""
    with answered(answer) as session:
        session.run_cell(Cell(0, "pass"), 5)


def archive(content: bytes) -> None:
    """A zip file."""
    with suppress(Unreadable):
        notebooks_in_archive(content, "submission.zip")


def notebook(content: bytes) -> None:
    """A notebook file, and its report."""
    with tempfile.NamedTemporaryFile(suffix=".ipynb") as file:
        file.write(content)
        file.flush()
        with suppress(Unreadable):
            read = read_notebook(Submission("student_001", Path(file.name)))
            json.dumps(executed_notebook(read, GRADE))

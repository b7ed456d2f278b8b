"""The log of an operation: what happened to whom, for the instructor who asks later.

    with log.to_folder(output, "info"):
        log.about("student_001")
        logging.getLogger(__name__).info("…")

Every line, also of a traceback, carries the student's name, so that `grep student_001
grades/autograder.log` finds all of it. Without `to_folder` nothing is written anywhere.
"""

import logging
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum
from logging.handlers import RotatingFileHandler
from pathlib import Path

from autograder.plain_text import clean, one_line

FILE = "autograder.log"
FILE_BYTES, OLDER_FILES = 10_000_000, 4
NOBODY = "-"
LINE_CHARACTERS = 2_000

_student: ContextVar[str] = ContextVar("autograder_log_student", default=NOBODY)


class Detail(StrEnum):
    """How much is written."""

    OFF = "off"
    WARNING = "warning"
    INFO = "info"
    DEBUG = "debug"


def about(student: str) -> None:
    """Say whom the lines that follow in this thread are about."""
    _student.set(one_line(student) or NOBODY)


@contextmanager
def to_folder(folder: Path, detail: Detail = Detail.INFO) -> Generator[None]:
    """Write what the engine logs into `folder`, from the first line on that there is to write."""
    logger = logging.getLogger("autograder")
    if detail is Detail.OFF:
        yield
        return
    handler = _Handler(folder / FILE)
    before = logger.level, logger.propagate
    logger.addHandler(handler)
    logger.setLevel(detail.upper())
    logger.propagate = False
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.level, logger.propagate = before
        handler.close()


class _Handler(RotatingFileHandler):
    """Begins its file with the first line, and never stops a grading by a full disk."""

    def __init__(self, file: Path) -> None:
        super().__init__(file, "a", FILE_BYTES, OLDER_FILES, encoding="utf-8", delay=True)
        self.setFormatter(_Lines())

    def emit(self, record: logging.LogRecord) -> None:
        try:
            Path(self.baseFilename).parent.mkdir(parents=True, exist_ok=True)
        except OSError:
            return
        super().emit(record)

    def handleError(self, record: logging.LogRecord) -> None:
        """Does nothing: whoever writes grades to the same disk tells what is wrong with it."""


class _Lines(logging.Formatter):
    """Time, level, student and part of the engine before each line; no line begins otherwise."""

    def format(self, record: logging.LogRecord) -> str:
        part = record.name.removeprefix("autograder.")
        start = f"{self.formatTime(record)} {record.levelname} {_student.get()} {part}: "
        text = super().format(record)
        lines = clean(text, 50 * LINE_CHARACTERS).split("\n")
        return "\n".join(start + line[:LINE_CHARACTERS] for line in lines)

"""The IPython shell in which a submission's cells run: one a process, made before the fork."""

import base64
import sys
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Type
from traitlets.config import Config

OUTPUT_LIMIT = 4 << 20
"""Bytes of pictures and texts that one cell may display; what comes later is dropped."""
CELL = "<ipython-input-"
"""How IPython begins the file name of a cell's code; the number that it was run under follows."""
TEXT_TYPE, PICTURE_TYPE = "text/plain", "image/png"


@dataclass
class Display:
    """What cells have displayed since `take` was called last, as nbformat outputs."""

    outputs: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    room: int = OUTPUT_LIMIT

    def add(self, data: dict[str, Any]) -> None:
        """Keeps the text and the PNG picture in `data`, while there is room."""
        kept: dict[str, str] = {}
        for kind in (TEXT_TYPE, PICTURE_TYPE):
            content = data.get(kind)
            if isinstance(content, bytes):
                content = base64.b64encode(content).decode()
            if isinstance(content, str) and len(content) <= self.room:
                self.room -= len(content)
                kept[kind] = content
        if kept:
            self.outputs.append({"output_type": "display_data", "data": kept, "metadata": {}})

    def take(self) -> list[dict[str, Any]]:
        """The outputs so far; starts anew."""
        taken, self.outputs, self.room = self.outputs, [], OUTPUT_LIMIT
        return taken


display = Display()


class _Hook(DisplayHook):
    """Keeps the value of a cell's last expression instead of printing it."""

    def write_output_prompt(self) -> None:
        pass

    def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:
        display.add(format_dict)

    def finish_displayhook(self) -> None:
        pass


class _Publisher(DisplayPublisher):
    """Keeps what cells pass to `display()`."""

    def publish(self, data: Any, *_arguments: Any, **_keywords: Any) -> None:
        display.add(data)

    def clear_output(self, wait: bool = False) -> None:
        display.take()


class StudentShell(InteractiveShell):
    """An IPython shell without history, terminal, GUI or coloured tracebacks."""

    displayhook_class = Type(_Hook)
    display_pub_class = Type(_Publisher)

    def system(self, cmd: str) -> None:
        """Runs a `!command` without the terminal that a sandbox does not have."""
        self.system_raw(cmd)

    def enable_gui(self, gui: Any = None) -> None:
        pass

    def ask_exit(self) -> None:
        print("exit() does nothing while a notebook is graded")

    def showtraceback(self, *_arguments: Any, **_keywords: Any) -> None:
        pass  # the error travels in the reply, shorter and with the line in the cell

    showsyntaxerror = showtraceback


def make_shell() -> StudentShell:
    """The process's shell, made at the first call."""
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    return StudentShell.instance(config=config)


@dataclass(frozen=True)
class Failure:
    """An exception of student code, in words."""

    kind: str
    type: str
    message: str
    line: int
    cell: int = 0

    @classmethod
    def of(cls, error: BaseException) -> "Failure":
        """What the trusted side is told of `error`."""
        message = getattr(error, "msg", None) if isinstance(error, SyntaxError) else None
        text = message if isinstance(message, str) else _text(error)
        line, cell = _place(error)
        return cls(_kind(error, text), type(error).__name__[:80], text[:2000], line, cell)


class TimeIsUp(BaseException):
    """Raised in student code when its time is over; no `except Exception` holds it."""


def _kind(error: BaseException, text: str) -> str:
    if isinstance(error, TimeIsUp):
        return "time"
    if isinstance(error, MemoryError) or "can't allocate memory" in text:
        return "memory"
    return "error"


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:
        return "(its message cannot be shown)"


def _place(error: BaseException) -> tuple[int, int]:
    """Line and number of the student's cell that `error` comes from; 0 for what is not known."""
    if isinstance(error, SyntaxError):
        return error.lineno or 0, 0
    line, file = 0, ""
    traceback: TracebackType | None = error.__traceback__
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename.startswith(CELL):
            line, file = traceback.tb_lineno, traceback.tb_frame.f_code.co_filename
        traceback = traceback.tb_next
    number = file.removeprefix(CELL).partition("-")[0]
    return line, int(number) if number.isdecimal() else 0


def run_cell(source: str, number: int) -> BaseException | None:
    """Runs one cell in the shell; gives the exception that ended it, if any.

    IPython gives its code a file name that begins with `CELL` and `number`.
    """
    shell = make_shell()
    shell.execution_count = number
    try:
        result = shell.run_cell(source, store_history=True)
        return result.error_before_exec or result.error_in_exec
    finally:
        sys.stdout.flush()
        sys.stderr.flush()

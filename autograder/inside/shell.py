"""The IPython shell in which a submission's cells run: one a process, made before the fork."""

import ast
import base64
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, cast

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from IPython.utils.text import LSString, SList
from traitlets import Type
from traitlets.config import Config

from autograder.inside import absent, leave_out, notes, skipping, streams
from autograder.inside.missing import ONLY_LOADS, Missing

OUTPUT_LIMIT = 4 << 20
"""Bytes of pictures and texts that one cell may display; what comes later is dropped."""
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
        """Run a `!command` without the terminal that a sandbox does not have, where it may help."""
        if not skipping.skips_command(cmd):
            try:
                self.system_raw(cmd)
            except OSError:
                notes.add("command")

    def getoutput(self, cmd: str, split: bool = True, depth: int = 0) -> Any:
        """Return what a `!command` prints; nothing where it is skipped."""
        if skipping.skips_command(cmd):
            return SList() if split else LSString()
        return super().getoutput(cmd, split, depth + 1)

    def run_line_magic(self, magic_name: str, line: str, _stack_depth: int = 1) -> Any:
        """Run a line magic, unless it shows, loads or installs something, or isn't there."""
        if skipping.skips_magic(magic_name, line):
            return None
        if self.find_line_magic(magic_name) is None:
            notes.add("magic")
            return None
        return super().run_line_magic(magic_name, line, _stack_depth + 1)

    def without_cell_magic(self, source: str) -> str:
        """Return a cell without a cell magic that only measures or shows, or that isn't there."""
        name, _ = skipping.cell_magic(source)
        if not name or not skipping.body(source).strip():
            return source
        if name in skipping.PLAIN_BODIES:
            return skipping.body(source)
        if self.find_cell_magic(name) is not None:
            return source
        notes.add("magic", at=(self.execution_count, 1 + source.count("\n", 0, source.index("%"))))
        return skipping.body(source)

    async def run_ast_nodes(
        self,
        nodelist: list[ast.stmt],
        cell_name: str,
        interactivity: str = "last_expr",
        compiler: Callable[..., Any] = compile,
        result: Any = None,
    ) -> bool:
        """Run the statements one by one; leave out what may be left out when it fails."""
        for index, node in enumerate(nodelist):
            last = index == len(nodelist) - 1
            mode = interactivity if last or interactivity == "all" else "none"
            streams.mend()
            failed = await super().run_ast_nodes([node], cell_name, mode, compiler, result)
            if failed and not self._left_out(node, nodelist[index + 1 :], cell_name, result):
                return True
        return False

    def _left_out(self, node: ast.stmt, rest: list[ast.stmt], cell: str, result: Any) -> bool:
        if result is None or not isinstance(error := result.error_in_exec, Exception):
            return False
        names = cast("dict[str, Any]", self.user_ns)
        kind = leave_out.kind_of(node, rest, names, error)
        if not kind:
            return False
        number = notes.cell_number(cell)
        if kind == "import":

            def run(one: ast.stmt) -> None:
                exec(compile(ast.Module([one], []), cell, "exec"), names)

            for package, text in leave_out.import_apart(node, run, names):
                where = (number, node.lineno)
                if package in ONLY_LOADS:
                    notes.add("magic", at=where)
                    continue
                if package:
                    notes.add("package", package, where)
                notes.add("import", text, where)
        else:
            notes.add(kind, f"{type(error).__name__}: {_text(error)}", (number, node.lineno))
            if kind == "display":
                names.update({name: Missing(name) for name in leave_out.assigned(node)})
        result.error_in_exec = None
        return True

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
    if absent.no_gpu(error):
        return "gpu"
    return "package" if absent.no_package(error) else "error"


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:
        return "(its message cannot be shown)"


def _place(error: BaseException) -> tuple[int, int]:
    """Line and number of the student's cell that `error` comes from; 0 for what is not known."""
    if isinstance(error, SyntaxError):
        return error.lineno or 0, 0
    line, cell = 0, 0
    traceback: TracebackType | None = error.__traceback__
    while traceback is not None:
        if number := notes.cell_number(traceback.tb_frame.f_code.co_filename):
            line, cell = traceback.tb_lineno, number
        traceback = traceback.tb_next
    return line, cell


def run_cell(source: str, number: int) -> BaseException | None:
    """Run one cell in the shell; return the exception that ended it, if any.

    IPython gives its code a file name that begins with `notes.CELL` and `number`.
    """
    shell = make_shell()
    shell.execution_count = number
    streams.restore()
    name, argument = skipping.cell_magic(source)
    try:
        with capture_output() if name == "capture" else nullcontext() as captured:
            result = shell.run_cell(shell.without_cell_magic(source), store_history=True)
        if captured is not None and argument.isidentifier():
            shell.user_ns[argument] = captured
        return result.error_before_exec or result.error_in_exec
    finally:
        streams.restore()
        streams.flush()

"""Tell what a student's exception was and in which line of which cell it arose."""

import builtins
import linecache
import os
import re
from types import TracebackType
from typing import Any

RAISED_LIMIT = 300
CODE_LIMIT = 120
_GRADED_CELL = re.compile(r"<ipython-input-(\d+)-")
_KNOWN_MODULES = ("builtins", "torch", "numpy")
# Read past a student's metaclass, which may say anything.
_name, _module = (type.__dict__[name].__get__ for name in ("__name__", "__module__"))


def failure(error: BaseException) -> dict[str, Any]:
    """The fields of an observation that tell of `error`: raised, types, line, cell, code."""
    line, cell, code = _place(error.__traceback__)
    return {
        "raised": words(error),
        "types": _types(error),
        "line": line,
        "cell": cell,
        "code": code,
    }


NO_FAILURE: dict[str, Any] = {"raised": "", "types": [], "line": 0, "cell": 0, "code": ""}
"""The same fields where nothing was raised."""


def words(error: BaseException) -> str:
    """`TypeError: ...`, whatever a student's exception does when it is turned into text."""
    try:
        text = str(error)
    except (Exception, SystemExit):
        text = "(an error without readable text)"
    return f"{_name(type(error))}: {text}"[:RAISED_LIMIT]


def _types(error: BaseException) -> list[str]:
    """Names of the classes of `error`, the closest first; a student's own classes are left out."""
    known = (kind for kind in type(error).__mro__ if _is_known(kind))
    return [_name(kind) for kind in known if kind is not object]


def _is_known(kind: type) -> bool:
    module = _module(kind)
    return type(module) is str and module.split(".")[0] in _KNOWN_MODULES


def is_exception_name(name: str) -> bool:
    """Is `name` the name of an exception of Python's, or of one of PyTorch's or NumPy's?"""
    kind = getattr(builtins, name, None) if name.isidentifier() else None
    python = isinstance(kind, type) and issubclass(kind, BaseException)
    return python or name in ("OutOfMemoryError", "LinAlgError", "AxisError", "TimeIsUp")


def _place(traceback: TracebackType | None) -> tuple[int, int, str]:
    """Line, cell and code of the innermost frame that belongs to a cell; (0, 0, '') for none.

    A cell's code has a file name, but no file; in a notebook IPython gives its lines to
    `linecache`.
    """
    line, name = 0, ""
    while traceback is not None:
        file = traceback.tb_frame.f_code.co_filename
        if _is_cell(file):
            line, name = traceback.tb_lineno, file
        traceback = traceback.tb_next
    number = _GRADED_CELL.match(name)
    code = linecache.getline(name, line).strip() if name else ""
    return line, int(number[1]) if number else 0, code[:CODE_LIMIT]


def _is_cell(file: str) -> bool:
    if file.startswith("<ipython-input-"):
        return True
    return "ipykernel" in file or ("ipython-input" in file and not os.path.exists(file))

"""Decides whether a statement that failed may be left out, so that the rest of its cell is run.

An import may, a magic may, and so may what only shows something, and what failed because of the
computer (a folder of Colab's, a download, a demand for a GPU): none of them is what a question asks
for.
"""

import ast
import errno
import os
import re
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from types import ModuleType
from typing import Any, cast

from autograder.inside.absent import no_package
from autograder.inside.missing import ONLY_LOADS, Missing, without_path

SHOWING = {"print", "pprint", "display", "input", "getpass", "help", "exit", "quit"}
"""Functions that show or ask, by the name under which they are called."""
SHOWING_PACKAGES = {"matplotlib", "seaborn", "plotly", "IPython", "tensorboard", "torchinfo"} | {
    "torchsummary",
    "tqdm",
    "logging",
    "warnings",
}
"""Packages whose results are not computed with."""
SHOWING_METHODS = {"show", "imshow", "plot", "savefig", "head", "info", "describe", "summary"} | {
    "close",
    "flush",
    "write",
    "mount",
    "upload",
    "download",
}


_NOT_HERE = re.compile(
    r"name resolution|urlopen error|Max retries exceeded|Network is unreachable|getaddrinfo"
    r"|Connection (refused|aborted|timed out)|no internet connection"
    r"|no display name|cannot connect to (X|display)|Rebuild the library with (Windows|GTK)",
    re.IGNORECASE,
)


_OF_A_SYSTEM = (os, sys, time)
"""Modules that have other functions on other systems, as `os.startfile`."""


def kind_of(
    node: ast.stmt, rest: Sequence[ast.stmt], names: Mapping[str, Any], error: Exception
) -> str:
    """Return why `node` may be left out: 'import', 'magic', 'display' or 'computer'; else ''.

    `rest` follows it in the cell: a display is left out only where that defines something, and so
    is what ended in an `error` of the computer.
    """
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return "import"
    if _is_magic(node):
        return "magic"
    if all(_shows(each, names) for each in rest):
        return ""
    if _shows(node, names):
        return "display"
    return "computer" if _of_the_computer(node, error) else ""


_LIMITS = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EMFILE, errno.ENFILE, errno.ENOMEM}
"""What a statement ran into that took more than it may: nothing was missing."""


def import_apart(
    node: ast.stmt, run: Callable[[ast.stmt], None], names: dict[str, Any]
) -> list[tuple[str, str]]:
    """Run the parts of an import that work; give the other names something to stand for them.

    Returns for each error the package that isn't installed ('' where it is, and something else
    went wrong) and the error's text.
    """
    failed: list[tuple[str, str]] = []
    for alias in cast("ast.Import | ast.ImportFrom", node).names:
        one = ast.copy_location(_with_one(node, alias), node)
        try:
            run(ast.fix_missing_locations(one))
        except Exception as error:
            source = (getattr(node, "module", None) or alias.name).partition(".")[0]
            package = source if source in ONLY_LOADS else no_package(error)
            failed.append((package, f"{type(error).__name__}: {without_path(str(error))}"))
            bound = alias.asname or alias.name.partition(".")[0]
            own = error if isinstance(error, ImportError) and not package else None
            if bound != "*":
                names[bound] = Missing(package or source, error=own)
    return failed


def assigned(node: ast.stmt) -> list[str]:
    """Return the names that `node` would have given a value."""
    return [
        each.id
        for each in ast.walk(node)
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
    ]


def _with_one(node: ast.stmt, alias: ast.alias) -> ast.stmt:
    if isinstance(node, ast.ImportFrom):
        return ast.ImportFrom(node.module, [alias], node.level)
    return ast.Import([alias])


def _is_magic(node: ast.stmt) -> bool:
    """IPython writes `%name` and `!command` as calls of methods of `get_ipython()`."""
    match node:
        case ast.Expr(value=value) | ast.Assign(value=value):
            return isinstance(value, ast.Call) and ast.unparse(value).startswith("get_ipython().")
        case _:
            return False


def _of_the_computer(node: ast.stmt, error: Exception) -> bool:
    """Whether a statement failed for a file, a network, a screen or a GPU that isn't there."""
    if isinstance(node, ast.If):
        return _asks_for_another(node.test) and any(
            isinstance(each, ast.Raise) for each in node.body
        )
    if not isinstance(node, (ast.Expr, ast.Assign, ast.AnnAssign, ast.For, ast.With, ast.Try)):
        return False
    if isinstance(error, OSError):  # files and networks; libraries derive theirs from it
        return error.errno not in _LIMITS
    if isinstance(error, ImportError):
        return isinstance(node, ast.Expr)
    if isinstance(error, AttributeError) and any(error.obj is each for each in _OF_A_SYSTEM):
        return isinstance(node, ast.Expr)
    try:
        return _NOT_HERE.search(str(error)) is not None
    except Exception:
        return False


def _asks_for_another(test: ast.expr) -> bool:
    """Whether a condition is about the computer: its GPU, its system or its versions."""
    text = ast.unparse(test)
    words = ("is_available", "device_count", "__version__", "version_info", "sys.version")
    return any(word in text for word in (*words, "sys.platform", "os.name", "platform."))


def _shows(node: ast.stmt, names: Mapping[str, Any]) -> bool:
    match node:
        case ast.Pass() | ast.Import() | ast.ImportFrom():
            return True
        case ast.Expr(ast.Call() as call):
            return _shows_call(call, names)
        case ast.Expr():
            return True
        case ast.Assign(value=ast.Call() as call):
            return _shows_call(call, names) or _asks(call)
        case ast.Assert():
            return _asks_for_another(node.test)
        case ast.For() | ast.While() | ast.With() | ast.If():
            return all(_shows(each, names) for each in (*node.body, *getattr(node, "orelse", [])))
        case _:
            return False


def _shows_call(call: ast.Call, names: Mapping[str, Any]) -> bool:
    function = call.func
    if isinstance(function, ast.Name) and function.id in SHOWING:
        return True
    if isinstance(function, ast.Attribute) and function.attr in SHOWING_METHODS:
        return True
    root: ast.expr = function
    while isinstance(root, (ast.Attribute, ast.Subscript, ast.Call)):
        root = root.func if isinstance(root, ast.Call) else root.value
    return isinstance(root, ast.Name) and _package(names.get(root.id)) in SHOWING_PACKAGES


def _asks(call: ast.Call) -> bool:
    """Whether `input()` or the like stands somewhere in it, as in `int(input("Epochs? "))`."""
    calls = (each.func for each in ast.walk(call) if isinstance(each, ast.Call))
    return any(isinstance(each, ast.Name) and each.id in ("input", "getpass") for each in calls)


def _package(value: Any) -> str:
    """Return the package from which `value`, a module, function, class or object, comes."""
    if isinstance(value, Missing):
        return "IPython"  # what is missing computes nothing either
    if isinstance(value, ModuleType):
        return value.__name__.partition(".")[0]
    module = getattr(value, "__module__", None)  # an object has that of its class
    return module.partition(".")[0] if isinstance(module, str) else ""

"""What a notebook and its tests import: what to preload, what is missing, what is trusted."""

import ast
import importlib.util
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from autograder.course.doctests import names_in, trees_of
from autograder.course.otter_files import TestFile
from autograder.intake.question_cells import parsed

CUSTOMARY = {
    "np": "numpy",
    "pd": "pandas",
    "math": "math",
    "random": "random",
    "re": "re",
    "statistics": "statistics",
    "itertools": "itertools",
    "collections": "collections",
    "json": "json",
    "datetime": "datetime",
}
"""What a name in a test means where no notebook says it."""
TRUSTED = frozenset(CUSTOMARY.values()) | {"string", "decimal", "fractions", "functools"}
"""Modules that work on values alone, so that a test may use them outside."""
_LIVE = frozenset(
    {"compile", "eval", "exec", "get_ipython", "globals", "input", "inspect", "locals", "open"}
    | {"os", "print", "sys", "vars"}
)
"""Names by which a test looks at the process it runs in."""
_NOT_PRELOADED = ("otter", "client", "okpy", "__future__")


@dataclass(frozen=True)
class Imports:
    """The modules that sources import."""

    names: Mapping[str, str] = field(default_factory=dict[str, str])
    """Modules, by the names that the sources have for them."""
    modules: tuple[str, ...] = ()
    """All modules, in order."""


def imports_in(sources: Iterable[str]) -> Imports:
    """Return what `sources` import; what can't be parsed imports nothing."""
    names: dict[str, str] = {}
    modules: dict[str, None] = {}
    for source in sources:
        for node in ast.walk(parsed(source) or ast.Module([], [])):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    modules[alias.name] = None
                    own = alias.name if alias.asname else alias.name.split(".")[0]
                    names[alias.asname or own] = own
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                modules[node.module] = None
    return Imports(names, tuple(modules))


def sources_of(document: Mapping[str, Any]) -> list[str]:
    """Return the code of a notebook's cells."""
    return [
        "".join(cell["source"])
        for cell in document.get("cells", ())
        if cell.get("cell_type") == "code"
    ]


def to_preload(found: Imports, own: Iterable[str]) -> tuple[str, ...]:
    """Return the installed packages to import before the forks; `own`: files of the assignment."""
    own_names = {name.split("/")[0].removesuffix(".py") for name in own}
    wanted = ["numpy"]
    for module in found.modules:
        top = module.split(".")[0]
        if top in own_names or top in sys.stdlib_module_names or top in _NOT_PRELOADED:
            continue
        wanted.append("matplotlib.pyplot" if top == "matplotlib" else top)
    return tuple(dict.fromkeys(wanted))


def missing(modules: Iterable[str]) -> tuple[str, ...]:
    """Return the top packages of `modules` that aren't installed here."""
    tops = dict.fromkeys(module.split(".")[0] for module in modules)
    return tuple(top for top in tops if importlib.util.find_spec(top) is None)


def trusted_in(files: Iterable[TestFile], found: Imports) -> dict[str, str]:
    """Return the trusted modules that doctests use, by the names that they have for them."""
    known = {**CUSTOMARY, **found.names}
    used = {
        name
        for file in files
        if file.form == "ok"
        for case in file.cases
        for name in names_in(case.body)
    }
    return {name: known[name] for name in sorted(used) if known.get(name) in TRUSTED}


def may_be_outside(file: TestFile, found: Imports) -> bool:
    """Return whether nothing in `file` shows that it needs the notebook's own process."""
    if file.form == "ok":
        trees = [tree for case in file.cases for tree in trees_of(case.body)]
    else:
        trees = [ast.parse(file.source)]
    known = {**CUSTOMARY, **found.names}
    for node in (node for tree in trees for node in ast.walk(tree)):
        match node:
            case ast.Import(names=names):
                if any(alias.name not in TRUSTED for alias in names):
                    return False
            case ast.ImportFrom(module=module):
                if module not in TRUSTED | {"otter.test_files"}:
                    return False
            case ast.Name(id=name) if name in _LIVE or known.get(name, "numpy") not in TRUSTED:
                return False
            case ast.arg(arg="env"):
                return False
            case _:
                pass
    return True

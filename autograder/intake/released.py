"""What was released to students: the names, texts and stubs by which its notebook is known."""

import ast
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from autograder.intake.question_cells import code_cells, parsed

_HEADING = re.compile(r"^#+[ \t]*(?P<question>q\d+)\b[ \t·:.\-–—]*(?P<title>.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Asked:
    """One question, as students got it."""

    names: frozenset[str]
    """What its answer cell defines."""
    stub: Mapping[str, str]
    """How each name is bound before anybody has answered, in a form that ignores the layout."""
    title: str = ""


@dataclass(frozen=True)
class Released:
    """The notebook that students start from."""

    file: str
    """Its name, as students get it."""
    name: str = ""
    """What otter calls the assignment."""
    questions: Mapping[str, Asked] = field(default_factory=dict[str, Asked])
    package: str = ""
    """The package that students import from, if there is one."""
    sources: frozenset[str] = frozenset()
    """The code of its cells: what stands in them is nobody's answer."""
    as_it_stands: bool = False
    """Answers count where they stand, as under stock otter; several may share a name."""


def read_released(path: Path, package: str = "") -> Released:
    """The assignment in the released notebook at `path`. Raises `OSError` and `ValueError`."""
    document = cast(dict[str, Any], json.loads(path.read_bytes()))
    for cell in document["cells"]:
        cell["source"] = "".join(cell["source"])
    cells = code_cells(document)
    titles = titles_in(document)
    questions: dict[str, Asked] = {}
    for cell in cells:
        if cell.answers:
            stub = bindings(cell.source) or {}
            questions[cell.answers] = Asked(frozenset(stub), stub, titles.get(cell.answers, ""))
    return Released(
        path.name,
        otter_name(document),
        questions,
        package,
        frozenset(cell.source.strip() for cell in cells if not cell.answers),
    )


def otter_name(document: Mapping[str, Any]) -> str:
    """What otter calls the assignment of a notebook; '' where it says nothing."""
    metadata = document.get("metadata")
    otter = cast(dict[str, Any], metadata).get("otter") if isinstance(metadata, dict) else None
    name = cast(dict[str, Any], otter).get("assignment_name") if isinstance(otter, dict) else ""
    return name if isinstance(name, str) else ""


def titles_in(document: Mapping[str, Any]) -> dict[str, str]:
    """The title of each question whose heading stands in a text cell."""
    found: dict[str, str] = {}
    for cell in document["cells"]:
        if cell["cell_type"] == "markdown":
            for heading in _HEADING.finditer(cell["source"]):
                found.setdefault(heading["question"], heading["title"].strip())
    return found


def bindings(source: str) -> dict[str, str] | None:
    """What the statements of a cell bind, by name; None for what is no Python.

    A definition is given in a form that ignores layout, comments and docstrings.
    """
    tree = parsed(source)
    if tree is None:
        return None
    return dict(_bound(tree.body))


def _bound(statements: list[ast.stmt]) -> Iterator[tuple[str, str]]:
    for statement in statements:
        match statement:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield statement.name, _form(statement)
            case ast.Assign(targets=targets):
                for target in targets:
                    for node in ast.walk(target):
                        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                            yield node.id, _form(statement.value)
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                yield name, _form(value)
            case ast.If() | ast.Try() | ast.With() | ast.For() | ast.While():
                yield from _bound(statement.body)
                yield from _bound(getattr(statement, "orelse", []))
            case _:
                pass


def _form(node: ast.AST) -> str:
    for inner in ast.walk(node):
        if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            first = inner.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                inner.body = inner.body[1:] or [ast.Pass()]
            # A body of "..." or "pass" alone says as little as none.
            said = [one for one in inner.body if not _is_nothing(one)]
            inner.body = said or [ast.Pass()]
    return ast.dump(node)


def _is_nothing(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Pass) or (
        isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    )

"""Reads test files in both of otter's formats, as otter does; what can't be used is a sentence.

OK format: a dictionary `test` with one suite of doctests, with or without `OK_FORMAT = True`.
Exception-based format: functions under `@test_case`, beside a `name`. Points, hidden cases and
messages get otter's own defaults, because otter's own classes fill them in.
"""

import ast
import doctest
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

from otter.test_files.abstract_test import TestCase
from otter.test_files.exception_test import ExceptionTestFile
from otter.test_files.ok_test import OKTestFile

from autograder.errors import KitError

Form = Literal["ok", "exception"]


class TestFileError(KitError):
    """A test file can't be used; the message names it and says why."""

    __test__ = False  # or pytest takes it for a test


@dataclass(frozen=True)
class TestFile:
    """One question's test file."""

    __test__ = False

    question: str
    """The name of the file without its suffix: what `grader.check` asks for."""
    name: str
    """What the file calls itself, as otter's messages do."""
    form: Form
    source: str
    cases: tuple[TestCase, ...]
    """Bodies are doctests (text) or otter's `test_case` objects."""
    all_or_nothing: bool


def read_test_file(path: Path) -> TestFile:
    """Return the test file at `path`. Raises `TestFileError`."""
    try:
        source = path.read_text(encoding="utf-8")
        tree = ast.parse(source)
    except (OSError, UnicodeDecodeError) as problem:
        raise TestFileError(f"{path.name}: cannot be read ({problem})") from None
    except (SyntaxError, ValueError) as problem:
        line = getattr(problem, "lineno", None)
        where = f"line {line} " if line else ""
        raise TestFileError(
            f"{path.name}: {where}isn't Python ({problem.args[0]}). Mend the test file, or take it "
            "out if it tests nothing."
        ) from None
    bound = _bound(tree)
    if "test" in bound:
        return _ok(path, source)
    if "name" in bound:
        return _exception(path, source)
    raise TestFileError(
        f"{path.name}: isn't a test file of otter's. It must define either 'test', a dictionary in "
        "the OK format, or 'name' and functions under @test_case."
    )


def _bound(tree: ast.Module) -> set[str]:
    targets = [
        target
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
    ]
    return {target.id for target in targets if isinstance(target, ast.Name)}


def _ok(path: Path, source: str) -> TestFile:
    spec = _run(path, source).get("test")
    if problem := _problem(spec):
        raise TestFileError(f"{path.name}: {problem}")
    loaded = _loaded(path, lambda: OKTestFile.from_spec(cast("dict[str, Any]", spec), str(path)))
    for number, case in enumerate(loaded.test_cases, 1):
        try:
            doctest.DocTestParser().get_examples(case.body, case.name)
        except ValueError as problem:
            raise TestFileError(
                f"{path.name}: case {number} isn't a doctest ({problem}). The lines of an "
                "example begin with '>>> ' and '... '; what they print stands below."
            ) from None
    return _read(path, source, "ok", loaded)


def _problem(spec: Any) -> str:
    """Return why otter can't use the dictionary of an OK file; '' if it can."""
    if not isinstance(spec, dict):
        return "'test' isn't a dictionary."
    named = cast("dict[str, Any]", spec)
    suites = named.get("suites")
    if not isinstance(named.get("name"), str) or not named["name"]:
        return "the dictionary 'test' needs a 'name'."
    if not isinstance(suites, list) or not all(
        isinstance(suite, dict) for suite in cast("list[Any]", suites)
    ):
        return "'suites' must be a list with one dictionary."
    listed = cast("list[dict[str, Any]]", suites)
    if len(listed) != 1:
        return f"it has {len(listed)} suites; otter takes exactly one. Split the file."
    [suite] = listed
    if (kind := suite.get("type", "doctest")) != "doctest":
        return f"its suite is of the type {kind!r}; otter runs doctests only."
    for part in ("setup", "teardown"):
        if suite.get(part):
            return f"its suite has a '{part}', which otter doesn't run. Put it into the cases."
    cases = suite.get("cases")
    if not isinstance(cases, list):
        return "its suite needs a list of 'cases'."
    for number, case in enumerate(cast("list[Any]", cases), 1):
        code = cast("dict[str, Any]", case).get("code") if isinstance(case, dict) else None
        if not isinstance(code, str):
            return f"case {number} needs 'code', the text of a doctest."
    return ""


def _exception(path: Path, source: str) -> TestFile:
    loaded = _loaded(path, lambda: ExceptionTestFile.from_string(source, str(path)))
    return _read(path, source, "exception", loaded)


def _run(path: Path, source: str) -> dict[str, Any]:
    names: dict[str, Any] = {}
    _loaded(path, lambda: exec(compile(source, str(path), "exec"), names))
    return names


def _loaded(path: Path, load: Callable[[], Any]) -> Any:
    try:
        return load()
    except Exception as problem:  # whatever a broken test file raises is told with its name
        if isinstance(problem, ModuleNotFoundError):
            raise TestFileError(
                f"{path.name}: needs the package {problem.name}, which isn't installed here. "
                "Install it beside the autograder."
            ) from problem
        text = f"{type(problem).__name__}: {problem}" if str(problem) else type(problem).__name__
        raise TestFileError(f"{path.name}: is no test file of otter's: {text}") from problem


def _read(path: Path, source: str, form: Form, loaded: Any) -> TestFile:
    cases = tuple(cast("list[TestCase]", loaded.test_cases))
    return TestFile(path.stem, loaded.name, form, source, cases, bool(loaded.all_or_nothing))


def without_hidden(file: TestFile) -> str:
    """Return the source of an exception-based file without its hidden functions, line for line."""
    hidden = {case.body.test_func.__code__.co_firstlineno for case in file.cases if case.hidden}
    lines = file.source.split("\n")
    for node in ast.walk(ast.parse(file.source)):
        if isinstance(node, ast.FunctionDef) and node.decorator_list:
            first = node.decorator_list[0].lineno
            if first in hidden:
                last = node.end_lineno or first
                lines[first - 1 : last] = [""] * (last - first + 1)
    return "\n".join(lines)

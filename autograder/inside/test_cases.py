"""Runs otter's test cases against a notebook's variables, in the process that has them.

What passes, what fails and what is printed of a failure is as in otter: a doctest passes if all of
its examples give what stands below them, a test function if it returns. Only what becomes of a
verdict is decided elsewhere.
"""

import contextlib
import doctest
import io
from collections.abc import Iterator
from textwrap import indent
from typing import Any

from autograder.inside.otter_stand_in import TestCase

MESSAGE_LIMIT = 5_000
"""Characters that a verdict may say."""


def run_cases(request: dict[str, Any], variables: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield {"passed", "message"} for each case of `request`, in order.

    {"form": "ok", "name", "cases": [code, …]} or {"form": "exception", "name", "source", "cases"},
    where `cases` are the names of the test functions. Messages are given if "tell" is true.
    """
    tell = request["tell"]
    if request["form"] == "ok":
        verdicts = _doctests(request["name"], request["cases"], variables)
    else:
        verdicts = _functions(request["name"], request["source"], variables)
    for passed, message in verdicts:
        yield {"passed": passed, "message": message[:MESSAGE_LIMIT] if tell else ""}


def _doctests(name: str, codes: list[str], variables: dict[str, Any]) -> Iterator[tuple[bool, str]]:
    for place, code in enumerate(codes):
        yield run_doctest(f"{name} {place}", code, variables)


def run_doctest(
    name: str,
    code: str,
    variables: dict[str, Any],
    runner: doctest.DocTestRunner | None = None,
) -> tuple[bool, str]:
    """Return whether all examples in `code` give what they must, and what doctest says of them."""
    runner = runner or doctest.DocTestRunner(verbose=False)
    said = io.StringIO()
    examples = doctest.DocTestParser().get_examples(code, name)
    test = doctest.DocTest(examples, variables, name, None, None, code)
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        runner.run(test, clear_globs=False)
    return runner.failures == 0, "" if runner.failures == 0 else said.getvalue()


def _functions(name: str, source: str, variables: dict[str, Any]) -> Iterator[tuple[bool, str]]:
    names: dict[str, Any] = {}
    exec(compile(source, "<test>", "exec"), names)
    for case in [value for value in names.values() if isinstance(value, TestCase)]:
        try:
            _call(case, variables)
        except Exception as error:
            yield False, _said(error, name, source)
        else:
            yield True, ""


def _call(case: TestCase, variables: dict[str, Any]) -> None:
    """Call the test function with the variables that its parameters name, None for what isn't."""
    code = case.test_func.__code__
    wanted = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    given = {name: variables if name == "env" else variables.get(name) for name in wanted}
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        case.test_func(**given)


def _said(error: Exception, name: str, source: str) -> str:
    """Return otter's message: the line of the test, and the error."""
    traceback = error.__traceback__
    line = 0
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename == "<test>" and not line:
            line = traceback.tb_lineno if traceback.tb_frame.f_code.co_name != "<module>" else 0
        traceback = traceback.tb_next
    lines = source.split("\n")
    shown = indent(lines[line - 1], "  ") if 0 < line <= len(lines) else ""
    text = str(error).strip("'")
    return f"Error at line {line} in test {name}:\n{shown}\n{type(error).__name__}: {text}"

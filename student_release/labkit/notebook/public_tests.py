"""What the public tests of a question say about it: its names, its points, and what is certain."""

import ast
import re
from pathlib import Path
from typing import Any

_SOURCE = re.compile(
    r"^Error at line \d+ in test [^\n]*\n[^\n]*\n(?:CheckFailed|AssertionError): ", re.MULTILINE
)
"""What otter puts before a check's own sentence: a line of the test file."""


def asked_names(test_file: Path) -> list[str]:
    """The names that a question's public tests take: what its answer must define."""
    try:
        tree = ast.parse(test_file.read_text(encoding="utf-8"))
    except (OSError, ValueError, SyntaxError):
        return []
    tests = [
        node
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ]
    return list(dict.fromkeys(arg.arg for test in tests for arg in test.args.args))


def total_points(test_file: Path) -> float | None:
    """The points of the whole question, hidden tests included; None where no file says it."""
    try:
        tree = ast.parse(test_file.read_text(encoding="utf-8"))
        (value,) = (
            ast.literal_eval(node.value)
            for node in tree.body
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "points"
        )
    except (OSError, ValueError, SyntaxError):
        return None
    return float(value) if isinstance(value, int | float) else None


def without_source(message: str | None) -> str | None:
    """Otter's message without a line of the test file, where the check says what is wrong."""
    return _SOURCE.sub("", message) if message else message


def certain(result: Any, total: float | None) -> str:
    """What otter's `result` of a check makes certain, and what grading still decides.

    `total` is the whole question's points; without it only the checks are counted.
    """
    cases = list(result.test_case_results)
    passed = [case for case in cases if case.passed]
    points = sum(case.test_case.points or 0 for case in passed)
    if not cases or total is None:
        return ""
    checks = f"{len(cases)} public check{'' if len(cases) == 1 else 's'}"
    if len(passed) < len(cases):
        return f"{len(passed)} of {checks} passed: {points:g} of {total:g} points so far."
    if points == 0:
        return (
            "The form is right. Whether the answer is right is decided at grading:"
            f" {total:g} points."
        )
    if points >= total:
        return f"{checks} passed: all {total:g} points."
    return (
        f"{checks} passed: {points:g} of {total:g} points. The rest is checked at grading with"
        " other sizes and numbers."
    )

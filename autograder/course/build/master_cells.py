"""The cells inside a question of the master notebook: its settings, its answer, its tests."""

import ast
import re
from dataclasses import dataclass
from typing import Any, cast

import yaml

from autograder.errors import KitError

_TEST_CONFIG = re.compile(
    r'^\s*"""\s*#\s*BEGIN TEST CONFIG\s*\n(.*?)^"""\s*#\s*END TEST CONFIG\s*\n',
    re.DOTALL | re.MULTILINE,
)
_TEST_KEYS = {"hidden", "points", "steps", "success_message"}


class BuildError(KitError):
    """The master notebook cannot be built: a sentence that names question and cell."""


@dataclass(frozen=True)
class MasterCell:
    """One cell of the master notebook; `number` counts from 1."""

    number: int
    kind: str
    source: str


@dataclass(frozen=True)
class MasterTest:
    """One test cell: the function that is one check of a question."""

    cell: MasterCell
    name: str
    title: str
    hidden: bool
    points: float


def settings(source: str, where: str) -> dict[str, Any]:
    """The settings in a cell, as YAML; `where` names the cell in a `BuildError`."""
    try:
        config = yaml.safe_load(source)
    except yaml.YAMLError as problem:
        raise BuildError(f"{where}: the configuration is no valid YAML: {problem}.") from problem
    if not isinstance(config, dict):
        raise BuildError(f"{where}: the configuration must be lines of 'key: value'.")
    return cast("dict[str, Any]", config)


def check_solution_marks(name: str, cell: MasterCell) -> None:
    """Every solution mark is closed, and there is one: else students would get the answer."""
    opened, marked = False, False
    for line in cell.source.split("\n"):
        text = line.strip()
        begins, ends = text.startswith("# BEGIN SOLUTION"), text.endswith("# END SOLUTION")
        if (begins and opened) or (ends and not opened):
            raise BuildError(f"{name} (cell {cell.number}): '{text}' does not fit the one before.")
        opened = begins or (opened and not ends)
        marked = marked or begins or bool(re.search(r"#\s?SOLUTION(\s+NO PROMPT)?$", text))
    if opened:
        raise BuildError(f"{name} (cell {cell.number}): '# BEGIN SOLUTION' is never ended.")
    if not marked:
        raise BuildError(
            f"{name} (cell {cell.number}): the answer cell marks no solution, so students would"
            " get it solved."
        )


def read_test(question: str, cell: MasterCell) -> MasterTest:
    """One test cell of `question`; a `BuildError` says what is wrong with it."""
    where = f"{question} (cell {cell.number})"
    if cell.kind != "code":
        raise BuildError(f"{where}: only code cells may stand between the TESTS cells.")
    found = _TEST_CONFIG.match(cell.source)
    if found is None:
        raise BuildError(f"{where}: a test cell starts with its '# BEGIN TEST CONFIG' block.")
    config = settings(found[1], where)
    unknown = set(config) - _TEST_KEYS
    steps = config.get("steps", 1)
    hidden, points = config.get("hidden", False), config.get("points")
    message = config.get("success_message", "")
    sound = isinstance(hidden, bool) and isinstance(message, str) and not unknown
    if not sound or not isinstance(points, int | float):
        raise BuildError(
            f"{where}: a test's configuration is 'points: <number>' and perhaps 'hidden: true',"
            " 'steps: <number>' and 'success_message: <text>'"
            + (f"; {', '.join(sorted(unknown))} is not known." if unknown else ".")
        )
    if type(steps) is not int or not 1 <= steps <= 99 or (points * 1024 / steps) % 1:
        raise BuildError(
            f"{where}: steps is a whole number up to 99 that divides the points into parts without"
            " rounding, such as 0.125: otter adds them up."
        )
    try:
        body = ast.parse(cell.source).body[1:]
    except SyntaxError as problem:
        raise BuildError(f"{where}: {problem.msg} in line {problem.lineno}.") from problem
    if len(body) != 1 or not isinstance(body[0], ast.FunctionDef):
        raise BuildError(f"{where}: a test cell holds one function and nothing else.")
    title = (ast.get_docstring(body[0]) or "").split("\n", 1)[0].strip()
    if not title:
        raise BuildError(f"{where}: {body[0].name} needs a docstring; its first line is the title.")
    return MasterTest(cell, body[0].name, title, hidden, float(points))

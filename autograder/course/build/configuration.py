"""The cell `# ASSIGNMENT CONFIG`, completed: an author writes only what no default fits."""

import copy
import re
from collections.abc import Sequence
from typing import Any, cast

import yaml

from autograder.course.build.master_cells import BuildError, settings

_BEGIN = re.compile(r"#\s+ASSIGNMENT\s+CONFIG[ \t]*(?:\n|$)", re.IGNORECASE)
_DEFAULTS: dict[str, Any] = {
    "run_tests": False,
    "export_cell": {"pdf": False, "run_tests": False, "ignore_log": True},
}
_TESTS = {"files": True, "ok_format": False}
"""Files of tests beside the notebook, each test a function: what the engine runs."""


def configured(cells: list[dict[str, Any]], released: Sequence[str]) -> list[dict[str, Any]]:
    """Return the notebook's cells; folders that are `released` are among otter's files."""
    return [_completed(cell, released) for cell in cells]


def _completed(cell: dict[str, Any], released: Sequence[str]) -> dict[str, Any]:
    source = "".join(cell["source"])
    begin = _BEGIN.match(source)
    if cell["cell_type"] != "raw" or not begin:
        return cell
    found = settings(source, "# ASSIGNMENT CONFIG") if source[begin.end() :].strip() else {}
    tests = cast("dict[str, Any]", found.get("tests") or {})
    if tests.get("ok_format") or tests.get("files") is False:
        raise BuildError(
            "# ASSIGNMENT CONFIG: tests are functions in files here. Take 'tests' out of the cell, "
            "and write each test as a function below its settings (docs/new-assignment.md)."
        )
    files = [str(name) for name in cast("list[Any]", found.get("files") or [])]
    more = [name for name in released if name not in files]
    whole = {**_DEFAULTS, **found, "tests": {**tests, **_TESTS}, "files": files + more}
    changed = copy.deepcopy(cell)
    text = "# ASSIGNMENT CONFIG\n" + yaml.safe_dump(whole, sort_keys=False)
    changed["source"] = text.splitlines(keepends=True)
    return changed

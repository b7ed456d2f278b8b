"""Which file this notebook is, and which answers are saved in it."""

import ast
import json
import os
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from labkit.notebook.jupyter_session import notebook_of_session
from labkit.notebook.runs import Run, bound_names, tidy

CHECK = re.compile(r"^\s*grader\.check\(\s*[\"'](\w+)[\"']", re.MULTILINE)
ANSWER_TAG = "otter_answer_cell"


@dataclass(frozen=True)
class Cell:
    """A code cell as it is saved."""

    id: str
    source: str


@dataclass(frozen=True)
class Saved:
    """A notebook as its file holds it."""

    path: Path
    when: float
    cells: tuple[Cell, ...]
    """All code cells."""
    answers: dict[str, tuple[Cell, ...]]
    """The answer cells of each question, in the order of the notebook."""
    own_tests: frozenset[str] = frozenset()
    """Questions whose tests are kept in the notebook's own metadata."""

    @property
    def clock(self) -> str:
        """When it was saved, in words."""
        moment = time.localtime(self.when)
        today = time.strftime("%Y-%m-%d", moment) == time.strftime("%Y-%m-%d")
        return time.strftime("at %H:%M:%S" if today else "on %Y-%m-%d at %H:%M", moment)

    def holds(self, source: str) -> bool:
        """Is there a code cell with this text?"""
        return any(cell.source == source for cell in self.cells)

    def unanswered(self) -> list[str]:
        """The questions whose answer still holds the `...` of the release, or nothing."""
        return [
            question
            for question, cells in self.answers.items()
            if all(not cell.source or _has_ellipsis(cell.source) for cell in cells)
        ]


def _has_ellipsis(source: str) -> bool:
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return False
    return any(
        isinstance(node, ast.Expr | ast.Assign)
        and isinstance(node.value, ast.Constant)
        and node.value.value is ...
        for node in ast.walk(tree)
    )


def read(path: Path) -> Saved | None:
    """The notebook in `path`; None if it isn't a notebook with answers that can be read now."""
    try:
        when = path.stat().st_mtime
        document = json.loads(path.read_text(encoding="utf-8"))
        code = [cell for cell in document["cells"] if cell["cell_type"] == "code"]
        cells = [
            (_cell(cell), ANSWER_TAG in cell.get("metadata", {}).get("tags", [])) for cell in code
        ]
        tests = document.get("metadata", {}).get("otter", {}).get("tests", {})
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    answers, tagged = dict[str, tuple[Cell, ...]](), list[Cell]()
    before: Cell | None = None
    for cell, is_answer in cells:
        checked = CHECK.search(cell.source)
        if checked:
            answers[checked[1]] = tuple(tagged) or ((before,) if before else ())
            tagged = []
        elif is_answer:
            tagged.append(cell)
        before = cell
    if not answers:
        return None
    return Saved(path, when, tuple(cell for cell, _ in cells), answers, frozenset(tests))


def _cell(cell: dict[str, Any]) -> Cell:
    source = cell["source"]
    return Cell(str(cell.get("id", "")), tidy(source if type(source) is str else "".join(source)))


def find(folder: Path, runs: Sequence[Run]) -> Saved | None:
    """This notebook's file.

    The front end says it, if it does. Else it is the file in `folder` that holds most of what was
    run, and the newest of those that hold as much.
    """
    for told in (vs_code_file(), notebook_of_session(), jupyter_file()):
        saved = read(told) if told is not None else None
        if saved is not None:
            return saved
    found = [saved for path in sorted(folder.glob("*.ipynb")) if (saved := read(path))]
    return max(found, key=lambda saved: (matches(saved, runs), saved.when), default=None)


def vs_code_file() -> Path | None:
    """The file that Visual Studio Code names in the notebook's own variables."""
    try:
        from IPython import get_ipython
    except ImportError:
        return None
    named = getattr(get_ipython(), "user_ns", {}).get("__vsc_ipynb_file__")
    return Path(named) if type(named) is str else None


def jupyter_file() -> Path | None:
    """The file for which Jupyter started this kernel; it may have been renamed since."""
    named = os.environ.get("JPY_SESSION_NAME", "")
    return Path(named) if named.endswith(".ipynb") else None


def matches(saved: Saved, runs: Sequence[Run]) -> int:
    """How many answers of the file were run just as they stand there."""
    ran = {run.source for run in runs}
    return sum(any(cell.source in ran for cell in cells) for cells in saved.answers.values())


def runs_of(cells: Sequence[Cell], saved: Saved, runs: Sequence[Run]) -> list[Run]:
    """The runs of an answer: by the cells' ids; where the ids are unknown, by what they define.

    A front end may give cells ids of its own, and a pasted cell gets a new one: such a run belongs
    to the answer if it defines all that the saved answer defines.
    """
    own, known = {cell.id for cell in cells}, {cell.id for cell in saved.cells}
    names = sorted(frozenset[str]().union(*(bound_names(cell.source) for cell in cells)))
    texts = {cell.source for cell in cells}
    same = own | {
        run.cell
        for run in runs
        if run.cell and run.cell not in known and (run.source in texts or run.binds(names))
    }
    return [
        run
        for run in runs
        if run.cell in same or (not run.cell and (run.source in texts or run.binds(names)))
    ]

"""otter's notebook object, with words of its own around `check` and `export`.

The object stays otter's: only two of its methods are called by way of this module, and only where a
student works. Under `otter run`, while grading and outside of a notebook nothing is changed.
"""

import functools
import html
import sys
from pathlib import Path
from typing import Any

from labkit.notebook import callees, handing_in, judged, notebook_file, public_tests, runs
from labkit.notebook.say import INDENT, WRAP
from labkit.notebook.screen import grading, in_notebook

TESTS = Path("tests")


def watched(notebook: Any) -> Any:
    """`notebook` (an `otter.Notebook`), which from now on compares what was run with its file."""
    if grading() or not in_notebook() or getattr(type(notebook), "_grading_mode", False):
        return notebook
    runs.watch()
    checks, exports = notebook.check, notebook.export

    @functools.wraps(checks)
    def check(question: str, global_env: dict[str, Any] | None = None) -> Any:
        names = sys._getframe(1).f_globals if global_env is None else global_env
        result = checks(question, names)
        for case in result.test_case_results:
            case.message = public_tests.without_source(case.message)
        total = public_tests.total_points(TESTS / f"{question}.py")
        remarks = _remarks(question, names)
        if not all(case.passed for case in result.test_case_results):
            remarks += _unready(question, names, checks)
        return Checked(result, public_tests.certain(result, total), remarks)

    @functools.wraps(exports)
    def export(nb_path: str | None = None, *others: Any, **options: Any) -> None:
        handing_in.export(functools.partial(_written, exports, others), nb_path, **options)

    notebook.check, notebook.export = check, export
    return notebook


def _written(exports: Any, others: tuple[Any, ...], path: str, **options: Any) -> None:
    exports(path, *others, **options)


def _remarks(question: str, names: dict[str, Any]) -> list[str]:
    """The remarks; a fault of theirs must not keep a check from showing its result."""
    try:
        ran = runs.all_runs()
        saved = notebook_file.find(Path(), ran)
        asked = public_tests.asked_names(TESTS / f"{question}.py")
        return judged.remarks(question, saved, ran, asked, names)
    except Exception as problem:
        return [f"Whether this check judged the answer cell is unknown ({type(problem).__name__})."]


def _unready(question: str, names: dict[str, Any], checks: Any) -> list[str]:
    """What to mend first; a fault of this must not keep a check from showing its result."""

    def passes(other: str) -> bool:
        return all(case.passed for case in checks(other, names).test_case_results)

    try:
        return callees.unready(question, names, passes, TESTS)
    except Exception as problem:
        return [f"Which earlier answers this one uses is unknown ({type(problem).__name__})."]


class Checked:
    """otter's result, with what is certain and the remarks below it; all else of it is otter's."""

    def __init__(self, result: Any, certain: str, remarks: list[str]) -> None:
        self._result, self._certain, self._remarks = result, certain, remarks

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self._result, name)

    def _repr_html_(self) -> str:
        warnings = "".join(
            f'<div style="border-left: 4px solid #b34700; padding-left: 0.6em">⚠ '
            f"{html.escape(remark, quote=False)}</div>"
            for remark in self._remarks
        )
        shown = self._result._repr_html_().replace("<pre>", f'<pre style="{WRAP}">')
        return f'{shown}<p style="{INDENT}">{html.escape(self._certain)}</p>{warnings}'

    def __repr__(self) -> str:
        said = [repr(self._result), self._certain, *(f"⚠ {remark}" for remark in self._remarks)]
        return "\n".join(filter(None, said))

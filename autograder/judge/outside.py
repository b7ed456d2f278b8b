"""Judges an OK-format test outside: its doctest runs here, against what crossed the wire.

Names in the test stand for the notebook's values and functions, and for trusted modules in the
place of the notebook's own `np`, `pd` and the like: a student can't put another one there.
"""

import doctest
import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from autograder.course.doctests import names_in
from autograder.inside.test_cases import run_doctest
from autograder.judge.wire import StudentError


@dataclass(frozen=True)
class Outside:
    """A doctest whose names are bound to remote values. otter's test functions are called so."""

    name: str
    code: str
    modules: Mapping[str, str]
    """Trusted modules, by the name that the test has for them."""

    def call_func(self, environment: Mapping[str, Any]) -> None:
        """Run it. Raises `AssertionError` with what doctest says, and `StudentError`."""
        runner = _Runner(verbose=False)
        passed, said = run_doctest(self.name, self.code, self._bound(environment), runner)
        if runner.stopped is not None:
            raise runner.stopped
        if not passed:
            raise AssertionError(said)

    def _bound(self, environment: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the names stand for. One that the notebook lacks stays unbound."""
        bound: dict[str, Any] = {}
        for name in names_in(self.code):
            if name in self.modules:
                bound[name] = importlib.import_module(self.modules[name])
            elif name in environment:
                bound[name] = environment[name]
        return bound


class _Runner(doctest.DocTestRunner):
    """Keeps the first error of student code, which says more than its traceback here."""

    stopped: StudentError | None = None

    def report_unexpected_exception(
        self, out: Any, test: doctest.DocTest, example: doctest.Example, exc_info: Any
    ) -> None:
        if self.stopped is None and isinstance(exc_info[1], StudentError):
            self.stopped = exc_info[1]
        super().report_unexpected_exception(out, test, example, exc_info)

"""A stand-in for the package `otter`, so that `grader.check("q1")` in a submission costs nothing.

The real check happens elsewhere, after the cell that asks for it; this one cannot know how. Test
files that are run beside student code find `test_case` here.
"""

import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any


class Notebook:
    """Takes every call that a student's notebook makes to `otter.Notebook`, and does nothing."""

    def __init__(self, *_arguments: Any, **_keywords: Any) -> None:
        pass

    def check(self, *_arguments: Any, **_keywords: Any) -> None:
        """The grader checks the question itself when this cell has run."""

    check_all = export = run_plugin = add_plugin_files = to_pdf = check


class TestCase:
    """otter's decorator `test_case`: keeps the function; what it is worth is known elsewhere."""

    __test__ = False  # or pytest takes it for a test

    def __init__(self, *_arguments: Any, **_keywords: Any) -> None:
        self.test_func: Callable[..., None] = lambda: None

    def __call__(self, test_func: Callable[..., None]) -> "TestCase":
        """Keep `test_func`."""
        self.test_func = test_func
        return self


def install() -> None:
    """Makes `import otter` find this stand-in."""
    module = ModuleType("otter", __doc__)
    module.__dict__["Notebook"] = Notebook
    tests = ModuleType("otter.test_files", __doc__)
    tests.__dict__["test_case"] = TestCase
    module.__dict__["test_files"] = tests
    sys.modules["otter"] = module
    sys.modules["otter.test_files"] = tests

"""A stand-in for the package `otter`, so that `grader.check("q1")` in a submission costs nothing.

The real check happens outside, right after the cell that asks for it; this one cannot know how.
"""

import sys
from types import ModuleType
from typing import Any


class Notebook:
    """Takes every call that a student's notebook makes to `otter.Notebook`, and does nothing."""

    def __init__(self, *_arguments: Any, **_keywords: Any) -> None:
        pass

    def check(self, *_arguments: Any, **_keywords: Any) -> None:
        """The grader checks the question itself when this cell has run."""

    check_all = export = run_plugin = add_plugin_files = to_pdf = check


def install() -> None:
    """Makes `import otter` find this stand-in."""
    module = ModuleType("otter", __doc__)
    module.__dict__["Notebook"] = Notebook
    sys.modules["otter"] = module

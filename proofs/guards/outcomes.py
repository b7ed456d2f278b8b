"""A plugin of pytest: writes how each test ended, a line each, into `outcomes.txt`."""

from pathlib import Path

import pytest

FILE = Path("outcomes.txt")


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Write the outcome of a test, or of what had to be set up for it."""
    if report.when == "call" or (report.when == "setup" and not report.passed):
        outcome = "error" if report.when == "setup" and report.failed else report.outcome
        with FILE.open("a", encoding="utf-8") as file:
            file.write(f"{outcome} {report.nodeid}\n")

"""Settings of the whole suite."""

import re

import pytest
import torch

import autograder.inside.for_torch  # noqa: F401 the lesson's values cross the wire in process, too

torch.set_num_threads(1)  # as when grading; more threads than free cores are slower, not faster

QUESTION = re.compile(r"(?<![a-z0-9])q\d+(?![a-z0-9])")


@pytest.hookimpl(tryfirst=True)  # before pytest chooses by marks
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark each test with the questions that it names, so that `-m q5` runs those of q5."""
    known = set[str]()
    for item in items:
        for name in sorted(set(QUESTION.findall(item.name))):
            if name not in known:
                known.add(name)
                config.addinivalue_line("markers", f"{name}: about question {name}")
            item.add_marker(name)

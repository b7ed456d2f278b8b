"""Runs pytest over and over in processes forked from one that has imported the libraries already.

Started in a copy of the project; of the project itself it has imported nothing, so that each run
sees the files as they are then. One JSON list of pytest's arguments comes in by line; its answer is
a line with the process group that runs it, and one at its end.
"""

import importlib
import json
import os
import sys
from contextlib import suppress

LIBRARIES = (
    *("torch", "torchvision", "hypothesis", "pytest_timeout", "pydantic", "typer", "rich"),
    *("IPython", "jinja2", "matplotlib.pyplot", "nbformat", "otter", "yaml"),
)
"""What most tests import, which takes longer than most tests."""


def main() -> None:
    """Serve until the other end closes."""
    for name in LIBRARIES:
        with suppress(ImportError):
            importlib.import_module(name)
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            os.setsid()
            _test(json.loads(line))
        print(child, flush=True)
        os.waitpid(child, 0)
        print("ended", flush=True)


def _test(arguments: list[str]) -> None:
    try:
        nothing = os.open(os.devnull, os.O_RDWR)
        log = os.open("told.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        for place, file in ((0, nothing), (1, log), (2, log)):
            os.dup2(file, place)
        import pytest

        pytest.main(arguments)
    finally:
        os._exit(0)


if __name__ == "__main__":
    main()

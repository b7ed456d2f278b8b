"""A trusted process that is about to be killed: it starts sandboxes, prints their processes."""

import sys
import time
from pathlib import Path

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS / "support"), str(TESTS.parent)]

from sandbox_helpers import small_policy  # noqa: E402 the path had to be set first
from sandbox_probe import ask  # noqa: E402

from autograder.sandbox.launch import Zygote  # noqa: E402

STARTER = "import os, time\nfor _ in range(2):\n    if os.fork() == 0:\n        time.sleep(600)"


def descendants(pid: int) -> list[int]:
    """The processes below `pid`."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [one for child in map(int, children) for one in (child, *descendants(child))]


if __name__ == "__main__":
    zygotes = [Zygote(small_policy("namespaces")), Zygote(small_policy("container"))]
    sandboxes = [zygote.spawn() for zygote in zygotes]
    for sandbox in sandboxes:
        ask(sandbox.channel, STARTER)
    pids = [pid for zygote in zygotes for pid in descendants(zygote._process.pid)]
    print(*pids, *(zygote._process.pid for zygote in zygotes), flush=True)
    time.sleep(600)

"""A trusted process that is about to be killed: it starts sandboxes, prints their processes."""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from autograder.sandbox.launch import Zygote
from tests.support.sandbox_helpers import small_policy
from tests.support.sandbox_probe import ask

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

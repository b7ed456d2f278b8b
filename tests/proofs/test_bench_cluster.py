"""What `make bench-cluster` makes of its measurements, and that its kills are kills."""

import random
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from autograder.classroom.slots import Graded
from autograder.cluster.message import pack_submission, unpack_grade
from autograder.records import Submission
from proofs.bench.cluster import kills as module
from proofs.bench.cluster.kills import Kill, Kills
from proofs.bench.cluster.recorded import Flow, Overhead, Recorded, Sample
from proofs.bench.cluster.report import Measured, last_line, page
from proofs.bench.cluster.speed import Clocked, Speed
from tests.support.sample_grades import COMPLETED

ONE = Speed(
    1, 8, (Clocked(4.0, 28.0), Clocked(5.0, 28.0)), (Clocked(9.0, 28.5), Clocked(9.0, 28.0))
)
TWO = Speed(2, 8, (Clocked(4.0, 14.0),), (Clocked(9.0, 14.5),))
MEASURED = Measured(
    None,
    (ONE, TWO),
    Overhead((0.011, 0.012, 0.031), 150_000, 400_000),
    Flow(5000, 60.0, (Sample(500, 300.0), Sample(5000, 301.5)), 0.005, 0.005, 0.002),
    Kills(3.0, (Kill(1.0, True, 6.0, True), Kill(2.0, False, 3.0, True))),
)


def test_the_last_line_has_the_worst_efficiency_and_counts_each_kill() -> None:
    assert last_line(MEASURED) == (
        "efficiency 0.97, overhead 12 ms, workers killed 2, gradebooks equal 2 of 2"
    )


def test_the_page_says_where_it_ends() -> None:
    text = page(MEASURED)
    assert "| 1 | 28.0 s and 28.0 s | 28.5 s and 28.0 s | 0.99 |" in text
    assert "| 5000 | 301.5 |" in text and "last: +1.5 MB" in text
    # 3.5 s a submission: the scheduler serves 500 a second, the client 100 with their pages.
    assert "| scheduler | 2.0 ms | 500 | 1750 |" in text
    assert "| client: the same, and a student's pages | 10.0 ms | 100 | 350 |" in text
    assert "the client is the limit, at about 350 slots:\n5,000 submissions take 1 minutes" in text
    assert "1 of the 2 had a submission in work" in text
    assert text.splitlines()[-1] == last_line(MEASURED)


@pytest.mark.parametrize(
    "changes",
    [
        {"speeds": (ONE, replace(TWO, cluster=(Clocked(9.0, 15.0),)))},
        {"overhead": Overhead((0.021,), 1, 1)},
        {"flow": replace(MEASURED.flow, samples=(Sample(1, 300.0), Sample(9, 351.0)))},
        {"kills": Kills(3.0, (Kill(1.0, True, 6.0, False),))},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_a_bar_that_is_not_met_fails(changes: dict[str, Any]) -> None:
    assert MEASURED.holds
    assert not replace(MEASURED, **changes).holds


class Onlooker:
    """Knows one worker, which has a submission."""

    def __init__(self, pid: int) -> None:
        self.pid = pid

    def run(self, *_arguments: Any, **_options: Any) -> dict[str, int]:
        return {"tcp://one": self.pid}

    def processing(self) -> dict[str, tuple[str, ...]]:
        return {"tcp://one": ("grade-1",)}


def test_a_worker_is_killed_at_its_moment_or_not_at_all() -> None:
    command = [sys.executable, "-c", "import time; time.sleep(60)"]
    with subprocess.Popen(command) as process:
        onlooker = Onlooker(process.pid)
        with module.killing(onlooker, 60.0, random.Random(1)) as killed:
            pass  # the class has ended before
        assert killed == [] and process.poll() is None
        with module.killing(onlooker, 0.0, random.Random(1)) as killed:
            while not killed:
                time.sleep(0.01)
        assert killed == [True] and process.wait() == -9


def test_a_recorded_grade_is_that_of_whoever_handed_in(tmp_path: Path) -> None:
    file = tmp_path / "student_009.ipynb"
    file.write_text("{}")
    order: Any = SimpleNamespace(name="measuring")
    known = Graded(COMPLETED, {"cells": []})
    recorded = Recorded(order, b"", 0.0)  # what it reads when it begins is not read again
    recorded.__dict__.update(_folder=tmp_path, _known=known)
    given = unpack_grade(recorded.grade(pack_submission(Submission("student_009", file))))
    assert given.grade == replace(COMPLETED, student="student_009")
    assert given.executed == {"cells": []}

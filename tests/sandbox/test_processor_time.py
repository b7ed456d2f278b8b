"""Processor time counts, the clock ends what waits, and each sandbox has its share."""

import os
import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from autograder.course.settings import Course, Limits
from autograder.judge import engine as module
from autograder.judge.alone import Gate
from autograder.judge.replay import Run
from autograder.judge.session import Session
from autograder.judge.stopwatch import Stopwatch, Times
from autograder.records import Cell, Notebook, Outcome, QuestionResult
from autograder.sandbox import processor
from autograder.sandbox.launch import Zygote
from tests.support.sandbox_helpers import TIERS, linux_root, small_policy
from tests.support.sandbox_probe import ask

LIMITS = Limits(cell_seconds=1, call_seconds=1, wall_factor=4)
SPIN = "import time\nbegun = time.process_time()\nwhile time.process_time() - begun < {}: pass"
FORKED = """
import os
if os.fork() == 0:
    while True: pass
os.wait()
"""
BURNERS = """
import os
for _ in range(25):
    if os.fork() == 0:
        os.setsid()
        while True: pass
"""


@pytest.fixture(scope="module", params=TIERS)
def opened(request: pytest.FixtureRequest) -> Iterator[Zygote]:
    with Zygote(
        small_policy(request.param, preload=("IPython",), serve="autograder.inside.serve")
    ) as zygote:
        yield zygote


@pytest.fixture
def session(opened: Zygote) -> Iterator[Session]:
    begun = Session.over(opened.spawn(), LIMITS)
    yield begun
    begun.close()


@linux_root
def test_waiting_costs_no_processor_time(session: Session):
    ran = session.run_cell(Cell(0, "import time; time.sleep(1.5)"), 1)
    assert ran.outcome is Outcome.PASSED
    assert session.processor_seconds < 1


@linux_root
@pytest.mark.parametrize("code", [SPIN.format(60), FORKED], ids=["itself", "a child of it"])
def test_processor_time_is_limited(session: Session, code: str):
    ran = session.run_cell(Cell(0, code), 1)
    assert ran.outcome is Outcome.TIME_LIMIT
    assert not session.starved
    assert session.processor_seconds >= 0.9


@linux_root
def test_waiting_for_ever_ends_by_the_clock(session: Session):
    started = time.monotonic()
    ran = session.run_cell(Cell(0, "import time; time.sleep(3600)"), 0.5)
    assert ran.outcome is Outcome.TIME_LIMIT
    assert "by the clock" in ran.message
    assert session.starved
    assert time.monotonic() - started > 1.5


@linux_root
@pytest.mark.parametrize("tier", TIERS)
def test_a_sandbox_keeps_its_share_beside_burners(tier):
    with Zygote(small_policy(tier)) as zygote:  # noqa: SIM117 three in a line are hard to read
        with zygote.spawn() as burner, zygote.spawn() as honest:
            assert honest.facts["share"]
            ask(burner.channel, BURNERS)
            before = _used(burner), _used(honest)
            ask(honest.channel, SPIN.format(1.0))
            burnt, worked = _used(burner) - before[0], _used(honest) - before[1]
    assert worked > 0.3 * burnt


def _used(sandbox) -> float:
    used = sandbox.processor_seconds
    assert used is not None
    return used


@linux_root
@pytest.mark.parametrize("tier", TIERS)
def test_no_sandbox_chooses_its_own_cores(tier):
    with Zygote(small_policy(tier)) as zygote, zygote.spawn() as sandbox:
        code = """
import os
try:
    os.sched_setaffinity(0, os.sched_getaffinity(0))
    seen = "allowed"
except OSError as error:
    seen = error.strerror
"""
        assert ask(sandbox.channel, code) == "Operation not permitted"


def test_processes_without_a_control_group_are_summed_with_those_waited_for():
    warden = os.fork()
    if warden == 0:
        if os.fork() == 0:
            exec(SPIN.format(0.3))
            os._exit(0)
        os.wait()
        time.sleep(60)
    try:
        deadline = time.monotonic() + 60
        while (used := processor.used_seconds("", warden) or 0) < 0.25 or list(
            processor.descendants(warden)
        ):
            assert time.monotonic() < deadline, used
            time.sleep(0.05)
        assert used < 5
    finally:
        os.kill(warden, 9)
        os.waitpid(warden, 0)


@pytest.mark.parametrize(
    ("used", "wall", "over", "starved"),
    [
        (0.0, 60.0, False, False),
        (2.0, 60.0, True, False),
        (0.1, 0.0, True, True),
        (0.9, 0.0, True, False),
        (None, 0.0, True, False),
        (None, 60.0, False, False),
    ],
)
def test_a_stopwatch_ends_by_either_time(used, wall: float, over: bool, starved: bool):
    readings = iter([0.0 if used is not None else None])
    watch = Stopwatch(lambda: next(readings, used), Times(1.0, wall))
    assert (watch.until_look() == 0) is over
    assert watch.starved is starved


def test_who_is_graded_alone_has_no_company():
    gate, order = Gate(), []
    entered, leave = threading.Event(), threading.Event()

    def beside() -> None:
        with gate.beside():
            entered.set()
            leave.wait(30)
            order.append("beside ends")

    def alone() -> None:
        with gate.alone():
            order.append("alone")

    first = threading.Thread(target=beside)
    first.start()
    entered.wait(30)
    second = threading.Thread(target=alone)
    second.start()
    second.join(0.2)
    assert order == []
    leave.set()
    first.join()
    second.join()
    assert order == ["beside ends", "alone"]
    with gate.beside() as one:
        assert not one.had_company
        with gate.beside() as two:
            assert one.had_company and two.had_company


def test_a_starved_notebook_is_graded_again_alone(monkeypatch):
    def result(score: float) -> Run:
        graded = QuestionResult("q1", score, 5, Outcome.PASSED, ())
        return Run((), (graded,), (), None, starved=score < 5)

    runs: list[Run] = []
    monkeypatch.setattr(module, "run_notebook", lambda *_: runs.pop(0))
    made = module.Engine(Course("x"), (), None, 7)  # type: ignore[arg-type]
    runs[:] = [result(2), result(5)]
    run = made._run(Notebook((), {}))
    assert run.questions[0].score == 2, "nobody was beside it: it would end the same way"
    with made.gate.beside():
        pass
    inside, leave = threading.Event(), threading.Event()

    def neighbour() -> None:
        with made.gate.beside():
            inside.set()
            leave.wait(30)

    other = threading.Thread(target=neighbour)
    other.start()
    inside.wait(30)
    runs[:] = [result(2), result(5)]

    def first(*_: object) -> Run:
        leave.set()
        return runs.pop(0)

    monkeypatch.setattr(module, "run_notebook", first)
    run = made._run(Notebook((), {}))
    other.join()
    assert run.questions[0].score == 5
    assert module.AGAIN in run.notes
    assert replace(run, notes=()) == replace(result(5))

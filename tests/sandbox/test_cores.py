"""Without a control group each sandbox has a core, and engines of one machine respect that."""

import os
from pathlib import Path

import pytest

from autograder.sandbox.cores import Cores

pytestmark = pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="needs Linux")
HERE = {2, 3, 5, 7}


@pytest.fixture(autouse=True)
def four_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(HERE))


@pytest.fixture
def locks(tmp_path: Path) -> Path:
    return tmp_path / "locks"


def test_all_engines_together_take_each_core_before_any_has_two_sandboxes(locks: Path) -> None:
    engines = [Cores(locks) for _ in range(4)]
    assert {engine.take().core for engine in engines} == HERE
    assert {engine.take().core for engine in engines} == HERE


def test_a_core_is_free_again_once_its_sandbox_has_ended(locks: Path) -> None:
    one, other = Cores(locks), Cores(locks)
    seats = [one.take() for _ in HERE]
    one.leave(seats[2])
    one.leave(seats[2])
    assert other.take().core == seats[2].core


def test_a_sandbox_that_waits_for_its_turn_has_the_core_of_the_one_before_it(locks: Path) -> None:
    """One slot of each engine: however often they take turns, none gets onto another's core."""
    engines = [Cores(locks) for _ in HERE]
    pairs = [(engine.take(), engine.take(ahead=True)) for engine in engines]
    running, waiting = map(list, zip(*pairs, strict=True))
    for _ in range(5):
        assert {seat.core for seat in running} == HERE
        for number, engine in enumerate(engines):
            engine.leave(running[number])
            running[number], waiting[number] = waiting[number], engine.take(ahead=True)


def test_slots_of_one_engine_that_began_on_one_core_part(locks: Path) -> None:
    engine = Cores(locks)
    first, second = engine.take(), engine.take(ahead=True)
    assert first.core == second.core
    third = engine.take(ahead=True)
    assert third.core != first.core
    engine.leave(first)
    assert engine.take(ahead=True).core == second.core, "it has run longer than the third"


def test_a_folder_of_somebody_else_is_not_trusted(locks: Path) -> None:
    locks.mkdir(mode=0o777)
    locks.chmod(0o777)
    engine = Cores(locks)
    assert {engine.take().core for _ in HERE} == HERE
    assert not list(locks.iterdir())

"""Break one guard after the other, and say of each who noticed."""

from collections.abc import Generator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from queue import SimpleQueue

from autograder.paths import PROJECT
from proofs.guards.copies import Copy, copy_of
from proofs.guards.recipes import Guard
from proofs.harness import counted, tell

BY_FILE = 12
"""Tests that one process runs while nothing is broken: of few files, so that fixtures serve."""


@dataclass(frozen=True)
class Trial:
    """What happened while one guard was broken."""

    guard: Guard
    noticed: tuple[str, ...]
    """Tests that failed, and attacks that were not held."""
    unnoticed: tuple[str, ...] = ()
    """A sentence for each that should have."""

    @property
    def holds(self) -> bool:
        """True when everything that the guard names has noticed."""
        return bool(self.noticed) and not self.unnoticed


@dataclass(frozen=True)
class Sound:
    """How all that guards name ends while nothing is broken: only what is green can notice."""

    outcomes: Mapping[str, str]
    """By pytest's id."""
    held: Mapping[str, frozenset[str]]
    """Names of the attacks that were held, by tier."""

    def problem(self, guard: Guard) -> str:
        """Return why nothing can be said about `guard` here; '' where it can be tried."""
        for test in guard.tests:
            ended = set(cases(test, self.outcomes).values())
            if "failed" in ended or "error" in ended:
                return f"{test} fails although nothing is broken"
            if "passed" not in ended:
                return f"{test} is {'skipped' if ended else 'not found'} on this machine"
        for name in guard.attacks:
            if name not in self.held.get(guard.tier, ()):
                return f"the attack '{name}' is not held although nothing is broken"
        return ""


def cases(test: str, outcomes: Mapping[str, str]) -> dict[str, str]:
    """Return the outcomes of `test`, or of its cases where it names none."""
    return {
        name: outcome
        for name, outcome in outcomes.items()
        if name == test or name.startswith(f"{test}[")
    }


def try_all(
    guards: Sequence[Guard], jobs: int, sound_first: bool, project: Path = PROJECT
) -> list[Trial]:
    """Try all `guards`, `jobs` at once; those that look at the clock one by one, at the end.

    With `sound_first` all that they name is run before with nothing broken.
    """
    with ExitStack() as stack:
        copies = SimpleQueue[Copy]()
        for _ in range(jobs):
            copies.put(stack.enter_context(copy_of(project)))
        sound = _try_sound(guards, copies, jobs) if sound_first else None

        def one(guard: Guard) -> Trial:
            if problem := sound.problem(guard) if sound else "":
                return Trial(guard, (), (problem,))
            with _lent(copies) as copy:
                trial = try_one(copy, guard)
            if not trial.holds:
                tell(f"{guard.id}: NOT NOTICED")
            return trial

        pool = stack.enter_context(ThreadPoolExecutor(jobs))
        beside = pool.map(one, [guard for guard in guards if not guard.alone])
        tried = chain(beside, map(one, [guard for guard in guards if guard.alone]))
        return list(counted(tried, len(guards), "guards"))


def try_one(copy: Copy, guard: Guard) -> Trial:
    """Break `guard` in `copy` and run all that it names."""
    with copy.without(guard):
        outcomes = copy.test(guard.tests, len(guard.tests) == 1) if guard.tests else {}
        held = copy.fight(guard.tier, guard.attacks) if guard.attacks else set[str]()
    noticed = [test for test in guard.tests if "failed" in cases(test, outcomes).values()]
    noticed += [name for name in guard.attacks if name not in held]
    unnoticed = [_still(test, outcomes) for test in guard.tests if test not in noticed]
    unnoticed += [f"the attack '{name}' is still held" for name in guard.attacks if name in held]
    return Trial(guard, tuple(noticed), tuple(unnoticed))


def _still(test: str, outcomes: Mapping[str, str]) -> str:
    ended = sorted(set(cases(test, outcomes).values()))
    if ended == ["passed"]:
        return f"{test} passes all the same"
    found = f"ended as {', '.join(ended)}" if ended else "was not run at all: is `by` sound code?"
    return f"{test} {found}"


@contextmanager
def _lent(copies: SimpleQueue[Copy]) -> Generator[Copy]:
    """Lend a copy that nobody else uses meanwhile."""
    copy = copies.get()
    try:
        yield copy
    finally:
        copies.put(copy)


def _try_sound(guards: Sequence[Guard], copies: SimpleQueue[Copy], jobs: int) -> Sound:
    tests = sorted({test for guard in guards for test in guard.tests})
    alone = {test for guard in guards if guard.alone for test in guard.tests}
    batches = list(_batches([test for test in tests if test not in alone]))

    def run(listed: Sequence[str]) -> dict[str, str]:
        with _lent(copies) as copy:
            return copy.test(listed)

    with ThreadPoolExecutor(jobs) as pool:
        what = f"parts of {len(tests)} tests with nothing broken"
        found = list(counted(pool.map(run, batches), len(batches), what))
    found += [run(sorted(alone))] if alone else []
    outcomes = dict(chain.from_iterable(each.items() for each in found))
    attacks = dict[str, set[str]]()
    for guard in guards:
        attacks.setdefault(guard.tier, set()).update(guard.attacks)
    with _lent(copies) as copy:
        held = {
            tier: frozenset(copy.fight(tier, sorted(names)))
            for tier, names in attacks.items()
            if names
        }
    return Sound(outcomes, held)


def _batches(tests: Sequence[str]) -> Iterator[list[str]]:
    """Tests of one file stay together."""
    batch: list[str] = []
    for test in tests:
        if len(batch) >= BY_FILE and test.split("::")[0] != batch[-1].split("::")[0]:
            yield batch
            batch = []
        batch.append(test)
    if batch:
        yield batch

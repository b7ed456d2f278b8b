"""The command `fuzz`: many broken inputs for whatever reads what students control."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograder.course.assignment import default_assignment
from autograder.course.build.master import read_master
from autograder.course.build.products import ensure_built
from autograder.course.plant import solutions
from autograder.judge.score import load_questions
from proofs.attacks import changing, observations, targets
from proofs.attacks import inputs as inputs_of
from proofs.harness import Result, tell
from proofs.usage import resident_megabytes

SLOW_SECONDS = 2.0
"""Of computing; what other processes do to the clock does not count."""
GROWTH_MEGABYTES = 100
TAGS = ["tensor", "array", "scalar", "shape", "dict", "tuple", "float", "int", "object", "ellipsis"]
NAMES = [*TAGS, "type", "callable", "value", "float32", "bool", "nan", "inf"]
NUMBERS = st.integers() | st.sampled_from([0, 1, -1, 1 << 31, 1 << 40, 10**18])


@dataclass
class Findings:
    """What a run of the fuzzer has seen."""

    inputs: int = 0
    slowest: float = 0.0
    problems: list[str] = field(default_factory=list[str])

    def try_one(self, name: str, target: targets.Target, data: bytes) -> None:
        """Feed one input; whatever the target does not declare is a problem."""
        started = time.process_time()
        try:
            target(data)
        except Exception as error:
            self.problems.append(f"{name}: {type(error).__name__}: {error} for {data[:300]!r}")
        taken = time.process_time() - started
        if taken > SLOW_SECONDS:
            self.problems.append(f"{name}: took {taken:.1f} s for {data[:300]!r}")
        self.slowest = max(self.slowest, taken)
        self.inputs += 1


def fuzz(inputs: int) -> Result:
    """Feed at least `inputs` inputs; nothing may give way, and memory may not grow."""
    findings, checks = Findings(), lesson_checks()
    search(max(1, inputs // 10), findings, 0, checks)  # fills caches, which are no leak
    before = resident_megabytes()
    for seed in count(1):
        if findings.inputs >= inputs:
            break
        search(min(inputs - findings.inputs, 20_000), findings, seed, checks)
        tell(f"{findings.inputs} inputs, problems {len(findings.problems)}")
    growth = resident_megabytes() - before
    if growth > GROWTH_MEGABYTES:
        findings.problems.append(f"memory grew by {growth:.0f} MB")
    last_line = (
        f"inputs {findings.inputs}, problems {len(findings.problems)},"
        f" slowest {findings.slowest:.2f} s, memory {growth:+.0f} MB"
    )
    return Result(last_line, not findings.problems, findings.problems[:50])


def lesson_checks() -> Sequence[observations.Recorded]:
    """Return the checks of the lesson that use probes. Raises `BuildError`."""
    built = ensure_built(default_assignment())
    answers = solutions(read_master(default_assignment().master))
    return observations.recorded(load_questions(built.hidden_tests), answers)


def search(
    inputs: int, findings: Findings, seed: int, checks: Sequence[observations.Recorded] = ()
) -> None:
    """Feed about `inputs` inputs to all targets: sound ones changed, and trees made anew.

    `checks`, if there are some, get forged observations besides.
    """
    plans: list[tuple[targets.Target, Callable[[int, int], Iterator[bytes]], int]] = [
        (targets.value, inputs_of.answers, 30),
        (targets.observation, inputs_of.answers, 10),
        (targets.cell, inputs_of.shown, 10),
        (targets.archive, inputs_of.archives, 20),
        (targets.notebook, inputs_of.notebooks, 20),
        (changing.class_folder, observations.seeds, 1),  # each is a whole class
    ]
    if checks:
        plans.append((observations.target(checks), observations.seeds, 20))
    for target, make, percent in plans:
        for data in make(-(-inputs * percent // 100), seed):
            findings.try_one(target.__name__, target, data)
    _trees(-(-inputs // 10), partial(findings.try_one, "value", targets.value))


def _trees(examples: int, feed: Callable[[bytes], None]) -> None:
    """Feed answers whose value is a tree of the wire's own words in any order."""

    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large),
    )
    @given(_tree(), st.binary(max_size=64))
    def run(tree: Any, body: bytes) -> None:
        feed(inputs_of.frame({"id": 1, "ok": True, "value": tree}, body))

    run()


def _tree() -> st.SearchStrategy[Any]:
    words = st.sampled_from(NAMES) | st.text(max_size=4)
    leaves = st.none() | st.booleans() | NUMBERS | st.floats(allow_nan=False) | words
    shape = st.lists(NUMBERS, max_size=4)
    numbers = st.fixed_dictionaries(
        {"tensor": st.sampled_from(["float32", "bool", "int64", "x"]), "shape": shape}
    )
    return st.recursive(
        leaves | numbers,
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(words, inner, max_size=3)
            | st.dictionaries(st.sampled_from(TAGS), inner, min_size=1, max_size=1)
            | st.fixed_dictionaries({"dict": st.lists(st.tuples(inner, inner))})
        ),
        max_leaves=12,
    )

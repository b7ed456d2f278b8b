"""Grades every attack with the real engine, and honest notebooks beside it or right after it."""

import importlib
import json
import os
import time
from collections.abc import Generator, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

from autograder import interrupt
from autograder.course.assignment import default_assignment
from autograder.course.build.products import Built
from autograder.course.settings import Course, Limits, Totals
from autograder.interrupt import temporary_folder
from autograder.judge.engine import Engine
from autograder.judge.score import load_questions
from autograder.judge.start import extend, hide, policy_for
from autograder.paths import PROJECT
from autograder.records import Grade, Layer, Notebook, Submission
from autograder.sandbox.launch import Zygote
from autograder.sandbox.policy import Tier as SandboxTier
from proofs.attacks import traces
from proofs.attacks.field import Lesson, Secrets, attacked, hidden_tests, honest, read_lesson
from proofs.attacks.listeners import Listeners, listeners
from proofs.attacks.recipes import NUMBERS, Attack, TierName
from proofs.attacks.verdict import Verdict, honest_problems, judge
from proofs.harness import counted

LIMITS = Limits(
    cell_seconds=3,
    call_seconds=2,
    submission_seconds=60,
    memory_megabytes=512,
    output_kilobytes=200,
    reply_megabytes=8,
    processes=32,
    disk_megabytes=32,
)
"""Small, so that attacks which run into them take little time."""
PATIENT = replace(LIMITS, cell_seconds=30, call_seconds=30, submission_seconds=120)
"""For honest notebooks, which must not fail because attackers keep the machine busy."""
BESIDE = ("resources",)
"""Groups of attacks that an honest notebook must endure while they run."""
POLICY_TIERS: dict[TierName, SandboxTier] = {
    "namespaces": "namespaces",
    "plain_user": "namespaces",
    "container": "container",
}


@dataclass(frozen=True)
class Arena:
    """One tier, ready for attacks."""

    tier: TierName
    engine: Engine
    lesson: Lesson
    words: Secrets
    ears: Listeners
    layers: tuple[Layer, ...]
    before: traces.Traces
    facts: dict[str, Any]

    def grade(self, document: dict[str, Any], limits: Limits) -> tuple[Grade, Notebook | None]:
        """Grade one notebook."""
        engine = replace(self.engine, course=replace(self.engine.course, limits=limits))
        with temporary_folder("cnn-attack-") as folder:
            file = folder / "submission.ipynb"
            file.write_text(json.dumps(document), "utf-8")
            return engine.grade(Submission("student_001", file))

    def left(self) -> list[str]:
        """Return what is still there although all sandboxes have ended."""
        return traces.settled(lambda: traces.look().since(self.before))


@contextmanager
def arena(tier: TierName) -> Generator[Arena]:
    """Start a zygote of `tier` over the small assignment. Raises `SandboxUnavailable`.

    For tier `plain_user` this process must be a plain user's.
    """
    extend(default_assignment())
    course = Course("Attacks", Totals(core=10), limits=LIMITS)
    with hidden_tests() as words, listeners() as ears, sandbox_data() as data:
        hide(words.tests)
        policy = replace(
            policy_for(course, Built(default_assignment(), data.parent, "", ()), "cpu"),
            tier=POLICY_TIERS[tier],
        )
        with Zygote(policy) as zygote:
            engine = Engine(course, load_questions(words.tests), zygote, seed=7)
            layers = zygote.layers(canary=words.tests / "q1.py")
            facts = known_facts(words.canary, words.tests) | ears.facts
            lesson, before = read_lesson(), traces.look()
            with interrupt.told(engine.running.stop):
                yield Arena(tier, engine, lesson, words, ears, layers, before, facts)


@contextmanager
def sandbox_data() -> Generator[Path]:
    """Lend the folder of data that submissions see, as the build makes it."""
    with temporary_folder("cnn-attacks-") as folder:
        folder.chmod(0o755)
        data = folder / "sandbox_data"
        importlib.import_module("cnnlab.data").write_sandbox_data(data)
        yield data


def attack_all(place: Arena, attacks: Iterable[Attack], jobs: int) -> list[Verdict]:
    """Run all attacks that are meant for the arena's tier, `jobs` at once; known limits last."""
    meant = [each for each in attacks if place.tier in each.tiers]
    parts = [[each for each in meant if bool(each.known_limit) is last] for last in (False, True)]
    with ThreadPoolExecutor(jobs) as pool:
        found = chain.from_iterable(pool.map(partial(run_attack, place), part) for part in parts)
        return list(counted(found, len(meant), f"tier {NUMBERS[place.tier]}: attacks"))


def run_attack(place: Arena, attack: Attack) -> Verdict:
    """Grade the attacked notebook and an honest one after it, and say what does not hold.

    Beside an attack on what the machine has, honest ones are graded under the same limits.
    """
    started = time.monotonic()
    hostile = attacked(place.lesson, attack, place.facts)
    problems: list[str] = []
    with ThreadPoolExecutor(1) as attacker:
        running = attacker.submit(place.grade, hostile, LIMITS)
        while attack.group in BESIDE and not running.done():
            neighbour = place.grade(honest(place.lesson, place.facts), LIMITS)[0]
            problems = problems or honest_problems(neighbour, "beside it")
        grade, notebook = running.result()
    seconds = time.monotonic() - started
    problems += judge(attack, grade, notebook, place.words) + place.ears.heard()
    problems += honest_problems(place.grade(honest(place.lesson, place.facts), PATIENT)[0])
    return Verdict(attack, place.tier, tuple(problems), grade.ending.value, seconds)


def known_facts(canary: str, tests: Path) -> dict[str, Any]:
    """Return what an attacker may know: where everything is."""
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    return {
        "HIDDEN_TESTS": str(tests),
        "PROJECT": str(PROJECT),
        "TRUSTED_PID": os.getpid(),
        "ZYGOTE_PID": int(children[-1]),
        "CANARY_START": canary[:6],
    }

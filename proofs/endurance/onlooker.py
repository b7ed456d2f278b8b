"""Look on while a class is graded: is each grade as expected, does the process grow?"""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from autograder.records import Grade, Submission
from proofs.endurance.mix import Planned
from proofs.harness import tell
from proofs.usage import resident_megabytes

SAMPLES = 10
"""How often memory is looked at. The first time counts as the beginning: caches are full then."""


@dataclass(frozen=True)
class Sample:
    """The trusted process at one moment."""

    submissions: int
    seconds: float
    megabytes: float


@dataclass
class Onlooker:
    """Is told of every grade as it ends, by many threads."""

    planned: Mapping[str, Planned]
    submissions: Mapping[str, Submission]
    samples: list[Sample] = field(default_factory=list[Sample])
    problems: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    """By student; an empty list for a grade that is as expected."""
    endings: dict[str, str] = field(default_factory=dict[str, str])
    _begun: float = field(default_factory=time.monotonic)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def started(self, student: str) -> None:
        """Nothing is noted: what counts is the end."""

    def described(self, where: str) -> None:
        """It is the same place all the time."""

    def finished(self, grade: Grade) -> None:
        """Note what `grade` shows, and now and then the memory."""
        problems = self.planned[grade.student].judge(self.submissions[grade.student], grade)
        with self._lock:
            self.problems[grade.student] = list(problems)
            self.endings[grade.student] = grade.ending.value
            for problem in problems:
                tell(f"{grade.student}: {problem}")
            done, every = len(self.endings), max(1, len(self.planned) // SAMPLES)
            if done % every == 0:
                sample = Sample(done, time.monotonic() - self._begun, resident_megabytes())
                self.samples.append(sample)
                tell(f"{done} of {len(self.planned)} graded, {sample.megabytes:.1f} MB")

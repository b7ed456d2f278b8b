"""Measures what student code takes: processor time, which counts, and time by the clock besides.

Processor time is that of the sandbox's own processes, so a busy machine costs nobody marks. The
clock ends what waits for ever.
"""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass

LEAST_SECONDS = 0.02
"""Between two looks at the processor time."""
FAR_LESS = 0.5
"""Who has used up the clock's time with less than this share of the processor time was starved."""


@dataclass(frozen=True)
class Times:
    """What something may take, in seconds."""

    processor: float
    wall: float

    def plus(self, grace: float) -> "Times":
        """The same with `grace` more of both."""
        return Times(self.processor + grace, self.wall + grace)


class Stopwatch:
    """Runs from when it is made."""

    def __init__(self, read: Callable[[], float | None], allowed: Times) -> None:
        """`read` gives the processor seconds so far, or None where nobody counts them."""
        self.allowed = allowed
        self._read = read
        self._begun = read()
        self._deadline = time.monotonic() + allowed.wall

    @property
    def used(self) -> float | None:
        """Processor seconds since it was made."""
        now = self._read()
        return None if now is None or self._begun is None else now - self._begun

    @property
    def starved(self) -> bool:
        """True when the clock's time is over with far less processor time than allowed."""
        used = self.used
        over = time.monotonic() >= self._deadline
        return over and used is not None and used < FAR_LESS * self.allowed.processor

    def until_look(self) -> float:
        """Seconds until it must be asked again; 0 when the time is over."""
        left = self._deadline - time.monotonic()
        used = self.used
        if left <= 0 or used is None:
            return max(0.0, left)
        processor_left = self.allowed.processor - used
        if processor_left <= 0:
            return 0.0
        # On several cores it goes by faster than the clock.
        return min(left, max(LEAST_SECONDS, processor_left / (os.cpu_count() or 1)))

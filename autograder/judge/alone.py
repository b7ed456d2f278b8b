"""Many submissions are graded side by side; one that was starved is graded again alone."""

import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(eq=False)
class Visit:
    """One grading, and whether another ran beside it at any time."""

    had_company: bool = False


class Gate:
    """Lets in any number of gradings side by side, or one alone. Safe for threads."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._inside: set[Visit] = set()
        self._waiting_alone = 0

    @contextmanager
    def beside(self) -> Generator[Visit]:
        """A grading beside others. Who wants to be alone goes first."""
        visit = Visit()
        with self._changed:
            self._changed.wait_for(lambda: not self._waiting_alone)
            self._inside.add(visit)
            if len(self._inside) > 1:
                for each in self._inside:
                    each.had_company = True
        try:
            yield visit
        finally:
            with self._changed:
                self._inside.remove(visit)
                self._changed.notify_all()

    @contextmanager
    def alone(self) -> Generator[None]:
        """A grading with no other beside it: waits for those that run, and keeps new ones out."""
        visit = Visit()
        with self._changed:
            self._waiting_alone += 1
            self._changed.wait_for(lambda: not self._inside)
            self._inside.add(visit)
        try:
            yield
        finally:
            with self._changed:
                self._inside.remove(visit)
                self._waiting_alone -= 1
                self._changed.notify_all()

"""On which core each sandbox is kept where no control group shares the processor out.

Stops: that one sandbox takes the processor from another: while there are cores that no sandbox is
on, none gets a core that another has. That holds for all engines of a user on a machine, such as
the workers of a cluster, because each core in use is a file that is locked.
Does not stop: two sandboxes on one core, where more run at once than there are cores, or where
engines do not see each other's files, as in containers of their own.
"""

import fcntl
import os
import random
import tempfile
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

LEVELS = 8
"""So many sandboxes on one core are told apart."""


@dataclass(eq=False)
class _Place:
    """A core that is taken for the sandboxes of one slot, one after the other."""

    core: int
    lock: int | None
    sandboxes: int = 0


@dataclass(eq=False)
class Seat:
    """What one sandbox has of a core until it leaves."""

    place: _Place
    left: bool = False

    @property
    def core(self) -> int:
        """The core's number."""
        return self.place.core


class Cores:
    """Chooses a core for each sandbox, of those that this process may use. Safe for threads."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or Path(tempfile.gettempdir()) / f"cnn-cores-{os.getuid()}"
        self._mutex = threading.Lock()
        self._places: list[_Place] = []
        """Whose last sandbox is the oldest comes first."""

    def take(self, ahead: bool = False) -> Seat:
        """Return a seat on a core that nobody is on, or on one with few sandboxes.

        A sandbox that is started `ahead` follows another of this engine, so it gets that one's
        core: the one that has run longest.
        """
        with self._mutex:
            place = (self._next() if ahead else None) or self._new()
            place.sandboxes += 1
            self._places.append(place)
            return Seat(place)

    def leave(self, seat: Seat) -> None:
        """Give the core free for others; more than one call does no harm."""
        with self._mutex:
            if seat.left:
                return
            seat.left, place = True, seat.place
            place.sandboxes -= 1
            if not place.sandboxes:
                self._places.remove(place)
                if place.lock is not None:
                    os.close(place.lock)

    def _next(self) -> _Place | None:
        """Return the place whose sandbox is the first to end; None where two run in one already."""
        if not self._places or any(place.sandboxes > 1 for place in self._places):
            return None
        return self._places.pop(0)

    def _new(self) -> _Place:
        """Return a place on a core with the fewest sandboxes."""
        cores = list(os.sched_getaffinity(0))
        random.SystemRandom().shuffle(cores)  # who sees no locks of ours shall choose another
        if self._is_ours():
            for level in range(LEVELS):
                for core in cores:
                    if (lock := self._locked(f"{core}.{level}")) is not None:
                        return _Place(core, lock)
        taken = [place.core for place in self._places]
        return _Place(min(cores, key=taken.count), None)

    def _is_ours(self) -> bool:
        """Whether the folder of the locks is there, and nobody else may write in it."""
        with suppress(OSError):
            with suppress(FileExistsError):
                self._folder.mkdir(0o700)
            found = self._folder.lstat()
            return found.st_uid == os.getuid() and found.st_mode & 0o170077 == 0o040000
        return False

    def _locked(self, name: str) -> int | None:
        """Return the descriptor that holds the lock `name`; None where somebody has it."""
        held = -1
        try:
            held = os.open(self._folder / name, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            if held >= 0:
                os.close(held)
            return None
        return held

"""Workers that return a recorded grade instead of grading: what is left is Dask, and the way."""

import shutil
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from autograder.classroom.slots import Graded
from autograder.cluster.connection import addressed
from autograder.cluster.message import pack_grade, unpack_grade, unpack_submission
from autograder.cluster.place import read_place
from autograder.cluster.worker import Grading, Order
from autograder.store.kept import plain
from proofs.harness import CORRECT, answer_of, tell

WORKERS = 2
SLEEP = 0.01
"""Seconds that each of thousands of tasks takes."""


class Recorded(Grading):
    """Takes a submission in, waits, and gives the same grade to everybody."""

    def __init__(self, order: Order, message: bytes, seconds: float) -> None:
        super().__init__(order)
        self.message, self.seconds = message, seconds

    def _open(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="cnn-cluster-"))
        self._stack.callback(shutil.rmtree, self._folder, ignore_errors=True)
        self._known = unpack_grade(self.message)
        if isolation := self._known.grade.isolation:
            self.isolation = plain(isolation)

    def grade(self, message: bytes) -> bytes:
        """Return the recorded grade, as that of the student in `message`."""
        with tempfile.TemporaryDirectory(prefix="cnn-submission-", dir=self._folder) as place:
            submission = unpack_submission(message, Path(place))
            time.sleep(self.seconds)
            grade = replace(self._known.grade, student=submission.student)
            return pack_grade(replace(self._known, grade=grade))


@dataclass(frozen=True)
class Sample:
    """The client at one moment."""

    submissions: int
    megabytes: float


@dataclass(frozen=True)
class Flow:
    """Thousands of submissions through one client."""

    submissions: int
    seconds: float
    samples: tuple[Sample, ...]
    client: float
    """Seconds of the client's processor for each: read, pack, unpack, keep."""
    pages: float
    """Seconds that the client then takes for the pages of one student."""
    scheduler: float
    """Seconds of the scheduler's processor for each."""

    @property
    def growth(self) -> float:
        """Return the megabytes that the client has grown by since the first sample."""
        return self.samples[-1].megabytes - self.samples[0].megabytes


@dataclass(frozen=True)
class Overhead:
    """Submissions there and back one after another, no time spent on grading."""

    seconds: tuple[float, ...]
    sent: int
    """Bytes of what is sent for a submission."""
    returned: int


def overhead(recorded: Graded, count: int, folder: Path) -> Overhead:
    """Send a notebook to a worker so often, one after another."""
    message = pack_grade(recorded)
    told, _ = _child("overhead", 1, message, count, folder)
    return Overhead(tuple(told["seconds"]), told["sent"], len(message))


def flow(recorded: Graded, count: int, folder: Path) -> Flow:
    """Send a notebook to two workers so often, as that of ever another student."""
    told, scheduler = _child("flow", WORKERS, pack_grade(recorded), count, folder)
    samples = tuple(Sample(*each) for each in told["samples"])
    tell(f"{count} submissions in {told['seconds']:.0f} s")
    seconds, pages = told["seconds"], told["pages"]
    return Flow(count, seconds, samples, told["client"] / count, pages, scheduler / count)


def _child(
    what: str, workers: int, message: bytes, count: int, folder: Path
) -> tuple[dict[str, Any], float]:
    """Run the client; return what it tells, and the seconds of this process's scheduler."""
    recorded = folder / "recorded.json"
    recorded.write_bytes(message)
    with addressed(read_place(f"local:{workers}")) as address:
        begun = time.process_time()
        places = (address, str(CORRECT), str(recorded), str(count), str(folder))
        told = answer_of("proofs.bench.cluster.child", what, *places)
        return told, time.process_time() - begun

"""How submissions are given to the slots of a cluster; no cluster is needed for that."""

from collections import Counter
from pathlib import Path
from typing import Any

from autograder.classroom.slots import Graded
from autograder.cluster.grader import Cluster
from autograder.cluster.workers import held_keys
from autograder.records import Submission
from proofs.bench.cluster.speed import Silent
from tests.support.sample_grades import COMPLETED


class Lost:
    """A task whose worker has died."""

    status = "pending"


class OneSlot(Cluster):
    """Its tasks end at once."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self._failed, self._cancelled = Counter[str](), set[Any]()

    def _lost(self, running: Any) -> bool:
        return False

    def _slots(self) -> int:
        return 1

    def _described(self, done: int, seconds: float) -> str:
        return ""

    def _stranded(self, running: Any) -> list[Any]:
        return []

    def _submitted(self, submission: Submission, ended: Any) -> Any:
        self.sent.append(submission.student)
        ended.put(future := object())
        return future

    def _result(self, future: Any, submission: Submission) -> Graded:
        return Graded(COMPLETED, None)


def test_no_slot_waits_until_a_grade_is_kept() -> None:
    cluster = OneSlot()
    submissions = [Submission(name, Path(name)) for name in ("a", "b", "c")]
    each = cluster.each(submissions, Silent())
    assert next(each)[0].student == "a"  # and whoever has it writes it now
    assert cluster.sent == ["a", "b"]
    assert [submission.student for submission, _ in each] == ["b", "c"]


class Dying(OneSlot):
    """Its worker dies once in each class."""

    died = False

    def _submitted(self, submission: Submission, ended: Any) -> Any:
        self.sent.append(submission.student)
        ended.put(future := Lost())
        self._cancelled.add(future)
        return future

    def _result(self, future: Any, submission: Submission) -> Graded:
        if self.died:
            return Graded(COMPLETED, None)
        self.died = True
        return Cluster._result(self, future, submission)  # pyright: ignore[reportReturnType]


def test_workers_that_died_under_another_class_set_nobody_aside() -> None:
    cluster = Dying()
    for _ in range(4):
        cluster.died = False
        submission = Submission("a", Path("a"))
        assert [grade for _, grade in cluster.each([submission], Silent())] == [
            Graded(COMPLETED, None)
        ]
    assert cluster.sent == ["a", "a"] * 4


class Gone:
    """A client whose scheduler has just gone."""

    def processing(self) -> dict[str, tuple[str, ...]]:
        raise OSError("the way to the scheduler is closed")


def test_a_scheduler_that_goes_while_it_is_asked_ends_no_run() -> None:
    assert held_keys(Gone()) is None

"""The gradebook follows every grade; one that takes long to write is written less often."""

from collections.abc import Generator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import autograder.classroom.plan as module
from autograder.classroom.isolation import Requirement
from autograder.classroom.plan import grade_class, plan_class
from autograder.classroom.slots import Graded
from autograder.classroom.views import Views
from autograder.records import Submission
from autograder.store.basis import Basis
from autograder.store.kept import Run
from autograder.store.store import Store
from proofs.bench.cluster.speed import Silent
from tests.support.sample_grades import COMPLETED


class Grader:
    """Gives everybody the same grade, and notes how many rows the gradebook had before."""

    def __init__(self, folder: Path, breaks: bool = False) -> None:
        self.file, self.breaks, self.rows = folder / "gradebook.csv", breaks, list[int]()

    def each(self, submissions: Sequence[Submission], watcher: Any) -> Generator[Any]:
        for submission in submissions:
            yield submission, Graded(replace(COMPLETED, student=submission.student), None)
            self.rows.append(rows(self.file))
        if self.breaks:
            raise RuntimeError


def rows(file: Path) -> int:
    return len(file.read_text().splitlines()) - 1


def graded(folder: Path, grader: Grader) -> None:
    files = [folder / f"student_{number:03d}.ipynb" for number in range(4)]
    for file in files:
        file.write_text("{}")
    submissions = [Submission(file.stem, file) for file in files]
    views = Views(Store(folder / "grades"))
    plan = plan_class(submissions, views.store, Basis(tests="some"), Requirement(3))
    try:
        grade_class(grader, plan, views, Silent(), Run("grade", Basis(tests="some")))
    finally:
        views.store.close()


def test_the_gradebook_has_every_grade_at_once(tmp_path: Path) -> None:
    grader = Grader(tmp_path / "grades")
    graded(tmp_path, grader)
    assert grader.rows == [1, 2, 3, 4]


@pytest.mark.parametrize("breaks", [False, True])
def test_a_gradebook_that_takes_long_waits_and_is_whole_in_the_end(
    breaks: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOMENT", 0.0)
    monkeypatch.setattr(module, "SHARE", 1e9)
    grader = Grader(tmp_path / "grades", breaks)
    if breaks:
        with pytest.raises(RuntimeError):
            graded(tmp_path, grader)
    else:
        graded(tmp_path, grader)
    assert grader.rows == [1, 1, 1, 1]
    assert rows(grader.file) == 4

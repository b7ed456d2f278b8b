"""Tries an adopted assignment on its solution: what it gets, and what can be judged outside."""

import tempfile
from dataclasses import replace
from pathlib import Path

from autograder.adopt.adopt import SOLUTION, Adopted, Where, write_settings
from autograder.course.assignment import read_assignment
from autograder.course.build.products import ensure_built
from autograder.errors import KitError
from autograder.judge.start import open_engine, seed_for
from autograder.records import QuestionResult, Submission


def tried(adopted: Adopted) -> tuple[Adopted, tuple[QuestionResult, ...]]:
    """Return where each question is judged rightly, and the solution's results.

    A question that the solution doesn't pass outside is judged beside student code.
    """
    results = _results(adopted)
    lost = {one.question for one in results if one.score < one.max_score}
    moved = {name for name in lost if adopted.where.get(name) == "outside"}
    if not moved:
        return adopted, results
    where: dict[str, Where] = {
        name: "beside" if name in moved else where for name, where in adopted.where.items()
    }
    settled = replace(adopted, where=where)
    write_settings(settled)
    return settled, _results(settled)


def _results(adopted: Adopted) -> tuple[QuestionResult, ...]:
    assignment = read_assignment(adopted.folder)
    with tempfile.TemporaryDirectory(prefix="adopt-") as aside:
        built = ensure_built(assignment, Path(aside))
        with open_engine(assignment.course, built, "cpu", seed_for(built)) as engine:
            grade, _ = engine.grade(Submission("solution", adopted.folder / SOLUTION))
    if not grade.questions:
        raise KitError(
            f"{adopted.folder} is written, but its solution could not be run: {grade.message}"
        )
    return grade.questions

"""A class as large as one likes, made without grading: for measuring what only shows it."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from autograder.classroom.showing import Showing, showing_of
from autograder.classroom.views import Views
from autograder.course.build.otter_assign import read_json
from autograder.course.build.products import Built
from autograder.course.rubric import Rubric
from autograder.course.settings import Course
from autograder.intake.question_cells import code_cells
from autograder.judge.score import Question, load_questions
from autograder.records import (
    ByHand,
    CaseResult,
    CellRun,
    Ending,
    Grade,
    Outcome,
    Person,
    QuestionResult,
)
from autograder.store.basis import Basis
from autograder.store.kept import Attempt, Run
from autograder.store.store import Store

_WAYS, _CAUSES = 60, 12
"""Different answers to a question, and different causes of lost points."""
_CURVE: Mapping[str, Any] = {
    "kind": "curve",
    "title": "learning curve",
    "words": "The loss over 235 batches.",
    "values": [0.2 + 2.1 * 0.98**batch for batch in range(235)],
    "x": "batch",
    "y": "loss",
    "span": [1, 235],
    "noisy": True,
}


def made_class(folder: Path, students: int, course: Course, built: Built) -> Views:
    """Keep a class of so many in `folder`, with the lesson's questions and its notebook."""
    rng = random.Random(students)
    questions = load_questions(built.hidden_tests)
    release = read_json(built.released)
    release["cells"] = [{**cell, "source": "".join(cell["source"])} for cell in release["cells"]]
    answers = {cell.index: cell.answers for cell in code_cells(release) if cell.answers}
    showing = showing_of(course, built)
    views = Views(Store(folder), showing)
    names = [f"student_{number:04d}" for number in range(1, students + 1)]
    views.store.reserve(names)
    views.store.begin(Run("made for measuring", Basis(tests="made")))
    for name in names:
        ways = {index: rng.randrange(_WAYS) for index in answers}
        cells = [
            {**cell, "source": _answer(rng, answers[index], ways[index])} if index in ways else cell
            for index, cell in enumerate(release["cells"])
        ]
        grade = _grade(rng, name, questions, showing)
        attempt = Attempt(grade.source, "made", (Person("canvas", name, name),))
        views.store.save(grade, attempt, {**release, "cells": cells})
    return views


def _answer(rng: random.Random, question: str, way: int) -> str:
    """Return one of the `_WAYS` to answer, with a remark of one's own."""
    lines = [
        f"    step_{line} = {'torch.relu' if line & way else 'torch.tanh'}(image * {line} + step)"
        for line in range(1, 8 + way % 7)
    ]
    remark = f"    # attempt {rng.random()}"
    return "\n".join([f"def {question}(image, step):", remark, *lines, "    return image"])


def _grade(
    rng: random.Random, student: str, questions: tuple[Question, ...], showing: Showing
) -> Grade:
    skill = rng.betavariate(4, 1.5)
    results = tuple(_result(rng, each, skill, showing.rubrics.get(each.id)) for each in questions)
    ending = rng.choices((*Ending,), (90, 2, 1, 1, 1, 1, 1, 1))[0]
    cells = tuple(CellRun(index, Outcome.PASSED, rng.random()) for index in range(80))
    return Grade(
        student,
        f"{student}.ipynb",
        ending,
        "" if ending is Ending.COMPLETED else "cell 9: it ran longer than 40 s",
        round(sum(each.score for each in results), 6),
        showing.full,
        results,
        cells,
        ("The notebook was written with an older version of Jupyter; it was converted.",),
        rng.uniform(3, 30),
        ending is Ending.GRADER_ERROR,
    )


def _result(
    rng: random.Random, question: Question, skill: float, rubric: Rubric | None
) -> QuestionResult:
    cases = tuple(_cases(rng, question, skill))
    outcome = max((case.outcome for case in cases), key=[*Outcome].index)
    notes = f"A filter of {rng.random():.3f} finds edges, as one that blurs doesn't. " * 3
    return QuestionResult(
        question.id,
        round(sum(case.points for case in cases), 6),
        question.max_score,
        outcome,
        cases,
        by_hand=ByHand(rubric.points, notes) if rubric else None,
    )


def _cases(rng: random.Random, question: Question, skill: float) -> Iterator[CaseResult]:
    cause = rng.randrange(_CAUSES)
    for case in question.cases:
        worth, passed = float(case.points or 0), rng.random() < skill
        title = (case.body.test_func.__doc__ or case.name).strip().splitlines()[0]
        made = CaseResult(title, bool(case.hidden), worth, worth, Outcome.PASSED)
        if not passed:
            message = f"{question.id}: the result is that of mistake {cause}: {rng.random():.4f}."
            made = replace(
                made,
                points=0.0,
                outcome=Outcome.FAILED,
                message=message,
                causes=(f"mistake_{cause}",),
                evidence={"learning_curve": _CURVE},
            )
        yield made

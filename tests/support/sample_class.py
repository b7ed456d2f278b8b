"""A graded class made by code: grades, executed notebooks and the record of their run."""

import atexit
import functools
import random
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from autograder.classroom.showing import Showing
from autograder.classroom.views import Views
from autograder.records import Ending, Grade, Isolation, Layer, Outcome
from autograder.store.basis import Basis
from autograder.store.kept import Attempt, Run
from autograder.store.store import Store
from tests.support.evidence import PICTURES, confusions
from tests.support.sample_grades import GRADER_ERROR, UNREADABLE, case, hostile_grade, question

TITLE = "Convolutional neural networks"
QUESTIONS = ("q1", "q3", "q5", "q12")
BASIS = Basis(tests="1", limits="1", seed="1", device="cpu", torch="2", engine="1")
LAYERS = (
    Layer("user namespace", "holds", ""),
    Layer("landlock", "absent", "the kernel is older than 5.13"),
    Layer("seccomp", "failed", "a forbidden call came back"),
)
ISOLATION = Isolation(1, "namespaces, as root", LAYERS)
STARTER = {
    "q3": "def conv2d(image, kernel):\n    ...",
    "q12": "model = ...",
}


def confusion(right: int, rng: random.Random) -> list[list[float]]:
    counts = [[float(rng.choice((0, 0, 1, 3))) for _ in range(10)] for _ in range(10)]
    for digit in range(10):
        counts[digit][digit] = right + rng.randrange(20)
    counts[4][9] = 31
    return counts


def ordinary_grade(student: str, rng: random.Random) -> Grade:
    """A grade as most have: some questions right, the others with a known mistake."""
    right = [rng.random() < share for share in (0.9, 0.6, 0.7, 0.8)]
    messages = (
        "same_size: 7 rows were expected",
        f"conv2d: the stride is ignored: {rng.randrange(5, 9)}×8 came, not 3×4",
        "softmax: the maximum is not subtracted",
        f"q12: your model scores {rng.uniform(90, 96):.2f} %, and 97.0 % are asked for.",
    )
    questions = tuple(
        question(
            name,
            case("Example"),
            case(
                "Other inputs",
                Outcome.PASSED if good else Outcome.FAILED,
                True,
                "" if good else message,
            ),
        )
        for name, good, message in zip(QUESTIONS, right, messages, strict=True)
    )
    model = replace(questions[3].cases[1], evidence=PICTURES | confusions(confusion(940, rng)))
    last = replace(questions[3], cases=(questions[3].cases[0], model))
    questions = (*questions[:3], last)
    score = sum(each.score for each in questions)
    return Grade(
        student,
        f"{student}.ipynb",
        Ending.COMPLETED,
        "",
        score,
        20.0,
        questions,
        seconds=rng.uniform(8, 30),
        peak_megabytes=rng.uniform(70, 140),
        isolation=ISOLATION,
    )


def executed(answers: Mapping[str, str]) -> dict[str, Any]:
    """An executed notebook with an answer cell and a check cell for each of `answers`."""
    sources = [
        (source, tags)
        for question, answer in answers.items()
        for source, tags in (
            (answer, ["otter_answer_cell"]),
            (f'grader.check("{question}")', []),
        )
    ]
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {},
        "cells": [
            {
                "cell_type": "code",
                "id": f"c{place}",
                "metadata": {"tags": tags},
                "source": source,
                "outputs": [],
                "execution_count": None,
            }
            for place, (source, tags) in enumerate(sources)
        ],
    }


def write_class(
    folder: Path,
    grades: Sequence[Grade],
    answers: Mapping[str, Mapping[str, str]] | None = None,
    title: str = TITLE,
    basis: Basis = BASIS,
) -> Views:
    """Keeps `grades` in `folder` as a finished run does; `answers` by student."""
    views = Views(Store(folder), Showing(title, questions=QUESTIONS))
    views.store.reserve(grade.student for grade in grades)
    views.store.begin(Run("grade", basis, "ann"))
    for grade in grades:
        theirs = (answers or {}).get(grade.student)
        attempt = Attempt(grade.source, content="bytes")
        views.store.save(grade, attempt, executed(theirs) if theirs else None)
        views.write_student(grade.student)
    views.write_gradebook()
    return views


COPIED = """\
def conv2d(image, kernel, stride=1):
    rows = (image.shape[0] - kernel.shape[0]) // stride + 1
    columns = (image.shape[1] - kernel.shape[1]) // stride + 1
    out = torch.zeros(rows, columns)
    for i in range(rows):
        for j in range(columns):
            window = image[i * stride : i * stride + kernel.shape[0], j * stride :]
            out[i, j] = (window[:, : kernel.shape[1]] * kernel).sum()
    return out
"""
RENAMED = (
    COPIED.replace("image", "picture")
    .replace("rows", "height")
    .replace("columns", "width")
    .replace("out", "result")
    .replace("    return", "    # done\n    return")
)
OWN = """\
def conv2d(image, kernel, stride=1):
    patches = image.unfold(0, kernel.shape[0], stride).unfold(1, kernel.shape[1], stride)
    return torch.einsum("ijkl,kl->ij", patches, kernel)
"""
OTHER = """\
def conv2d(image, kernel, stride=1):
    answer = []
    while len(answer) * stride + len(kernel) <= len(image):
        strip = image[len(answer) * stride :][: len(kernel)]
        pieces = strip.split(kernel.shape[1], dim=1)
        answer.append([float(torch.tensordot(piece, kernel)) for piece in pieces])
    return torch.tensor(answer)
"""


def sample_class(folder: Path, students: int = 14) -> Views:
    """An ordinary class with one of each kind that is not, and two who wrote the same."""
    shutil.copytree(_made(students), folder, dirs_exist_ok=True)
    views = Views(Store(folder), Showing(TITLE, questions=QUESTIONS))
    assert views.store.students()  # the store is open, as a run leaves it
    return views


@functools.cache
def _made(students: int) -> Path:
    """Write the class of `sample_class` into a folder that tests only copy: once a process."""
    folder = Path(tempfile.mkdtemp(prefix="sample-class-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    rng = random.Random(3)
    grades = [ordinary_grade(f"student_{number:03d}", rng) for number in range(1, students + 1)]
    grades[4] = replace(
        grades[4], ending=Ending.TIME_LIMIT, message="cell 9: it ran longer than 40 s"
    )
    unreadable, fault = (
        replace(grade, student=f"student_{number}")
        for number, grade in ((90, UNREADABLE), (91, GRADER_ERROR))
    )
    names = [grade.student for grade in grades]
    answers = {name: {"q3": OWN if place % 2 else OTHER} for place, name in enumerate(names)}
    answers[names[1]], answers[names[6]] = {"q3": COPIED}, {"q3": RENAMED}
    write_class(folder, [*grades, unreadable, fault, hostile_grade()], answers).store.close()
    return folder

"""Which digits a model takes for which: counted, described and drawn; nonsense is left out."""

import random
import re
from dataclasses import replace

import numpy as np
import pytest

from autograder.reports.confusion import Confusion, accuracy_of, confusion_of, heat_map, total
from autograder.reports.feedback import page
from tests.support.sample_class import confusion, ordinary_grade
from tests.support.sample_grades import COMPLETED, case, question


def test_accuracy_is_the_share_on_the_diagonal() -> None:
    counts = [[8, 2], [1, 9]]
    shown = replace(case("Threshold"), evidence={"confusion": counts})
    grade = replace(COMPLETED, questions=(question("q12", shown),))
    assert accuracy_of(grade) == 85.0
    assert accuracy_of(COMPLETED) is None


@pytest.mark.parametrize(
    "counts",
    [
        *("<script>", None, 7, [], [[]], [[1, 2]], [[1], [2]], [["1<b>"]]),
        *([[-1]], [[0]], [[10**30]], [[float("nan")]], [[float("inf")]]),
    ],
    ids=repr,
)
def test_evidence_that_is_no_confusion_matrix_is_left_out(counts: object) -> None:
    shown = replace(case("Threshold"), evidence={"confusion": counts})
    grade = replace(COMPLETED, questions=(question("q12", shown),))
    assert confusion_of(grade.questions) is None
    assert "<svg" not in page(grade)


def test_the_words_name_the_commonest_mistakes() -> None:
    counts = np.diag([90.0] * 10)
    counts[4, 9], counts[7, 2] = 12, 3
    words = Confusion(counts).words("Your model")
    assert "98.36 % of the changed test digits rightly" in words
    assert "(of 915 digits): 4 read as 9 (12 times), 7 read as 2 (3 times)." in words


def test_the_heat_map_is_described_and_follows_the_page_colours() -> None:
    drawing = heat_map(Confusion(np.array(confusion(900, random.Random(1)))), "Your model")
    assert re.search(r'role="img" aria-labelledby="(\S+)-title \1-text"', drawing)
    assert "Your model read" in drawing
    assert "var(--accent)" in drawing and "#0001" not in drawing
    assert "<style" not in drawing and "<metadata" not in drawing


def test_the_same_counts_give_the_same_drawing() -> None:
    counts = Confusion(np.diag([5] * 10))
    assert heat_map(counts, "Your model") == heat_map(counts, "Your model")


def test_a_class_adds_up_its_confusions() -> None:
    both = total([Confusion(np.eye(10)), Confusion(np.diag([2] * 10))])
    assert both is not None and both.images == 30
    assert total([]) is None


def test_feedback_shows_how_the_students_own_model_mixes_up_digits() -> None:
    grade = ordinary_grade("student_001", random.Random(1))
    found = page(grade)
    assert found.count("<svg") == 4
    assert "<figcaption>Your model read" in found

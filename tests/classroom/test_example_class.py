"""The example class: generated, and graded as example_marks.toml says."""

import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from cnnlab import calibration
from cnnlab.judging import FLOOR

from autograder.course.build.products import Built, ensure_built
from autograder.intake.folder import collect
from autograder.judge.start import open_engine, seed_for
from autograder.records import Grade
from autograder.reports.evidence import evidence_of
from autograder.reports.kinds.told import Measured
from scripts.make_example_class import EXAMPLE, write_class
from scripts.make_example_class import LESSON as LESSONS_CLASS
from tests.support.assignments import LESSON

pytestmark = pytest.mark.slow
EXPECTED: dict[str, dict[str, Any]] = tomllib.loads(
    (Path(__file__).parents[1] / "example_marks.toml").read_text(encoding="utf-8")
)


@pytest.fixture(scope="module")
def built() -> Built:
    return ensure_built(LESSON)


@pytest.fixture(scope="module")
def grades(built: Built) -> dict[str, Grade]:
    """The whole class, graded by the engine under the course's own limits."""
    course = LESSON.course
    with (
        open_engine(course, built, "cpu", seed_for(built)) as engine,
        ThreadPoolExecutor(2) as pool,
    ):
        done = [grade for grade, _ in pool.map(engine.grade, collect(EXAMPLE))]
    return {grade.student: grade for grade in done}


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_the_committed_class_is_the_generated_one(built: Built, tmp_path: Path) -> None:
    write_class(built, LESSONS_CLASS.students(), tmp_path)
    wrong = {name for name, _ in contents(tmp_path).items() ^ contents(EXAMPLE).items()}
    assert not wrong, "run: python -m scripts.make_example_class"


def test_every_student_has_expected_marks() -> None:
    assert list(EXPECTED) == list(LESSONS_CLASS.students())


@pytest.mark.parametrize("student", EXPECTED)
def test_a_student_gets_the_expected_marks(student: str, grades: dict[str, Grade]) -> None:
    grade, expected = grades[student], EXPECTED[student]
    lost = {
        question.question: question.max_score - question.score
        for question in grade.questions
        if question.score < question.max_score
    }
    assert (grade.ending, lost, grade.score, grade.open_points) == (
        expected["ending"],
        expected["lost"],
        expected["score"],
        expected.get("open", 0),
    )
    assert not grade.needs_review


@pytest.mark.parametrize("student", [name for name in EXPECTED if "says" in EXPECTED[name]])
def test_a_mistake_is_answered_with_its_cause(student: str, grades: dict[str, Grade]) -> None:
    messages = [case.message for each in grades[student].questions for case in each.cases]
    assert any(EXPECTED[student]["says"] in message for message in messages)


def test_a_students_own_maps_and_losses_are_there_to_be_drawn(grades: dict[str, Grade]) -> None:
    shown = {
        result.question: {name for case in result.cases for name in case.evidence}
        for result in grades["student_001"].questions
    }
    assert shown["q5"] == {"feature_maps"}
    assert shown["q12"] == {"feature_maps", "learning_curve", "confusion", "accuracy"}
    blank = grades["student_003"].questions
    assert not any(case.evidence for result in blank for case in result.cases)


def test_no_student_stands_where_the_points_depend_on_the_processor(
    grades: dict[str, Grade],
) -> None:
    """A training ends some tenths of a point elsewhere with other vector instructions."""
    shown = [evidence_of(grade.questions, ("number",)) for grade in grades.values()]
    found = [each for student in shown for each in student.values()]
    networks = [each.value for each in found if isinstance(each, Measured)]
    cases = [case for grade in grades.values() for each in grade.questions for case in each.cases]
    ranked = [case.evidence["leaderboard"] for case in cases if "leaderboard" in case.evidence]
    best = [each["entries"][0]["value"] for each in ranked]
    assert len(networks) > 5 and best
    spread = 0.25
    for accuracies, full in (
        (networks, calibration.threshold()),
        (best, calibration.leaderboard_threshold()),
    ):
        assert not [each for each in accuracies if FLOOR - 1 < each < full + spread]


def test_no_picture_shows_a_shape_that_its_message_does_not_say(grades: dict[str, Grade]) -> None:
    cases = [case for grade in grades.values() for each in grade.questions for case in each.cases]
    drawn = [case for case in cases if "shapes" in case.evidence]
    assert drawn
    for case in drawn:
        for side in case.evidence["shapes"]["expected"] + case.evidence["shapes"]["got"]:
            assert str(side) in case.message


def test_the_memory_of_every_notebook_that_ran_is_known(grades: dict[str, Grade]) -> None:
    for grade in grades.values():
        assert (grade.peak_megabytes is None) == (not grade.questions)
        assert grade.peak_megabytes is None or 20 < grade.peak_megabytes < 4000

"""Settings are checked: an error names file, key and what was expected."""

from pathlib import Path

import pytest

from autograder.course.settings import Course, CourseError, Limits, course_of, read_settings
from tests.support.assignments import LESSON


def read(tmp_path: Path, text: str) -> Course:
    file = tmp_path / "course.toml"
    file.write_text(text)
    return course_of(read_settings(file), file)


def test_the_courses_own_settings_are_valid():
    course = LESSON.course
    assert course.totals.core == 100
    assert course.limits.cell_seconds > 0


def test_what_is_left_out_has_a_default(tmp_path: Path):
    assert read(tmp_path, 'title = "A course"').limits == Limits()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[limits]", ["title", "required"]),
        ('title = "x"\n[limits]\ncell_seconds = -1', ["limits.cell_seconds", "greater than 0"]),
        ('title = "x"\n[limits]\ncell_seconds = "40"', ["limits.cell_seconds", "number"]),
        ('title = "x"\n[limits]\nprocesses = true', ["limits.processes", "integer"]),
        ('title = "x"\n[limits]\ncell_secnds = 4', ["limits.cell_secnds", "Unexpected"]),
        ("title = ", ["not valid TOML"]),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, text: str, words: list[str]):
    with pytest.raises(CourseError) as error:
        read(tmp_path, text)
    for word in ["course.toml", *words]:
        assert word in str(error.value)


def test_a_missing_file_is_named(tmp_path: Path):
    with pytest.raises(CourseError, match="cannot be read"):
        read_settings(tmp_path / "nowhere.toml")

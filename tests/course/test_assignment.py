"""Any folder with a master notebook is an assignment; what is none is told in a sentence."""

import json
import tomllib
from pathlib import Path

import pytest

from autograder.course.assignment import read_assignment, settings_for_container
from autograder.course.settings import CourseError
from autograder.paths import PROJECT
from tests.support import small_assignment as small


def written(folder: Path, settings: str = "", *notebooks: str) -> Path:
    """A folder with notebooks, and settings where there are some."""
    folder.mkdir(exist_ok=True)
    for name in notebooks or ("homework.ipynb",):
        (folder / name).write_text(json.dumps(small.notebook(small.cells())), encoding="utf-8")
    if settings:
        (folder / "course.toml").write_text(settings, encoding="utf-8")
    return folder


def test_a_notebook_alone_is_an_assignment(tmp_path: Path) -> None:
    found = read_assignment(written(tmp_path / "second"))
    assert found.notebook == "homework.ipynb"
    assert found.course.title == "A little lesson"
    assert (found.course.totals.core, found.course.totals.bonus) == (5, 0)
    assert (found.course.package, found.course.preload) == ("", ("numpy",))
    assert found.extensions("cpu") == () and "labkit.for_torch" not in found.modules()
    assert {name.split(".")[0] for name in found.modules()} == {"labkit"}


def test_two_assignments_are_built_in_two_places(tmp_path: Path) -> None:
    first, second = (read_assignment(written(tmp_path / name)) for name in ("a", "b"))
    (tmp_path / "other").mkdir()
    third = read_assignment(written(tmp_path / "other" / "a"))
    ids = {one.id for one in (first, second, third)}
    assert len(ids) == 3 and {one.build.parent for one in (first, third)} == {PROJECT / "build"}
    assert read_assignment(PROJECT / "assignment").id == "assignment"


@pytest.mark.parametrize(
    ("settings", "notebooks", "says"),
    [
        ("", ("a.ipynb", "b.ipynb"), 'notebook = "a.ipynb"'),
        ('package = "lab"', (), "package: there is no folder lab"),
        ('package = "../lab"', (), "package"),
        ('notebook = "sub/x.ipynb"', (), "notebook"),
        ('preload = ["os; import sys"]', (), "preload"),
        ('[tests]\nq1 = "beside"\n[otter]\nbeside = false', (), "q1 can be judged beside"),
        ('[tests]\nq1 = "somewhere"', (), "tests.q1"),
        ("[totals]\nbonus = 3", (), "totals.core"),
        ("packages = 3", (), "packages"),
    ],
)
def test_settings_that_cannot_be_used_are_told_with_what_to_do(
    tmp_path: Path, settings: str, notebooks: tuple[str, ...], says: str
) -> None:
    with pytest.raises(CourseError) as told:
        read_assignment(written(tmp_path / "second", settings, *notebooks))
    assert says in str(told.value)


def test_a_folder_that_is_no_assignment_is_told(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(CourseError, match="python -m autograder new"):
            read_assignment(place)


def test_what_is_made_or_handed_in_is_no_part_of_an_assignment(tmp_path: Path) -> None:
    folder = written(tmp_path / "second")
    for part in ("submissions", "student_release", "solutions", "grades", "extra", ".cache"):
        (folder / part).mkdir()
        (folder / part / "x.txt").write_text("x")
    found = read_assignment(folder)
    assert [path.relative_to(folder).parts[0] for path in found.files()] == [
        "extra",
        "homework.ipynb",
    ]


@pytest.mark.parametrize("settings", ["", "[late]\npercent_per_day = 5\n", "[totals]\ncore = 5\n"])
def test_a_container_without_the_notebook_knows_what_the_notebook_says(
    tmp_path: Path, settings: str
) -> None:
    whole = read_assignment(written(tmp_path / "second", settings))
    there = tmp_path / "there"
    there.mkdir()
    (there / "course.toml").write_text(settings_for_container(whole), encoding="utf-8")
    alone = read_assignment(there)
    assert (alone.course.title, alone.course.totals, alone.notebook) == (
        whole.course.title,
        whole.course.totals,
        whole.notebook,
    )
    assert alone.course.late == whole.course.late
    assert tomllib.loads(settings_for_container(whole))["title"] == "A little lesson"

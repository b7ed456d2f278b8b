"""A release is written aside and then put in place: nobody sees half of one."""

from pathlib import Path

import pytest

from autograder.release.release import _replaced


def test_a_release_takes_the_place_of_the_one_before_whole_or_not_at_all(tmp_path: Path) -> None:
    place = tmp_path / "student_release"
    place.mkdir()
    (place / "old.py").write_text("old")
    with _replaced(place) as folder:
        (folder / "new.py").write_text("new")
        assert [path.name for path in place.iterdir()] == ["old.py"]
    assert [path.name for path in place.iterdir()] == ["new.py"]

    with pytest.raises(ZeroDivisionError), _replaced(place) as folder:
        (folder / "half.py").write_text("half")
        raise ZeroDivisionError
    assert [path.name for path in place.iterdir()] == ["new.py"]
    assert [path.name for path in tmp_path.iterdir()] == ["student_release"]

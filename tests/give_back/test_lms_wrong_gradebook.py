"""A gradebook that cannot be filled in is refused in words, and nothing is written."""

from pathlib import Path

import pytest

from autograder.gradebooks.table import GradebookError, read_table
from tests.give_back.test_lms_give_back import CANVAS, MOODLE, TITLE, filled
from tests.support.assignments import read_gradebook


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n\n",
        b"\x00\x01\x02",
        b"PK\x03\x04\x00\x00",
        b"\xff\xfe\x41",
        CANVAS[:-30].encode(),
        CANVAS.encode()[: CANVAS.index("Kim") + 5],
        CANVAS.encode()[: CANVAS.index("Kim")],
        b"Student,ID\n1",
    ],
    ids=lambda content: repr(content[-12:]),
)
def test_half_a_file_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "export.csv").write_bytes(content)
    with pytest.raises(GradebookError, match="no whole CSV file"):
        read_table(tmp_path / "export.csv")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("Last Name,First Name,Username\nDoe,Jane,jd\n", "neither Canvas's gradebook"),
        (MOODLE.replace("Grade,Max", "Note,Max"), "lacks 'Grade'"),
        (MOODLE.replace("Last modified (grade)", "Changed"), r"lacks 'Last modified \(grade\)'"),
        ("\n".join(CANVAS.splitlines()[:3]), "no students"),
        ("Name,Email,Phone\nDoe,d@x.example,0301234567\n", "There is none"),
        ("Name,Email,Lab 1,Lab 2\nDoe,d@x.example,,\n", "There is 'Lab 1', 'Lab 2'"),
        (MOODLE.splitlines()[0], "no students"),
    ],
    ids=lambda text: text[:20],
)
def test_a_wrong_gradebook_is_refused(tmp_path: Path, content: str, says: str) -> None:
    with pytest.raises(GradebookError, match=says):
        filled(tmp_path, content, [])


def test_a_missing_gradebook_is_told(tmp_path: Path) -> None:
    with pytest.raises(GradebookError, match="cannot be read"):
        read_gradebook(tmp_path / "nowhere.csv", "", TITLE)

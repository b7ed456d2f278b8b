"""Where a name or a column is all that there is, nothing that could be another one's is taken."""

from pathlib import Path

import pytest

from autograder.gradebooks.table import GradebookError
from autograder.records import Person
from tests.give_back.test_lms_give_back import CANVAS, TITLE, cells, filled, submission


def test_a_name_that_two_authors_have_finds_no_row(tmp_path: Path) -> None:
    one, two = (submission(name, Person("google", "", "Jane Doe")) for name in ("a", "b"))
    assert filled(tmp_path, CANVAS, [one]).marks == 1
    done = filled(tmp_path, CANVAS, [one, two])
    assert done.marks == 0
    assert [remark for remark in done.remarks if "surely that of" in remark] == [
        "No row of the gradebook is surely that of a.",
        "No row of the gradebook is surely that of b.",
    ]


@pytest.mark.parametrize(
    "name",
    [
        *("cnn_s1", "s1_cnn", "s1-cnn (1)", "s1 (1)", "s1 (late)", "LATE_s1", "cnn-s1-late"),
        *("Jane Doe - cnn", "cnn Doe_Jane", "jane@x.example_cnn", "CNN-101"),
    ],
)
def test_what_a_files_name_says_besides_the_person_does_not_matter(
    tmp_path: Path, name: str
) -> None:
    done = filled(tmp_path, CANVAS, [submission(name)])
    assert cells(done.content, f"{TITLE} (12)")[2] == "81.5"


def test_two_files_of_one_person_give_no_mark(tmp_path: Path) -> None:
    done = filled(tmp_path, CANVAS, [submission("s1"), submission("s1_cnn")])
    assert done.marks == 0
    assert "101 has several submissions: s1, s1_cnn. None is taken." in done.remarks


def test_a_name_in_another_order_is_the_same_name(tmp_path: Path) -> None:
    done = filled(tmp_path, CANVAS, [submission("a", Person("google", "", "doe,  jane"))])
    assert cells(done.content, f"{TITLE} (12)")[2] == "81.5"


@pytest.mark.parametrize("column", ["Final Score", "Unposted Total (77)"])
def test_a_column_that_canvas_reckons_itself_is_not_to_be_named(
    tmp_path: Path, column: str
) -> None:
    content = CANVAS.replace("Final Score", column)
    with pytest.raises(GradebookError, match="no assignment called"):
        filled(tmp_path, content, [], column=column)


def test_canvas_own_test_student_gets_no_mark(tmp_path: Path) -> None:
    done = filled(tmp_path, CANVAS, [submission("105", Person("canvas", "105", "student"))])
    assert done.marks == 0


def test_a_row_with_an_id_that_another_row_has_too_is_left_alone(tmp_path: Path) -> None:
    content = CANVAS.replace("kim2@x.example", "kim1@x.example").replace(",zoe,", ",kim1,")
    content = content.replace("jane@x.example", "kim1")
    jane, kim = (submission(n, Person("canvas", n, "")) for n in ("101", "102"))
    done = filled(tmp_path, content, [jane, kim])
    assert done.marks == 0
    told = [remark for remark in done.remarks if "more than one row" in remark]
    assert [remark.split()[2] for remark in told] == ["kim1", "kim1@x.example"]

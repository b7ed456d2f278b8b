"""An instructor's gradebook gets the marks, and not one other byte changes."""

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.give_back.marks import Filled, fill_in
from autograder.gradebooks.csv_cells import cell_rows, like
from autograder.gradebooks.table import GradebookError
from autograder.records import Ending, Grade, Person, Submission
from tests.support.assignments import read_gradebook
from tests.support.sample_grades import COMPLETED

TITLE = "Convolutional neural networks"
CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Essay (11),Convolutional neural networks (12),"
    "Final Score\n"
    ",,,,,Manual Posting,,(read only)\n"
    "    Points Possible,,,,,10,100,(read only)\n"
    '"Doe, Jane",101,s1,jane@x.example,A,9.5,,88\n'
    '"Lee, Kim",102,s2,kim1@x.example,A,,,70\n'
    '"Lee, Kim",103,s3,kim2@x.example,"A, B",7,,71\n'
    '"Müller, Zoë",104,s4,zoe,A,8,,\n'
    '"Student, Test",105,,,A,,,\n'
)
MOODLE = (
    "Identifier,Full name,Email address,Status,Grade,Maximum Grade,"
    '"Last modified (submission)","Last modified (grade)","Feedback comments"\n'
    '"Participant 501","Jane Doe",jane@x.example,"Submitted, late",,100.00,"5 May, 08:00",-,\n'
    '"Participant 502","Kim Lee",kim1@x.example,,,100.00,-,-,"says ""hi"""\n'
    '"Participant 503","Kim Lee",kim2@x.example,,,100.00,-,-,\n'
)


def submission(student: str, *people: Person) -> Submission:
    return Submission(student, Path(f"{student}.ipynb"), people=people)


def graded(student: str, score: float = 81.5, **changes: object) -> Grade:
    grade = replace(COMPLETED, student=student, score=score, max_score=100.0)
    return replace(grade, **changes)  # type: ignore[arg-type]


def filled(
    folder: Path,
    content: str | bytes,
    submissions: list[Submission],
    *grades: Grade,
    column: str = "",
) -> Filled:
    path = folder / "export.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    gradebook = read_gradebook(path, column, TITLE)
    return fill_in(gradebook, submissions, grades or [graded(one.student) for one in submissions])


def canvas_person(number: str) -> Person:
    return Person("canvas", number, "leekim")


def cells(content: bytes, column: str) -> list[str]:
    return [row[column] for row in csv.DictReader(io.StringIO(content.decode()))]


def test_only_the_marks_change(tmp_path: Path) -> None:
    done = filled(tmp_path, CANVAS, [submission("103", canvas_person("103"))])
    assert done.content.decode() == CANVAS.replace('"A, B",7,,71', '"A, B",7,81.5,71')
    assert done.marks == 1


def test_two_students_of_one_name_are_told_apart_by_id(tmp_path: Path) -> None:
    done = filled(tmp_path, CANVAS, [submission(n, canvas_person(n)) for n in ("102", "103")])
    assert cells(done.content, f"{TITLE} (12)")[3:5] == ["81.5", "81.5"]
    named = filled(tmp_path, CANVAS, [submission("Kim Lee")])
    assert named.marks == 0
    assert any("Kim Lee" in remark for remark in named.remarks)


@pytest.mark.parametrize("name", ["101", "s1", "jane@x.example", "Jane Doe", "doe_jane", "jane_d"])
def test_a_plain_file_is_found_by_any_id_or_by_its_only_name(tmp_path: Path, name: str) -> None:
    done = filled(tmp_path, CANVAS, [submission(name)])
    found = cells(done.content, f"{TITLE} (12)")
    assert found[2] == ("" if name == "jane_d" else "81.5")


def test_an_id_of_another_system_is_no_id_of_this_one(tmp_path: Path) -> None:
    strangers = [
        submission("x", Person("gradescope", "101")),
        submission("y", Person("moodle", "102")),
    ]
    assert filled(tmp_path, CANVAS, strangers).marks == 0


def test_gradescopes_student_number_and_address_find_the_row(tmp_path: Path) -> None:
    people = [Person("gradescope", "s1", "J"), Person("gradescope", "", "K", "kim2@x.example")]
    done = filled(tmp_path, CANVAS, [submission(str(n), p) for n, p in enumerate(people)])
    assert cells(done.content, f"{TITLE} (12)")[2:5] == ["81.5", "", "81.5"]


def test_ids_that_point_to_two_rows_are_listed(tmp_path: Path) -> None:
    torn = Person("gradescope", "s1", "J", "kim2@x.example")
    done = filled(tmp_path, CANVAS, [submission("torn", torn)])
    assert done.marks == 0
    assert "No row of the gradebook is surely that of s1." in done.remarks


def test_all_members_of_a_group_get_its_mark(tmp_path: Path) -> None:
    group = submission("s1+s2", Person("gradescope", "s1"), Person("gradescope", "s2"))
    done = filled(tmp_path, CANVAS, [group])
    assert cells(done.content, f"{TITLE} (12)")[2:4] == ["81.5", "81.5"]


def test_somebody_in_two_submissions_gets_no_mark_from_either(tmp_path: Path) -> None:
    ann = Person("gradescope", "s1")
    done = filled(tmp_path, CANVAS, [submission("one", ann), submission("two", ann)])
    assert done.marks == 0
    assert "101 has several submissions: one, two. None is taken." in done.remarks


def test_rows_and_students_without_a_partner_are_listed_by_id(tmp_path: Path) -> None:
    done = filled(tmp_path, CANVAS, [submission("777", canvas_person("777"))])
    assert "No row of the gradebook is surely that of 777." in done.remarks
    rows = [remark.split()[0] for remark in done.remarks if "has no submission" in remark]
    assert rows == ["101", "102", "103", "104"]
    assert "Zoë" not in " ".join(done.remarks)


@pytest.mark.parametrize(
    "changes", [{"ending": Ending.GRADER_ERROR}, {"needs_review": True}], ids=str
)
def test_an_open_mark_stays_empty_and_is_listed(tmp_path: Path, changes: dict[str, object]) -> None:
    one = submission("101", canvas_person("101"))
    done = filled(tmp_path, CANVAS, [one], graded("101", **changes))
    assert done.content.decode() == CANVAS
    assert any(remark.startswith("101: the marks are open") for remark in done.remarks)


def test_lateness_counts(tmp_path: Path) -> None:
    one = submission("101", canvas_person("101"))
    done = filled(tmp_path, CANVAS, [one], graded("101", late_deduction=10.0))
    assert cells(done.content, f"{TITLE} (12)")[2] == "71.5"


@pytest.mark.parametrize("before", ["81.5", "81.50", "81.500", "081.5"])
def test_the_same_number_written_otherwise_is_no_change(tmp_path: Path, before: str) -> None:
    content = CANVAS.replace("A,9.5,,88", f"A,9.5,{before},88")
    done = filled(tmp_path, content, [submission("101", canvas_person("101"))])
    assert done.marks == 1
    assert not any("replaced" in remark for remark in done.remarks)
    assert cells(done.content, f"{TITLE} (12)")[2] == before


def test_a_mark_that_was_there_is_replaced_and_told_but_ex_stays(tmp_path: Path) -> None:
    content = CANVAS.replace("A,9.5,,88", "A,9.5,50,88").replace("A,,,70", "A,,EX,70")
    people = [submission(n, canvas_person(n)) for n in ("101", "102")]
    done = filled(tmp_path, content, people)
    assert cells(done.content, f"{TITLE} (12)")[2:4] == ["81.5", "EX"]
    assert "101: 50 was replaced by 81.5." in done.remarks
    assert any(remark.startswith("102: excused") for remark in done.remarks)


@pytest.mark.parametrize("column", ["Essay", "Essay (11)"])
def test_a_column_can_be_named(tmp_path: Path, column: str) -> None:
    one = submission("101", canvas_person("101"))
    done = filled(tmp_path, CANVAS, [one], column=column)
    assert cells(done.content, "Essay (11)")[2] == "81.5"


def test_the_only_empty_column_is_taken_where_no_title_fits(tmp_path: Path) -> None:
    done = filled(
        tmp_path, CANVAS.replace(TITLE, "Lab 3"), [submission("101", canvas_person("101"))]
    )
    assert cells(done.content, "Lab 3 (12)")[2] == "81.5"


@pytest.mark.parametrize("column", ["", "Lab", "essay"])
def test_an_unclear_column_is_refused_with_the_candidates(tmp_path: Path, column: str) -> None:
    content = CANVAS.replace(TITLE, "Lab 3").replace("Final Score", "Lab 4 (13)")
    content = content.replace("(read only)", "").replace("88\n", "\n")
    content = content.replace("70\n", "\n").replace("71\n", "\n")
    with pytest.raises(GradebookError, match=r"'Essay \(11\)', 'Lab 3 \(12\)', 'Lab 4 \(13\)'"):
        filled(tmp_path, content, [], column=column)


def test_a_worksheet_is_filled_by_participant(tmp_path: Path) -> None:
    jane = submission("501", Person("moodle", "501", "Jane Doe"))
    blind = submission("503", Person("moodle", "503"))
    done = filled(tmp_path, MOODLE, [jane, blind])
    expected = MOODLE.replace('late",,', 'late",81.5,').replace(
        "kim2@x.example,,,", "kim2@x.example,,81.5,"
    )
    assert done.content.decode() == expected


def test_a_groups_number_is_not_taken_for_a_participants(tmp_path: Path) -> None:
    group = submission("502", Person("moodle", "502", "Team A"))
    assert filled(tmp_path, MOODLE, [group]).marks == 0


def test_a_group_column_gives_all_members_the_mark(tmp_path: Path) -> None:
    content = MOODLE.replace("Status", "Group").replace('"Submitted, late"', "Team A")
    content = content.replace("kim2@x.example,,", "kim2@x.example,Team A,")
    group = submission("502", Person("moodle", "502", "Team A"))
    assert cells(filled(tmp_path, content, [group]).content, "Grade") == ["81.5", "", "81.5"]


def test_a_decimal_comma_is_kept(tmp_path: Path) -> None:
    content = MOODLE.replace(",", ";").replace("100.00", "100,00")
    jane = submission("501", Person("moodle", "501", "Jane Doe"))
    done = filled(tmp_path, content, [jane])
    assert ';81,5;100,00;"5 May; 08:00"' in done.content.decode()
    assert not any("maximum grade" in remark for remark in done.remarks)


ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "cp1252"]


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_encoding_delimiter_and_line_ends_stay(
    tmp_path: Path, encoding: str, line_end: str, delimiter: str
) -> None:
    content = CANVAS.replace(", ", "# ").replace(",", delimiter).replace("# ", ", ")
    content = content.replace("\n", line_end)
    done = filled(tmp_path, content.encode(encoding), [submission("101", canvas_person("101"))])
    expected = content.replace(f"9.5{delimiter}{delimiter}", f"9.5{delimiter}81.5{delimiter}")
    assert done.content == expected.encode(encoding)


def test_quoted_cells_stay_quoted(tmp_path: Path) -> None:
    rows = list(csv.reader(io.StringIO(CANVAS)))
    target = io.StringIO()
    csv.writer(target, quoting=csv.QUOTE_ALL).writerows(rows)
    done = filled(tmp_path, target.getvalue(), [submission("101", canvas_person("101"))])
    assert done.content.decode() == target.getvalue().replace('"9.5",""', '"9.5","81.5"')


@given(
    st.lists(
        st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=2, max_size=5),
        min_size=1,
        max_size=5,
    )
)
def test_any_csv_is_read_as_the_library_reads_it_and_kept(rows: list[list[str]]) -> None:
    target = io.StringIO()
    csv.writer(target).writerows(rows)
    text = target.getvalue().removesuffix("\r\n")
    read = cell_rows(text, ",")
    assert read is not None
    assert [[cell.text for cell in row] for row in read] == rows
    assert "".join(cell.raw + cell.end for row in read for cell in row) == text


@pytest.mark.parametrize(
    ("value", "raw", "written"),
    [("8", "", "8"), ("8", '""', '"8"'), ("8;5", "", '"8;5"'), ('"', "", '""""')],
)
def test_a_cell_is_quoted_like_the_one_before_or_if_it_must_be(
    value: str, raw: str, written: str
) -> None:
    assert like(value, raw, ";") == written

"""Gradebooks of every system that classes use: found by their columns, filled by id."""

import csv
import io
from pathlib import Path

import pytest

from autograder.give_back.marks import Filled, fill_in
from autograder.records import Ending, Grade, Person, Submission
from tests.give_back.test_lms_give_back import TITLE, graded, submission
from tests.support.assignments import read_gradebook


def _filled(folder: Path, text: str, *submissions: Submission, grades: list[Grade] | None = None):
    path = folder / "export.csv"
    path.write_bytes(text.encode())
    gradebook = read_gradebook(path, "", TITLE)
    made = grades or [graded(one.student, 81.5) for one in submissions]
    return fill_in(gradebook, submissions, made)


def _changed(done: Filled, before: str) -> list[str]:
    """The cells that differ, which are all marks."""
    delimiter = ";" if ";" in before else ","
    old, new = (
        list(csv.reader(io.StringIO(text), delimiter=delimiter))
        for text in (before, done.content.decode())
    )
    rows = zip(old, new, strict=True)
    cells = [cell for one, other in rows for cell in zip(one, other, strict=True)]
    return [after for cell, after in cells if cell != after]


CANVAS_ONE = Person("canvas", "1001", "onestudent")
MOODLE_HEAD = (
    "Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,"
    "Last modified (submission),Last modified (grade),Feedback comments\n"
)
GERMAN = (
    'ID,"Vollständiger Name",E-Mail-Adresse,Status,Bewertung,Bestwertung,'
    '"Bewertung kann geändert werden","Zuletzt geändert (Abgabe)","Zuletzt geändert (Bewertung)",'
    '"Feedback als Kommentar"\n'
    '"Teilnehmer/in101","Student One",a@x.example,x,,"100,00",Ja,-,-,\n'
    '"Teilnehmer/in102","Student Two",b@x.example,x,,"100,00",Nein,-,-,\n'
)
BRIGHTSPACE = (
    "OrgDefinedId,Username,Last Name,First Name,CNN Points Grade <Numeric MaxPoints:100>,"
    "End-of-Line Indicator\n#501,one,One,Student,,#\n#502,two,Two,Student,,#\n"
)
BLACKBOARD = (
    '"Last Name","First Name","Username","Student ID","Last Access","Availability",'
    '"Essay [Total Pts: 10 Score] |11","CNN [Total Pts: 100 Score] |12"\n'
    '"One","Student","student_001","7","x","Yes","3",""\n'
)
NBGRADER = (
    "assignment,duedate,timestamp,student_id,last_name,first_name,email,raw_score,"
    "late_submission_penalty,score,max_score\n"
    "hw1,,,student_001,,,,5.0,0.0,5.0,5.0\ncnn,,,student_001,,,,0.0,0.0,,100.0\n"
)
BY_EMAIL = "Last Name,First Name,Email Address,Grade\nOne,Student,a@x.example,\nTwo,S,b@x.y,\n"


@pytest.mark.parametrize(
    ("text", "person", "mark"),
    [
        (
            "LastName,FirstName,ID,SIS User ID,SIS Login ID,Section,CNN (555)\n"
            '"    Points Possible",,,,,,100.00\nOne,Student,1001,S1,student_001,Sec,\n',
            CANVAS_ONE,
            "81.5",
        ),
        (
            "sep=;\nStudent;ID;SIS Login ID;Section;CNN (555)\n"
            '    Points Possible;;;;100,00\n"One, Student";1001;student_001;Sec;\n',
            CANVAS_ONE,
            "81,5",
        ),
        (
            'Student,ID,SIS Login ID,Section,CNN\n"    Points Possible",,,,100\n'
            '"One, Student",1001,student_001,Sec,\n',
            CANVAS_ONE,
            "81.5",
        ),
        (
            MOODLE_HEAD + "Participant 101,Student O'One,a@x.example,x,,100.00,Yes,-,-,\n",
            Person("moodle", "101", "Student OOne"),
            "81.5",
        ),
        (
            MOODLE_HEAD + "Participant 101,Student OOne,a@x.example,x,,100.00,Yes,-,-,\n",
            Person("moodle", "101", "Student O'One"),
            "81.5",
        ),
        (GERMAN, Person("moodle", "101", "Student One"), "81,5"),
        (BRIGHTSPACE, Person("brightspace", "501", "Student One"), "81.5"),
        (BRIGHTSPACE, Person("brightspace", "", "Student One"), "81.5"),
        (BLACKBOARD.replace('"3"', '""').replace("Essay", TITLE), None, "81.5"),
        (NBGRADER, None, "81.5"),
        (BY_EMAIL, Person("google", "", "Student One"), "81.5"),
        (BY_EMAIL, Person("gradescope", "", "", "a@x.example"), "81.5"),
    ],
)
def test_the_mark_goes_into_the_one_row(
    tmp_path: Path, text: str, person: Person | None, mark: str
) -> None:
    one = submission("student_001", *([person] if person else []))
    assert _changed(_filled(tmp_path, text, one), text) == [mark]


@pytest.mark.parametrize(
    ("text", "person"),
    [
        (BRIGHTSPACE, Person("brightspace", "999", "Student One")),
        (BLACKBOARD, Person("blackboard", "somebody", "Student One")),
        (GERMAN, Person("moodle", "999", "Student One")),
        (GERMAN, Person("moodle", "101", "Team Blue")),
    ],
)
def test_an_unknown_id_never_gets_a_namesakes_row(
    tmp_path: Path, text: str, person: Person
) -> None:
    text = text.replace('"3"', '""') if text is BLACKBOARD else text
    done = _filled(tmp_path, text.replace("Essay", TITLE), submission("x", person))
    assert done.marks == 0
    assert any("No row of the gradebook" in remark for remark in done.remarks)


def test_locked_rows_are_left_alone_and_listed(tmp_path: Path) -> None:
    locked = submission("102", Person("moodle", "102", "Student Two"))
    done = _filled(tmp_path, GERMAN, locked)
    assert done.marks == 0
    assert any("cannot be changed" in remark for remark in done.remarks)


def test_an_id_in_two_rows_is_told_as_such(tmp_path: Path) -> None:
    text = (
        "Student,ID,SIS Login ID,Section,CNN (555)\n"
        '"One, Student",1001,student_001,A,\n"One, Student",1001,student_001,B,\n'
    )
    done = _filled(tmp_path, text, submission("1001", CANVAS_ONE))
    assert done.marks == 0
    assert any("more than one row of the gradebook (2, 3)" in remark for remark in done.remarks)


@pytest.mark.parametrize("ending", [Ending.UNREADABLE, Ending.NOT_THIS_ASSIGNMENT])
def test_what_was_not_graded_is_no_zero_in_a_gradebook(tmp_path: Path, ending: Ending) -> None:
    grade = graded("101", 0.0, ending=ending, message="It is empty.", questions=())
    one = submission("101", Person("moodle", "101", "Student One"))
    done = _filled(tmp_path, GERMAN, one, grades=[grade])
    assert done.marks == 0
    assert any("It is empty." in remark for remark in done.remarks)

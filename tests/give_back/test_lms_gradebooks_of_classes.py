"""Gradebooks as classes have them: other languages, spreadsheets, encodings, sums and extras."""

import unicodedata
from pathlib import Path

import pytest

from autograder.gradebooks.table import GradebookError, read_table
from autograder.records import Person
from tests.give_back.test_lms_give_back import TITLE, filled, submission
from tests.give_back.test_lms_other_gradebooks import MOODLE_HEAD
from tests.support.assignments import collect_class, read_gradebook
from tests.support.lms_downloads import files

ONE = "Student One"
MOODLE, CANVAS = Person("moodle", "101", ONE), Person("canvas", "1001", "onestudent")
BLACKBOARD = Person("blackboard", "student_001", ONE)
BRIGHTSPACE = Person("brightspace", "501", ONE)
BY_NAME, BY_EMAIL = Person("google", "", ONE), Person("gradescope", "7", ONE, "a@x.example")
CANVAS_HEAD = "Student,ID,SIS User ID,SIS Login ID,Root Account,Section"
SHEETS = {
    "Moodle, French": (
        'Identifiant,"Nom complet","Adresse de courriel",Statut,Note,"Note maximale",'
        '"La note peut être modifiée","Dernière modification (note)"\n'
        '"Participant101","Student One",a@x.example,"Remis pour évaluation",[],"100,00",Oui,-\n',
        MOODLE,
    ),
    "Moodle, Spanish, without e-mail": (
        "Identificador;Nombre completo;Estado;Calificación;Calificación máxima;Se puede cambiar\n"
        "Participante101;Student One;Enviado;[];100,00;Sí\n",
        MOODLE,
    ),
    "Moodle, German and blind": (
        'ID,Status,Bewertung,Bestwertung,"Bewertung kann geändert werden"\n'
        '"Teilnehmer/in101","Zur Bewertung abgegeben",[],"100,00",Ja\n'
        '"Teilnehmer/in102","Keine Abgabe",-,"100,00",Ja\n',
        Person("moodle", "101", "Teilnehmerin"),
    ),
    "Moodle, with all its columns": (
        "Identifier,Full name,ID number,Email address,Status,Group,Marking workflow state,"
        "Allocated marker,Grade,Maximum Grade,Grade can be changed,Last modified (grade)\n"
        'Participant 101,"D\'Arc-Müller, Zoë",S1,a@x.example,x,A,Not marked,,[],100.00,Yes,-\n',
        Person("moodle", "101", "DArc-Müller, Zoë"),
    ),
    "Moodle's own gradebook": (
        "First name,Surname,ID number,Institution,Department,Email address,"
        f"Assignment: {TITLE} (Real),Course total (Real),Last downloaded from this course\n"
        "Student,One,S1,,,a@x.example,[-],-,1700000000\n",
        BY_EMAIL,
    ),
    "Canvas, with sums and without what says so": (
        f"{CANVAS_HEAD},Notes,CNN (5),Labs Current Points,Labs Final Score,Override Grade\n"
        '"One, Student",1001,S1,student_001,x,Sec,,[],,,\n',
        CANVAS,
    ),
    "Canvas, called as the notebook among others": (
        f"{CANVAS_HEAD},Essay (4),CNN (5)\n" + '"One, Student",1001,S1,student_001,x,Sec,,[]\n',
        CANVAS,
    ),
    "Canvas, with commas in a title": (
        'Student;ID;SIS Login ID;Section;"CNN, pooling, stride, padding, loss (5)"\n'
        '"One, Student";1001;student_001;Sec;[]\n',
        CANVAS,
    ),
    "Canvas, ids that a spreadsheet took for text": (
        'Student,ID,SIS Login ID,Section,CNN (5)\n"One, Student",="1001",student_001,Sec,[]\n',
        CANVAS,
    ),
    "Canvas, columns and lines that a spreadsheet added": (
        "\n\nStudent,ID,SIS Login ID,Section,CNN (5),,\n\n"
        '"One, Student",1001,student_001,Sec,[],,\n\n"Two, Student",1002,s2,Sec,,,\n\n',
        CANVAS,
    ),
    "Blackboard, with sums": (
        '"Last Name"\t"First Name"\t"Username"\t"Student ID"\t"Last Access"\t"Availability"\t'
        '"Weighted Total [Total Pts: up to 0 Score] |1"\t"Total [Total Pts: up to 110 Score] |2"\t'
        '"Essay [Total Pts: 10 Score] |3"\t"CNN [Total Pts: 100 Score] |4"\n'
        '"One"\t"Student"\t"student_001"\t"7"\t"x"\t"Yes"\t""\t""\t"3"\t[""]\n',
        BLACKBOARD,
    ),
    "Blackboard, German": (
        '"Nachname","Vorname","Benutzername","Teilnehmer-ID","Verfügbarkeit",'
        '"CNN [Gesamtpunkte: 100 Punktestand] |4"\n"One","Student","student_001","7","Ja",[""]\n',
        BLACKBOARD,
    ),
    "Brightspace, with sums": (
        "OrgDefinedId,Username,Last Name,First Name,Email,Essay Points Grade <Numeric MaxPoints:9>,"
        "CNN Points Grade <Numeric MaxPoints:100 Weight:10 Category:Labs CategoryWeight:50>,"
        "Calculated Final Grade Numerator,Calculated Final Grade Denominator,"
        "End-of-Line Indicator\n#501,#one,One,Student,a@x.example,,[],,,#\n",
        BRIGHTSPACE,
    ),
    "Brightspace, French": (
        "OrgDefinedId,Nom d'utilisateur,Nom de famille,Prénom,Adresse courriel,"
        "CNN Note en points <Numérique MaxPoints:100>,Indicateur de fin de ligne\n"
        "#501,#one,One,Student,a@x.example,[],#\n",
        BRIGHTSPACE,
    ),
    "Brightspace, with nothing but user names": (
        "Username,CNN Points Grade,End-of-Line Indicator\n#student_001,[],#\n",
        None,
    ),
    "Google Classroom, with dates and sums": (
        f"Last Name,First Name,Email Address,Essay,{TITLE}\nDate,,,2026-11-20,2026-11-21\n"
        "Points,,,10,100\nOne,Student,a@x.example,9,[]\nClass average,,,9,\n",
        BY_NAME,
    ),
    "a list by e-mail, German": (
        "Matrikelnummer;Nachname;Vorname;Studiengang;E-Mail-Adresse;Punkte\n"
        "123456;One;Student;Physik;a@x.example;[]\n",
        BY_NAME,
    ),
    "a list by e-mail, Spanish": (
        "Correo electrónico,Apellidos,Nombre,Nota\na@x.example,One,Student,[]\n",
        BY_NAME,
    ),
    "Gradescope's": (
        "First Name,Last Name,SID,Email,Sections,CNN,CNN - Max Points,CNN - Submission Time\n"
        "Student,One,7,a@x.example,Sec,[],100.0,\n",
        BY_EMAIL,
    ),
}
"""The cell for the mark stands in brackets."""


@pytest.mark.parametrize("name", SHEETS)
def test_the_mark_goes_into_the_one_cell(tmp_path: Path, name: str) -> None:
    text, person = SHEETS[name]
    people = [person] if person else []
    before, _, rest = text.partition("[")
    if "Pts:" in text or "punkte:" in text:  # titles have brackets of their own
        before, _, rest = text.rpartition("[")
    was, _, after = rest.partition("]")
    done = filled(tmp_path, f"{before}{was}{after}", [submission("student_001", *people)])
    mark = "81,5" if ";" in text or '"100,00"' in text else "81.5"
    mark = f'"{mark}"' if was.startswith('"') or ("," in mark and ";" not in text) else mark
    assert done.content.decode() == f"{before}{mark}{after}"


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("Student OOne", "Student O'One"),
        ("Jane de la Cruz", "Cruz, Jane de la"),
        ("María José García-López", "García-López, María José"),
        ("Max Müller", "Max M\u00fcller"),
        ("AC Lee", "A/C: Lee"),
        ("Group 1-Kim Lee", "Kim Lee"),
        ("Ann Bo", "Ann_Bo"),
        ("李小龙", "李小龙"),
    ],
)
def test_a_moodle_folder_finds_its_row(tmp_path: Path, folder: str, name: str) -> None:
    place = (
        tmp_path / "class" / f"{unicodedata.normalize('NFD', folder)}_101_assignsubmission_file_"
    )
    files(place, "cnn.ipynb")
    found = collect_class(tmp_path / "class", tmp_path)
    rows = f'Participant 100,Somebody Else,x@y.example,,,100.00,Yes,-,-,\nParticipant 101,"{name}"'
    text = f"{MOODLE_HEAD}{rows},a@x.example,,,100.00,Yes,-,-,\n"
    done = filled(tmp_path, text, list(found.submissions))
    assert done.content.decode() == text.replace("a@x.example,,", "a@x.example,,81.5")


def test_a_locked_row_keeps_its_mark_and_is_told(tmp_path: Path) -> None:
    row = 'Participant 10{},Student {},{},x,{},100.00,{},"Friday, 20 November 2026",-,\n'
    locked = MOODLE_HEAD + row.format(1, "One", "a@x.example", "50.00", "No")
    two = submission("102", Person("moodle", "102", "Student Two"))
    done = filled(
        tmp_path,
        locked + row.format(2, "Two", "b@x.example", "", "Yes"),
        [submission("101", MOODLE), two],
    )
    assert done.content.decode() == locked + row.format(2, "Two", "b@x.example", "81.5", "Yes")
    assert any("101" in remark and "cannot be changed" in remark for remark in done.remarks)


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        ("学生 一", "cp932"),
        ("学生 一", "gb18030"),
        ("Иван Иванов", "cp1251"),
        ("Zoë Müller", "mac-roman"),
        ("Łukasz Żak", "cp1250"),
        ("Zoë Müller", "utf-16-le"),
        ("Zoë Müller", "utf-16-be"),
    ],
)
def test_a_spreadsheets_encoding_costs_nobody_the_mark(
    tmp_path: Path, name: str, encoding: str
) -> None:
    content = f"{MOODLE_HEAD}Participant 101,{name},a@x.example,,,100.00,Yes,-,-,\n"
    done = filled(
        tmp_path, content.encode(encoding), [submission("101", Person("moodle", "101", name))]
    )
    assert done.content == content.replace("example,,,", "example,,81.5,").encode(encoding)


def test_another_name_in_another_encoding_stays_another(tmp_path: Path) -> None:
    content = f"{MOODLE_HEAD}Participant 101,Иван Иванов,a@x.example,,,100.00,Yes,-,-,\n"
    group = submission("101", Person("moodle", "101", "Синяя группа"))
    assert filled(tmp_path, content.encode("cp1251"), [group]).marks == 0


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"PK\x03\x04\x14\x00\x06\x00", "a workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old workbook"),
        (b"<html><body><table>", "a web page"),
        (b'{"students": []}', "JSON"),
        (b"%PDF-1.7", "a PDF"),
    ],
)
def test_what_is_no_csv_is_named_with_what_to_do(tmp_path: Path, content: bytes, says: str) -> None:
    (tmp_path / "grades.csv").write_bytes(content)
    with pytest.raises(GradebookError, match=f"it is {says}.*save it as CSV"):
        read_table(tmp_path / "grades.csv")


def test_points_are_read_in_another_language(tmp_path: Path) -> None:
    text = f'{CANVAS_HEAD},CNN (5)\n    Mögliche Punkte,,,,,,20\n"One, S",1001,S1,s,x,Sec,\n'
    (tmp_path / "grades.csv").write_text(text)
    assert read_gradebook(tmp_path / "grades.csv", "", TITLE).worth == ("20",)


@pytest.mark.parametrize(
    "header",
    [
        "CNN Points Grade <Numeric MaxPoints:20 Weight:10>",
        "CNN Note en points <Numérique PointsMax:20>",
        "CNN Calificación <Numérico Máx. puntos:20>",
    ],
)
def test_brightspaces_points_are_read_in_any_language(tmp_path: Path, header: str) -> None:
    (tmp_path / "grades.csv").write_text(f"OrgDefinedId,{header},End\n#501,,#\n")
    assert read_gradebook(tmp_path / "grades.csv", "", TITLE).worth == ("20",)

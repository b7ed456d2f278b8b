"""Hand-ins of groups: each member gets the mark, and it is told whose hand-in it is."""

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from autograder.classroom.groups import ClassOfGroups, with_members
from autograder.cli.app import app
from autograder.give_back.marks import Filled, fill_in
from autograder.gradebooks.table import GradebookError
from autograder.reports.gradebook import gradebook
from autograder.store.store import Store
from tests.support.assignments import collect_class, read_gradebook
from tests.support.lms_downloads import NOTEBOOK, files
from tests.support.sample_grades import COMPLETED

ROSTER = (
    "name,canvas_user_id,user_id,login_id,sections,group_name,canvas_group_id,group_id\n"
    "Ann Lee,101,s1,ann@x.example,A,Team A,1,\n"
    "Bo Day,102,s2,bo,A,Team A,1,\n"
    "Cy Öz,103,s3,cy,B,Team A,1,\n"
    "Di Roe,104,s4,di,B,Team B,2,\n"
    "Ed Fox,105,s5,ed,B,Team B,2,\n"
    "Flo Yu,106,s6,flo,B,,,\n"
    "Gil Ba,107,s7,gil,B,,,\n"
)
CANVAS = "Student,ID,SIS User ID,SIS Login ID,Section,CNN (9)\n" + "".join(
    f'"{number}, Student",{number},s{number - 100},,A,\n' for number in range(101, 108)
)
WORKSHEET = (
    "Identifier,Full name,Email address,Status,{group},Grade,Maximum Grade,"
    "Last modified (grade)\n"
    "Participant 501,Ann Lee,ann@x.example,,Team A,,100.00,-\n"
    "Participant 502,Bo Day,bo@x.example,,Team A,,100.00,-\n"
    "Participant 503,Cy Öz,cy@x.example,,Team B,,100.00,-\n"
    "Participant 504,Di Roe,di@x.example,,,,100.00,-\n"
)


def grouped(
    folder: Path, names: list[str], table: str = ROSTER, worksheet: str = ""
) -> ClassOfGroups:
    """The class of files called `names`, with the groups of one of the tables."""
    found = collect_class(files(folder / "class", *names), folder)
    (folder / "groups.csv").write_text(table)
    if not worksheet:
        return with_members(found, folder / "groups.csv", folder / "grades", None, None)
    path = folder / "worksheet.csv"
    path.write_text(worksheet)
    return with_members(found, None, folder / "grades", path, read_gradebook(path, "", ""))


def filled(folder: Path, whole: ClassOfGroups, content: str) -> Filled:
    path = folder / "export.csv"
    path.write_text(content)
    grades = [
        replace(COMPLETED, student=one.student, score=80.0 + place, max_score=100.0)
        for place, one in enumerate(whole.found.submissions)
    ]
    return fill_in(read_gradebook(path, "", "CNN"), whole.found.submissions, grades)


def marks(content: bytes, column: str) -> list[str]:
    return [row[column] for row in csv.DictReader(io.StringIO(content.decode()))]


def test_canvas_members_get_the_mark_of_the_one_who_handed_in(tmp_path: Path) -> None:
    whole = grouped(tmp_path, ["teama_102_7001_cnn.ipynb", "teamb_104_7002_cnn.ipynb"])
    assert whole.others == {"102": ("101", "103"), "104": ("105",)}
    done = filled(tmp_path, whole, CANVAS)
    assert marks(done.content, "CNN (9)") == ["80", "80", "80", "81", "81", "", ""]
    assert "101, 102 and 103 have the mark of one hand-in: '102', group Team A." in done.remarks
    assert whole.found.remarks == ("In no group, and without a hand-in: 106 and 107.",)


def test_every_member_has_a_row_in_the_gradebook_that_names_the_hand_in(tmp_path: Path) -> None:
    whole = grouped(tmp_path, ["teama_102_7001_cnn.ipynb", "yuflo_106_7002_cnn.ipynb"])
    grades = [replace(COMPLETED, student=one.student) for one in whole.found.submissions]
    rows = list(csv.DictReader(io.StringIO(gradebook(grades, others=whole.others))))
    assert [(row["student"], row["hand_in_of"], row["score"], row["q1"]) for row in rows] == [
        ("102", "", "7.5", "5"),
        ("101", "102", "7.5", "5"),
        ("103", "102", "7.5", "5"),
        ("106", "", "7.5", "5"),
    ]
    assert "hand_in_of" not in gradebook(grades)


def test_members_who_handed_in_different_ones_keep_their_own(tmp_path: Path) -> None:
    names = ["leeann_101_7001_cnn.ipynb", "daybo_102_7002_cnn.ipynb", "teamb_104_7003_cnn.ipynb"]
    files(tmp_path / "class", *names)
    whole = grouped(tmp_path, names)
    assert whole.others == {"104": ("105",), "102": ("103",)}  # the same bytes are one
    (tmp_path / "class" / names[1]).write_text(NOTEBOOK.replace("[]", '[{"cell_type": "raw"}]'))
    found = collect_class(tmp_path / "class", tmp_path)
    whole = with_members(found, tmp_path / "groups.csv", tmp_path, None, None)
    assert whole.others == {"104": ("105",)}
    assert (
        "Team A: 102 and 101 handed in different ones. Each of them has the mark of their own, "
        "and 103 of none: decide whose counts for them."
    ) in whole.found.remarks
    done = filled(tmp_path, whole, CANVAS)
    assert marks(done.content, "CNN (9)") == ["81", "80", "", "82", "82", "", ""]


def test_a_member_of_no_group_and_a_group_without_a_hand_in_are_told(tmp_path: Path) -> None:
    whole = grouped(tmp_path, ["yuflo_106_7001_cnn.ipynb", "stranger_999_7002_cnn.ipynb"])
    assert whole.found.remarks == (
        "999 is in no group: the mark is theirs alone.",
        "106 is in no group: the mark is theirs alone.",
        "Team A (101, 102 and 103) handed in nothing.",
        "Team B (104 and 105) handed in nothing.",
        "In no group, and without a hand-in: 107.",
    )


def test_a_representative_who_left_the_group_is_known_by_the_groups_name(tmp_path: Path) -> None:
    whole = grouped(tmp_path, ["teama_999_7001_cnn.ipynb", "teamb_104_7002_cnn.ipynb"])
    assert whole.others["999"] == ("101", "102", "103")


@pytest.mark.parametrize("column", ["Group", "Gruppe", "Groupe"])
def test_moodles_folder_of_a_group_is_all_members(tmp_path: Path, column: str) -> None:
    names = [
        "Team A_55_assignsubmission_file_/cnn.ipynb",
        "Team B_501_assignsubmission_file_/cnn.ipynb",  # a group's number, not Ann's
    ]
    worksheet = WORKSHEET.format(group=column)
    whole = grouped(tmp_path, names, worksheet=worksheet)
    assert whole.others == {"501": ("503",), "55": ("501", "502")}
    done = filled(tmp_path, whole, worksheet)
    assert marks(done.content, "Grade") == ["80", "80", "81", ""]
    assert any("'55', group Team A" in remark for remark in done.remarks)
    assert not any("No row" in remark for remark in done.remarks)
    assert any("504 has no submission" in remark for remark in done.remarks)


def test_a_worksheets_groups_give_nobody_the_mark_of_one_who_handed_in_alone(
    tmp_path: Path,
) -> None:
    names = ["Ann Lee_501_assignsubmission_file_/cnn.ipynb"]
    whole = grouped(tmp_path, names, worksheet=WORKSHEET.format(group="Group"))
    assert (whole.others, whole.table) == ({}, None)


def test_moodles_older_folders_are_each_members_own(tmp_path: Path) -> None:
    names = [
        "Team A-Ann Lee_501_assignsubmission_file_/cnn.ipynb",
        "Team A-Bo Day_502_assignsubmission_file_/cnn.ipynb",
    ]
    worksheet = WORKSHEET.format(group="Group")
    done = filled(tmp_path, grouped(tmp_path, names, worksheet=worksheet), worksheet)
    assert marks(done.content, "Grade") == ["80", "81", "", ""]


def test_a_plain_table_of_groups_serves_a_plain_folder(tmp_path: Path) -> None:
    table = "student;group\nann;1\nbo;1\ncy;2\n"
    whole = grouped(tmp_path, ["bo.ipynb", "cy.ipynb"], table)
    assert whole.others == {"bo": ("ann",)}
    done = filled(tmp_path, whole, CANVAS.replace(",s1,", ",ann,").replace(",s2,", ",bo,"))
    assert marks(done.content, "CNN (9)")[:3] == ["80", "80", ""]


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ("name,canvas_user_id\nAnn,101\n", "tells no groups"),
        ("group_name,colour\nTeam A,red\n", "tells no groups"),
        ("name,canvas_user_id,group_name\nAnn,101,\n", "nobody is in a group"),
        ("", "no whole CSV file"),
    ],
)
def test_a_table_without_groups_is_refused_before_anything_is_graded(
    tmp_path: Path, table: str, says: str
) -> None:
    with pytest.raises(GradebookError, match=says):
        grouped(tmp_path, ["ann.ipynb"], table)
    arguments = [str(tmp_path / "class"), "--groups", str(tmp_path / "groups.csv")]
    ran = CliRunner().invoke(app, ["grade", *arguments, "--output", str(tmp_path / "grades")])
    assert (ran.exit_code, says in ran.stderr) == (2, True)
    assert not (tmp_path / "grades").exists()


def test_the_table_is_kept_for_the_next_command(tmp_path: Path) -> None:
    names = ["teama_102_7001_cnn.ipynb", "teamb_104_7002_cnn.ipynb"]
    whole = grouped(tmp_path, names)
    whole.keep(Store(tmp_path / "grades"))
    found = collect_class(tmp_path / "class", tmp_path)
    again = with_members(found, None, tmp_path / "grades", None, None)
    assert again.others == whole.others and again.table == whole.table

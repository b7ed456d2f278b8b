"""Gradescope's export: everybody is found, by number rather than by name."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from autograder.intake.folder import CollectError
from autograder.intake.lms.collected import Collected
from autograder.records import Person
from tests.support.assignments import collect_class
from tests.support.lms_downloads import entry, files, gradescope_export, submitter

ONE = entry(1, submitter("Zoë Müller, jr.", "'00731'", "zoe@school.example"))


def collected(export: Path) -> Collected:
    return collect_class(export, export.parent)


def students(export: Path) -> list[str]:
    return [one.student for one in collected(export).submissions]


def test_a_submission_has_its_author_and_its_time(tmp_path: Path) -> None:
    [one] = collected(gradescope_export(tmp_path, "---\n" + ONE, "submission_1")).submissions
    assert one.people == (Person("gradescope", "00731", "Zoë Müller, jr.", "zoe@school.example"),)
    assert one.submitted == datetime(2026, 2, 5, 20, 14, 33, tzinfo=UTC)
    assert (one.student, one.source.name, one.problem) == ("00731", "submission_1", "")


@pytest.mark.parametrize("sid", ["00731", "'00731'", '"00731"'])
def test_a_numeric_id_keeps_its_zeros(tmp_path: Path, sid: str) -> None:
    metadata = entry(1, submitter("A", sid, "a@x.example"))
    assert students(gradescope_export(tmp_path, metadata, "submission_1")) == ["00731"]


@pytest.mark.parametrize("sid", [None, "", "~", "''"])
def test_without_an_id_the_login_stands_for_the_student(tmp_path: Path, sid: str | None) -> None:
    metadata = entry(1, submitter("A", sid, "Ann@x.example"))
    assert students(gradescope_export(tmp_path, metadata, "submission_1")) == ["ann"]


def test_a_login_that_two_people_have_stands_for_nobody(tmp_path: Path) -> None:
    metadata = entry(1, submitter("A", None, "ann@x.example")) + entry(
        2, submitter("A", None, "ann@y.example")
    )
    export = gradescope_export(tmp_path, metadata, "submission_1", "submission_2")
    assert students(export) == ["submission_1", "submission_2"]


def test_two_students_of_one_name_stay_two(tmp_path: Path) -> None:
    metadata = entry(1, submitter("Kim Lee", "1", "a@x.example")) + entry(
        2, submitter("Kim Lee", "2", "b@x.example")
    )
    assert students(gradescope_export(tmp_path, metadata, "submission_1", "submission_2")) == [
        "1",
        "2",
    ]


def test_a_group_is_one_submission_of_all_its_members(tmp_path: Path) -> None:
    group = submitter("B", "20", "b@x.example") + submitter("A", "10", "a@x.example")
    [one] = collected(gradescope_export(tmp_path, entry(1, group), "submission_1")).submissions
    assert one.student == "10+20"
    assert [person.id for person in one.people] == ["20", "10"]


def test_the_newest_of_two_submissions_is_graded_and_the_older_named(tmp_path: Path) -> None:
    ann = submitter("A", "1", "a@x.example")
    metadata = entry(2, ann, "2026-02-06 08:00:00.0 -08:00") + entry(3, ann)
    found = collected(gradescope_export(tmp_path, metadata, "submission_2", "submission_3"))
    [one] = found.submissions
    assert (one.source.name, one.earlier) == ("submission_2", ("submission_3",))
    assert any("submission_3" in remark for remark in found.remarks)


def test_somebody_in_two_groups_is_told(tmp_path: Path) -> None:
    ann, bob = submitter("A", "1", "a@x.example"), submitter("B", "2", "b@x.example")
    metadata = entry(1, ann) + entry(2, ann + bob)
    found = collected(gradescope_export(tmp_path, metadata, "submission_1", "submission_2"))
    assert len(found.submissions) == 2
    assert any("1 belongs to submission_1, submission_2" in remark for remark in found.remarks)


def test_what_the_metadata_and_the_folders_do_not_share_is_listed(tmp_path: Path) -> None:
    metadata = ONE + entry(2, submitter("B", "2", "b@x.example"))
    export = gradescope_export(tmp_path, metadata, "submission_1", "submission_9")
    found = collected(export)
    assert [one.student for one in found.submissions] == ["00731", "submission_9"]
    assert [remark.split()[0] for remark in found.remarks] == ["submission_2", "submission_9"]


def test_what_systems_leave_behind_is_no_submission(tmp_path: Path) -> None:
    export = gradescope_export(tmp_path, ONE, "submission_1")
    files(export, "__MACOSX/._x", ".DS_Store", "submission_1/.DS_Store")
    assert len(collected(export).submissions) == 1


def test_the_folder_around_an_export_may_be_named(tmp_path: Path) -> None:
    assert students(gradescope_export(tmp_path / "x", ONE, "submission_1").parent) == ["00731"]


def test_an_export_without_metadata_is_refused(tmp_path: Path) -> None:
    files(tmp_path, "submission_1/cnn.ipynb", "submission_2/cnn.ipynb")
    with pytest.raises(CollectError, match=r"submission_metadata\.yml is missing"):
        collected(tmp_path)


@pytest.mark.parametrize(
    "metadata",
    ["", "[1, 2]", "submission_1: text", "{", "a: &a [*a]", "[" * 5000, "? [a]\n: b", "\x00"],
    ids=lambda text: repr(text[:12]),
)
def test_unusable_metadata_is_refused(tmp_path: Path, metadata: str) -> None:
    with pytest.raises(CollectError, match="not as Gradescope writes it"):
        collected(gradescope_export(tmp_path, metadata, "submission_1"))


def test_metadata_cannot_make_objects(tmp_path: Path) -> None:
    trap = "submission_1: !!python/object/apply:os.mkdir [made]\n"
    with pytest.raises(CollectError):
        collected(gradescope_export(tmp_path, trap, "submission_1"))
    assert not Path("made").exists()

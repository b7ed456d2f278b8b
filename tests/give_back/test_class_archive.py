"""A term in one file: a class again when it is unpacked, or points and statistics without names."""

import csv
import io
import sqlite3
import zipfile
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from autograder.classroom.report import CLASS_REPORT
from autograder.classroom.views import Views
from autograder.cli.app import app
from autograder.course.late import final_score
from autograder.give_back.archive import CONTENTS, write_archive
from autograder.store.store import Store
from autograder.store.writing import StoreError
from tests.support.sample_class import sample_class, write_class
from tests.support.sample_grades import COMPLETED

DAY = date(2026, 7, 31)


def unpacked(path: Path, folder: Path) -> Path:
    with zipfile.ZipFile(path) as archive:
        archive.extractall(folder)
    return folder


def test_an_archive_with_names_is_a_class_again(tmp_path: Path) -> None:
    views = sample_class(tmp_path / "grades")
    (tmp_path / "grades" / "decisions.toml").write_text("# nothing was decided\n")
    kept = write_archive(views, names=True, today=DAY)
    assert kept.path == tmp_path / "grades" / "archive" / "class-2026-07-31.zip"
    assert {CONTENTS, "class.sqlite", "decisions.toml", "gradebook.csv"} <= set(kept.holds)
    folder = unpacked(kept.path, tmp_path / "again")
    again = Views(Store(folder), views.showing)
    assert again.table() == views.table()
    for grade in views.table():
        assert (folder / "students" / views.store.folder_of(grade.student)).is_dir()
    assert not (folder / "archive").exists() and not (folder / ".lock").exists()


def test_what_is_written_meanwhile_leaves_the_copy_whole(tmp_path: Path) -> None:
    views = sample_class(tmp_path / "grades")
    path = tmp_path / "grades" / "class.sqlite"
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("UPDATE students SET folder = 'half' WHERE rowid = 1")
        kept = write_archive(views, names=True, today=DAY)
        other.execute("ROLLBACK")
    folder = unpacked(kept.path, tmp_path / "again")
    assert Views(Store(folder), views.showing).table() == views.table()


def test_an_archive_without_names_holds_points_and_nobody(tmp_path: Path) -> None:
    views = sample_class(tmp_path)
    kept = write_archive(views, names=False, today=DAY)
    assert kept.path.name == "class-2026-07-31-without-names.zip"
    assert set(kept.holds) == {CONTENTS, "gradebook.csv", "statistics.csv", "statistics.html"}
    with zipfile.ZipFile(kept.path) as archive:
        texts = {name: archive.read(name).decode() for name in archive.namelist()}
    rows = list(csv.DictReader(io.StringIO(texts["gradebook.csv"])))
    assert [row["student"] for row in rows] == [f"student_{n:03d}" for n in range(1, len(rows) + 1)]
    scores = sorted(float(row["score"]) for row in rows if row["score"])
    assert scores == sorted(final_score(g) for g in views.table() if g.ending != "grader_error")
    assert all(row["submission"] == "" for row in rows)
    everything = "".join(texts.values())
    assert "secret" not in everything
    # The hostile one has named a check, too, which no student can.
    sources = [g.source for g in views.table() if "<script>" not in g.source]
    assert sources and not any(source in everything for source in sources)


def test_the_order_without_names_is_another_each_time(tmp_path: Path) -> None:
    views = sample_class(tmp_path)
    orders = set[str]()
    for _ in range(4):
        with zipfile.ZipFile(write_archive(views, names=False, today=DAY).path) as archive:
            orders.add(archive.read("gradebook.csv").decode())
    assert len(orders) > 1


def test_a_class_of_a_few_is_not_kept_without_names(tmp_path: Path) -> None:
    views = write_class(tmp_path, [COMPLETED])
    with pytest.raises(StoreError, match="everybody would know who is meant"):
        write_archive(views, names=False, today=DAY)
    assert not list((tmp_path / "archive").iterdir())


def test_the_command_says_what_the_archive_holds(tmp_path: Path) -> None:
    views = sample_class(tmp_path)
    views.store.write_file(CLASS_REPORT, "report")
    views.store.close()
    done = CliRunner().invoke(app, ["archive", str(tmp_path)], env={"COLUMNS": "400"})
    assert done.exit_code == 0, done.output
    assert "17 students; CONTENTS.txt, class.sqlite" in done.output
    assert "class-report.html" in done.output

"""The log of an operation can be searched by student, and never stops or changes a grading."""

import logging
from pathlib import Path

import pytest

from autograder import log

LOGGER = logging.getLogger("autograder.some.part")


def lines(folder: Path) -> list[str]:
    return (folder / log.FILE).read_text("utf-8").splitlines()


def test_every_line_of_a_traceback_is_found_by_the_students_name(tmp_path: Path) -> None:
    with log.to_folder(tmp_path):
        log.about("student_001")
        try:
            raise KeyError("deep")
        except KeyError:
            LOGGER.exception("a fault")
        log.about("student_002")
        LOGGER.info("all is well")
    of_first = [line for line in lines(tmp_path) if "student_001" in line]
    assert len(of_first) > 3
    assert "Traceback" in of_first[1] and of_first[-1].endswith("some.part: KeyError: 'deep'")
    assert lines(tmp_path)[-1].endswith("all is well") and "student_002" in lines(tmp_path)[-1]
    assert len(lines(tmp_path)) == len(of_first) + 1


@pytest.mark.parametrize("text", ["a\nb", "a\r\nb", "a\u2028b", "a\x0bb"])
def test_a_hostile_text_makes_no_line_of_its_own(tmp_path: Path, text: str) -> None:
    with log.to_folder(tmp_path):
        log.about("x\n2026 INFO student_009 forged")
        LOGGER.info("it said %s\x1b[2J\u202e", text)
    assert len(lines(tmp_path)) == 2
    assert all("x 2026 INFO" in line and "\x1b" not in line for line in lines(tmp_path))


@pytest.mark.parametrize(
    ("detail", "expected"),
    [("off", 0), ("warning", 1), ("info", 2), ("debug", 3)],
)
def test_one_setting_says_how_much(tmp_path: Path, detail: str, expected: int) -> None:
    with log.to_folder(tmp_path / "new", log.Detail(detail)):
        assert not (tmp_path / "new").exists()
        LOGGER.debug("1")
        LOGGER.info("2")
        LOGGER.warning("3")
    assert (len(lines(tmp_path / "new")) if expected else 0) == expected
    assert (tmp_path / "new").exists() == bool(expected)
    LOGGER.error("after the end")
    assert (len(lines(tmp_path / "new")) if expected else 0) == expected


def test_old_files_give_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "FILE_BYTES", 2_000)
    with log.to_folder(tmp_path):
        for number in range(1_000):
            LOGGER.info("%d %s", number, "x" * 50)
    files = list(tmp_path.iterdir())
    assert len(files) == 1 + log.OLDER_FILES
    assert all(file.stat().st_size <= 2_000 for file in files)
    assert lines(tmp_path)[-1].endswith("999 " + "x" * 50)


def test_a_folder_that_cannot_be_written_to_stops_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "file", Path("/proc/nothing")):
        with log.to_folder(folder):
            LOGGER.error("lost")
    assert capsys.readouterr() == ("", "")

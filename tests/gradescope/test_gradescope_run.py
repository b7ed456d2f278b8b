"""A run on Gradescope, without its container: limits, metadata, and results whatever happens."""

import json
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from autograder.course.settings import Limits
from autograder.gradescope import container
from autograder.gradescope.limits import Container, limits_within, this_container
from autograder.gradescope.submitted import submission_in
from proofs.fit import Fit, page, recommended

WRITES = "import sys; open(sys.argv[1], 'w').write('{\"score\": 1}')"


def layout(root: Path, metadata: Any = None, *names: str) -> Path:
    for folder in ("submission", "results"):
        (root / folder).mkdir()
    for name in names:
        (root / "submission" / name).write_text("{}")
    if metadata is not None:
        (root / "submission_metadata.json").write_text(json.dumps(metadata))
    return root


def guarded(root: Path, program: str, seconds: float = 30) -> str:
    return container.run(root, [sys.executable, "-c", program], seconds)


def test_the_results_are_those_of_the_process_that_grades(tmp_path: Path) -> None:
    assert guarded(layout(tmp_path), WRITES) == ""
    assert json.loads((tmp_path / "results" / "results.json").read_text()) == {"score": 1}
    assert len(list((tmp_path / "results").iterdir())) == 1


def test_the_process_that_sandboxes_are_forked_from_has_none_of_our_variables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET", "1")
    tells = "import json, os, sys; json.dump(dict(os.environ), open(sys.argv[1], 'w'))"
    assert guarded(layout(tmp_path), tells) == ""
    variables = json.loads((tmp_path / "results" / "results.json").read_text())
    assert "SECRET" not in variables and variables["HOME"] == "/nonexistent"


@pytest.mark.parametrize(
    ("program", "says"),
    [
        ("raise SystemExit(1)", "status 1"),
        ("import os; os.kill(os.getpid(), 9)", "signal 9"),
        ("pass", "status 0"),
        ("import time; time.sleep(60)", "not ended after 1 s"),
    ],
)
def test_a_process_that_leaves_no_results_is_a_fault_of_the_grader(
    tmp_path: Path, program: str, says: str
) -> None:
    started = time.monotonic()
    assert says in guarded(layout(tmp_path), program, 1 if "sleep" in program else 30)
    assert time.monotonic() - started < 20


def test_a_fault_of_the_grader_has_no_score_and_asks_for_an_instructor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(container, "run", lambda *_: "grading ended with status 1")
    container.main(layout(tmp_path))
    report = json.loads((tmp_path / "results" / "results.json").read_text())
    assert "score" not in report and "tests" not in report
    assert report["extra_data"]["message"] == "grading ended with status 1"
    assert "no zero" in report["output"] and "status 1" not in report["output"]
    assert report["stdout_visibility"] == "hidden"


def test_results_come_before_gradescopes_own_time_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[float] = []

    def remember(_root: Path, command: list[str], seconds: float) -> str:
        told.extend((float(command[-1]), seconds))
        return ""

    monkeypatch.setattr(container, "run", remember)
    monkeypatch.setattr(container, "_timeout_minutes", lambda: 10.0)
    container.main(layout(tmp_path))
    assert 540 < told[0] < 556 and told[1] == 585


def test_the_courses_limits_hold_where_there_is_room() -> None:
    limits = Limits()
    roomy = Container(cpus=4, memory_megabytes=6144)
    by_the_clock = replace(limits, wall_factor=555 / (300 + 20))
    assert limits_within(limits, roomy, 555) == by_the_clock
    assert limits_within(limits, Container(), 555) == by_the_clock
    assert limits_within(limits, roomy, 5000) == limits


def test_half_a_core_has_twice_the_time_but_never_more_than_there_is() -> None:
    limits = limits_within(Limits(), Container(cpus=0.5), 555)
    assert (limits.cell_seconds, limits.call_seconds) == (80, 40)
    assert limits.submission_seconds == 555 - 40


@pytest.mark.parametrize("seconds", [30.0, 75.0, 555.0, 2355.0])
def test_the_last_call_ends_before_the_time_does(seconds: float) -> None:
    limits = limits_within(Limits(submission_seconds=3600), Container(cpus=0.5), seconds)
    taken = limits.submission_seconds + limits.call_seconds
    assert taken * limits.wall_factor <= seconds + 1e-9
    assert limits.cell_seconds <= seconds


@pytest.mark.parametrize(("megabytes", "left"), [(768, 768), (2200, 1400), (2848, 2048)])
def test_a_submission_gets_the_memory_that_the_grader_leaves(megabytes: int, left: int) -> None:
    limits = limits_within(Limits(), Container(memory_megabytes=megabytes), 555)
    assert limits.memory_megabytes == left


@pytest.mark.parametrize(
    "files",
    [
        {"cpu.max": "50000 100000", "memory.max": "805306368"},
        {
            "cpu/cpu.cfs_quota_us": "50000",
            "cpu/cpu.cfs_period_us": "100000",
            "memory/memory.limit_in_bytes": "805306368",
        },
    ],
    ids=["version 2", "version 1"],
)
def test_the_containers_bounds_are_read(tmp_path: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text + "\n")
    assert this_container(tmp_path) == Container(0.5, 768)


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"cpu.max": "max 100000", "memory.max": "max"},
        {"cpu/cpu.cfs_quota_us": "-1", "memory/memory.limit_in_bytes": "9223372036854771712"},
    ],
    ids=["none", "version 2", "version 1"],
)
def test_no_bounds_are_no_bounds(tmp_path: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text + "\n")
    assert this_container(tmp_path) == Container()


METADATA = {
    "id": 409194023,
    "created_at": "2026-02-05T20:14:33.111111-08:00",
    "assignment": {"due_date": "2026-02-04T20:00:00.000000-08:00", "total_points": "100.0"},
    "users": [{"email": "a@x.example", "id": 7, "name": "Jane Doe"}],
}
DUE = datetime(2026, 2, 5, 4, tzinfo=UTC)


def test_times_come_from_the_metadata_and_the_name_stays_out(tmp_path: Path) -> None:
    submission = submission_in(layout(tmp_path, METADATA, "cnn.ipynb"))
    assert submission.student == "submission_409194023"
    assert submission.submitted == datetime(2026, 2, 6, 4, 14, 33, tzinfo=UTC)
    assert submission.due == DUE
    assert "Doe" not in repr(submission)


def test_an_extension_counts(tmp_path: Path) -> None:
    later = {"due_date": "2026-02-06T20:00:00-08:00"}
    metadata = METADATA | {"users": [{"assignment": {"due_date": None}}, {"assignment": later}]}
    due = submission_in(layout(tmp_path, metadata, "cnn.ipynb")).due
    assert due == datetime(2026, 2, 7, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    "metadata", [None, [], {"users": {}, "assignment": 3, "id": [1]}, {"created_at": "yesterday"}]
)
def test_without_sound_metadata_the_times_are_not_known(tmp_path: Path, metadata: Any) -> None:
    submission = submission_in(layout(tmp_path, metadata, "cnn.ipynb"))
    assert (submission.submitted, submission.due) == (None, None)


def test_a_zip_that_is_all_there_is_is_the_submission(tmp_path: Path) -> None:
    assert submission_in(layout(tmp_path, None, "a.zip")).source.name == "a.zip"


def test_otherwise_the_folder_is(tmp_path: Path) -> None:
    assert submission_in(layout(tmp_path, None, "a.zip", "b.ipynb")).source.name == "submission"


@pytest.mark.parametrize(
    ("megabytes", "seconds", "size"),
    [(400, 20, (0.5, 768)), (700, 20, (1, 1536)), (400, 150, (1, 1536)), (9000, 1, (4, 6144))],
)
def test_the_smallest_container_with_room_to_spare_is_chosen(
    megabytes: float, seconds: float, size: tuple[float, int]
) -> None:
    fit = Fit(megabytes, megabytes, seconds, seconds, 5, "120", 1500, "2.15.0", 3.0)
    assert recommended(fit) == size
    assert f"{size[1]:,} MB**" in page(fit)


@pytest.mark.parametrize(
    ("megabytes", "answer"),
    [
        (900, "do not fit**: the solved notebook takes 132 MB more"),
        (700, "are too tight**: the solved notebook leaves 68 MB"),
        (500, "fit**, with 268 MB to spare"),
    ],
)
def test_the_smallest_container_gets_a_plain_answer(megabytes: float, answer: str) -> None:
    written = page(Fit(megabytes, megabytes, 8, 9, 2.26, "120", 1500, "2.15.0", 3.0))
    assert f"**0.5 CPU and 768 MB {answer}" in written
    assert written.splitlines()[-1] == f"before the first cell 2.3 s, peak {megabytes} MB"

"""The engine lasts: a mixed class leaves nothing behind, a killed grader loses nothing.

`make load` does the same with a thousand submissions and fifty kills.
"""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.records import Ending, Submission
from proofs.endurance import mix
from proofs.endurance.kills import Kill, Kills, differences
from proofs.endurance.load import Load, Row, run_load
from proofs.endurance.onlooker import Sample
from proofs.endurance.report import last_line, page
from tests.support.sample_grades import COMPLETED, FAILED, PASSED, UNREADABLE
from tests.support.sandbox_helpers import linux_root

ROOT = Path(__file__).resolve().parents[2]
FOUND = Load(
    "1: namespaces, as root",
    {"honest": Row(6, 6, {"completed": 6}), "slow": Row(4, 4, {"time_limit": 4})},
    10,
    (Sample(1, 60, 800.0), Sample(10, 600, 800.9)),
    0,
    (),
)
KILLED = Kills(8, 20.0, (Kill(1.0, 0), Kill(9.0, 3), Kill(15.0, 8)), 2, (), ())


def test_every_kind_of_submission_is_in_the_mix() -> None:
    assert set(mix.PATTERN[:11]) == {"honest", "mistaken", "hostile", "blank", "slow", "unreadable"}
    attacks = mix.attacks_for_any_lesson()
    endings = {ending for attack in attacks for ending in attack.ending}
    assert {Ending.TIME_LIMIT, Ending.MEMORY_LIMIT, Ending.OUTPUT_LIMIT, Ending.CRASHED} <= endings
    assert len(attacks) > 40


def test_a_grade_other_than_that_of_its_kind_is_told() -> None:
    submission = Submission("student_001", Path("student_001.ipynb"))
    full = replace(COMPLETED, questions=(PASSED,))
    assert mix.judge_share(1.0, submission, full) == []
    assert mix.judge_share(0.0, submission, full) == ["q1 got 5 of 5"]
    assert mix.judge_share(1.0, submission, replace(full, questions=(PASSED, FAILED)))
    assert mix.judge_share(0.0, submission, UNREADABLE)
    assert mix.judge_unreadable(submission, UNREADABLE) == []
    assert mix.judge_unreadable(submission, full)


@pytest.mark.parametrize(
    "changes",
    [
        {"students": 9},
        {"descriptors": 1},
        {"left": ("left behind: process 7",)},
        {"rows": {"honest": Row(10, 9, {"completed": 10})}},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_what_is_lost_left_or_other_than_expected_fails(changes: dict[str, object]) -> None:
    assert FOUND.holds
    assert not replace(FOUND, **changes).holds  # type: ignore[arg-type]


def test_the_last_line_and_the_page_tell_what_was_measured() -> None:
    line = last_line(FOUND, KILLED)
    assert line.startswith(
        "submissions 10, rows 10, as expected 10, memory +0.9 MB, descriptors +0, left behind 0"
    )
    assert line.endswith("kills 3, same gradebook 2 of 2, left behind 0")
    text = page(FOUND, KILLED)
    assert "| slow | 4 | 4 | time_limit 4 |" in text and "| 10 | 10.0 | 800.9 |" in text
    assert "no process, file, control group, mount or descriptor was left" in text
    assert "process 7" in page(replace(FOUND, left=("left behind: process 7",)), None)


def test_another_gradebook_and_another_file_are_told(tmp_path: Path) -> None:
    for place in ("undisturbed", "class 1"):
        (tmp_path / place).mkdir()
        (tmp_path / place / "gradebook.csv").write_text("student,score\n")
    assert differences(tmp_path, "class 1") == []
    (tmp_path / "class 1" / ".record.json.0").touch()
    (tmp_path / "class 1" / "gradebook.csv").write_text("student\n")
    assert len(differences(tmp_path, "class 1")) == 2


@pytest.mark.slow
@linux_root
def test_a_mixed_class_leaves_nothing_behind_and_every_grade_is_as_expected() -> None:
    found = run_load(5, 2)
    assert found.holds, found
    assert set(found.rows) == {"honest", "mistaken", "hostile", "blank"}


@pytest.mark.slow
@linux_root
def test_a_killed_grader_leaves_no_process_and_loses_nothing(tmp_path: Path) -> None:
    """In a process of its own: what is left behind must become its child."""
    program = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "from pathlib import Path\n"
        "from proofs.endurance.kills import run_kills\n"
        "from tests.support.small_assignment import assignment\n"
        f"small = assignment(Path({str(tmp_path)!r}))\n"
        "found = run_kills(small, 1, 6, seed=5)\n"
        "assert found.holds and len(found.kills) == 1, found"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr

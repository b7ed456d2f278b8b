"""What the benchmark tells, and that it refuses to compare unequal work."""

import json
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.course.build.products import Built
from autograder.paths import PROJECT
from proofs.bench import command as bench
from proofs.bench.command import BenchError, Measured
from proofs.bench.report import ratios, report
from proofs.harness import machine
from tests.support.assignments import LESSON

MEASURED = Measured(
    submissions=12,
    engine=40.0,
    otter_serial=200.0,
    otter_side_by_side=130.0,
    own_compute=4.0,
    graded=5.5,
    cells=4.1,
    beside=0.23,
    checks=0.31,
    called=0.09,
    added=0.26,
    overhead=0.17,
    memory=(812.4, 815.0),
)


def test_the_ratios_stand_in_one_line() -> None:
    assert ratios(MEASURED) == "throughput ratio to otter run: 5.00 (serial), 3.25 (side by side)"


def test_the_page_has_every_measurement() -> None:
    page = report(MEASURED)
    for cell in ("| 40.0 | 3.33 |", "| 200.0 | 16.67 |", "| 130.0 | 10.83 |"):
        assert cell in page
    assert "| 4.10 |" in page and "| 0.23 |" in page and "| 0.31 |" in page
    assert "0.26 s more" in page and "| 0.09 |" in page and "0.17 s\nare" in page
    assert "| 10 submissions | 812 |" in page and "| 100 submissions | 815 |" in page


def test_a_page_about_the_machine_needs_no_lesson() -> None:
    program = "import proofs.harness, sys; assert 'cnnlab' not in sys.modules"
    subprocess.run([sys.executable, "-c", program], cwd=PROJECT, check=True)


def test_the_page_names_the_machine_by_its_parts_alone() -> None:
    assert re.match(r"\d+ cores \(.+\), \d+ GiB of memory, \w+, Python 3\.\d+", machine())
    assert socket.gethostname() not in report(MEASURED)


def test_marks_that_differ_stop_the_comparison(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    results = tmp_path / "grades" / "students" / "student_001" / "results.json"
    results.parent.mkdir(parents=True)
    results.write_text(json.dumps({"score": 99.0}), encoding="utf-8")
    monkeypatch.setattr(bench, "run_python", lambda *_, **_keywords: "")
    monkeypatch.setattr(bench, "_possible", lambda _: 120.0)
    with pytest.raises(BenchError, match=r"student_001 99\.0 of 120\.0"):
        bench._engine_seconds(tmp_path, tmp_path / "grades", Built(LESSON, tmp_path, "", ()))

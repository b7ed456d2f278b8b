"""Stock `otter run` gives an honest submission the marks that the engine gives it.

The engine's marks are those of example_marks.toml (test_example_class.py holds it to them). Stock
otter lends nothing: the student is one whose mistakes touch no other question.
"""

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from autograder.course.build.products import ensure_built
from scripts.make_example_class import EXAMPLE
from tests.support.assignments import LESSON

EXPECTED: dict[str, dict[str, Any]] = tomllib.loads(
    (Path(__file__).parents[1] / "example_marks.toml").read_text(encoding="utf-8")
)


@pytest.mark.slow
@pytest.mark.timeout(900)  # a whole training in stock otter, beside other tests
def test_otter_run_gives_the_same_marks_question_by_question(tmp_path: Path) -> None:
    student = "student_007"
    zip_file = ensure_built(LESSON).autograder_zip.resolve()
    command = [sys.executable, "-m", "otter", "run", str(EXAMPLE / f"{student}.ipynb")]
    subprocess.run(
        [*command, "-a", str(zip_file), "-o", str(tmp_path)],
        cwd=tmp_path,
        env=os.environ | {"OMP_NUM_THREADS": "1"},  # another test has the other core
        capture_output=True,
        check=True,
    )
    tests = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))["tests"]
    lost = {
        test["name"]: test["max_score"] - test["score"]
        for test in tests
        if test.get("score", 0) < test.get("max_score", 0)  # otter's summary has neither
    }
    assert lost == EXPECTED[student]["lost"]

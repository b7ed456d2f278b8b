"""Of a hidden check a student reads the cause, and no number of its inputs."""

from pathlib import Path

import pytest
from test_score import Answer, question

from autograder.judge.score import score_question
from labkit import run

QUOTING = '''
from otter.test_files import test_case
OK_FORMAT = False
name = "q1"
points = 2

@test_case(points=1, hidden={hidden})
def test_it(answer):
    """It"""
    raise AssertionError("q1: 0.12345 and -3.4567e-05 of 3 inputs, not 0.5")
'''


@pytest.mark.parametrize("hidden", [True, False])
def test_a_hidden_check_quotes_no_precise_number(tmp_path: Path, hidden: bool) -> None:
    checks = question(tmp_path, QUOTING.format(hidden=hidden))
    (case,) = score_question(checks, Answer(answer=1)).cases
    shown = "q1: 0.12345 and -3.4567e-05 of 3 inputs, not 0.5"
    assert case.message == ("q1: … and … of 3 inputs, not 0.5" if hidden else shown)


def test_evidence_is_collected_only_while_a_check_runs(tmp_path: Path) -> None:
    score_question(question(tmp_path), Answer(answer=2, order=[]))
    assert run.current().shown is None

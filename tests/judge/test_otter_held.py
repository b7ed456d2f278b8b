"""A notebook's state of a moment is kept, and judged later; what comes back is checked."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from autograder.course.settings import Limits
from autograder.judge.beside import Verdicts, read_verdicts
from autograder.judge.session import Session
from autograder.records import Cell
from autograder.sandbox.launch import Zygote
from autograder.wire.frames import WireError
from tests.support.sandbox_helpers import TIERS, linux_root, small_policy

SERVE = "autograder.inside.serve"


@pytest.fixture(scope="module", params=TIERS)
def zygote(request: pytest.FixtureRequest) -> Iterator[Zygote]:
    with Zygote(small_policy(request.param, preload=("IPython", SERVE), serve=SERVE)) as started:
        yield started


@linux_root
def test_each_state_is_judged_as_it_was(zygote: Zygote) -> None:
    session = Session.over(zygote.spawn_now(), Limits())
    request = json.dumps(
        {
            "form": "ok",
            "name": "q1",
            "tell": True,
            "cases": [">>> x\n1", ">>> x.append(2)", ">>> x"],
        }
    ).encode()
    try:
        numbers: list[int] = []
        for source in ("x = 1", "x = [1]", "del x"):
            session.run_cell(Cell(0, source), 5)
            numbers.append(session.hold())
        judged = [session.judge(number, request, 3, 5).passed for number in (*numbers, numbers[1])]
        changed = (False, True, False)
        assert judged == [(True, False, False), changed, (False, False, False), changed]
        said = session.judge(numbers[2], request, 3, 5).messages[0]
        assert "NameError: name 'x' is not defined" in said
        assert session.run_cell(Cell(1, "print(1)"), 5).outputs
    finally:
        session.close()


GOOD = {"passed": True, "message": ""}


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        {"verdicts": [GOOD]},
        {"verdicts": [GOOD], "end": "", "score": 3},
        {"verdicts": [GOOD, GOOD, GOOD], "end": ""},
        {"verdicts": [GOOD], "end": ""},
        {"verdicts": [GOOD], "end": "fine"},
        {"verdicts": [GOOD, {"passed": 1, "message": ""}], "end": ""},
        {"verdicts": [GOOD, "yes"], "end": ""},
    ],
)
def test_a_judgement_of_another_form_is_refused(value: Any) -> None:
    with pytest.raises(WireError):
        read_verdicts(value, 2)


def test_a_judgement_that_ended_early_keeps_its_verdicts() -> None:
    found = read_verdicts({"verdicts": [GOOD], "end": "time"}, 2)
    assert found == Verdicts((True,), ("",), "time")

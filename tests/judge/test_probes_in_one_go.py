"""Several observations in one go: the same as one after another, and never fewer than asked for."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from cnnlab.probes import each, observe, observe_strided, probe_each

from labkit.run import running


def double(x: Any) -> Any:
    if not isinstance(x, torch.Tensor):
        raise TypeError("no tensor")
    return 2 * x


CALLS = [
    (observe, (double, torch.ones(2)), {}),
    (observe, (double, "two"), {}),
    (observe_strided, (double,), {"x": torch.ones(1)}),
]


def test_in_a_notebook_every_call_is_observed_in_its_order():
    seen = probe_each(CALLS)
    assert seen[0]["value"].tolist() == [2, 2]
    assert seen[1]["raised"] == "TypeError: no tensor"
    assert seen[2]["value"].tolist() == [2]


def run_with(answer: Callable[[Any], Any]) -> list[Any]:
    sent: list[Any] = []

    def run(function: Any, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        sent.append((function, arguments))
        return answer(arguments[0])

    try:
        with running(runner=run):
            return probe_each(CALLS)
    finally:
        assert len(sent) == 1 and sent[0][0] is each


def test_while_grading_one_request_carries_them_all():
    seen = run_with(each)
    assert [observed["raised"] for observed in seen] == ["", "TypeError: no tensor", ""]


@pytest.mark.parametrize("answer", [[], {}, [1, 2], [1, 2, 3, 4], None, "abc"], ids=repr)
def test_an_answer_with_too_few_or_too_many_observations_is_none(answer: Any):
    assert run_with(lambda _: answer) == [None, None, None]

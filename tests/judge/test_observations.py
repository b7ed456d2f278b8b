"""What is told of a call of student code, whatever it does to its arguments or raises."""

from typing import Any

import numpy as np
import pytest
import torch
from cnnlab.checks import Case, CheckFailed, compare
from cnnlab.probes import observe, observe_strided, probe

from labkit.run import running

NAN = float("nan")


def test_observing_catches_exit_but_not_a_keyboard_interrupt_or_a_time_limit() -> None:
    class TimeLimit(BaseException):
        pass

    def stop(kind: type[BaseException]) -> None:
        raise kind

    assert "SystemExit" in observe(stop, SystemExit)["raised"]
    for kind_of_stop in (KeyboardInterrupt, TimeLimit):
        with pytest.raises(kind_of_stop):
            observe(stop, kind_of_stop)


def test_an_error_without_readable_text_is_still_an_error() -> None:
    class Unreadable(Exception):
        def __str__(self) -> str:
            raise ValueError

    def fail() -> None:
        raise Unreadable

    assert observe(fail)["raised"].startswith("Unreadable: ")


def test_observing_works_on_copies_and_keeps_what_was_printed() -> None:
    original = torch.ones(2)

    def spoil(x: torch.Tensor) -> None:
        print("y" * 1000)
        x.zero_()

    observed = observe(spoil, original)
    assert original.tolist() == [1, 1]
    assert observed["changed"] == [0]
    assert observed["printed"] == "y" * 300
    with pytest.raises(CheckFailed, match="prints its result"):
        compare("q0", "spoil", spoil, [Case("ones", (original,))], [original])


class AlwaysEqual:
    def __eq__(self, _: object) -> bool:
        return True


def to_float64(x: torch.Tensor) -> None:
    x.data = x.data.double()


@pytest.mark.parametrize(
    ("change", "argument"),
    [
        (lambda x: x.add_(1), torch.zeros(2)),
        (lambda x: x.resize_(1), torch.zeros(2)),
        (lambda x: x.unsqueeze_(0), torch.zeros(2)),
        (to_float64, torch.zeros(2)),
        (lambda x: x.append(1), [1, 2]),
        (lambda x: x.__setitem__(0, False), [True]),
        (lambda x: x.__setitem__(0, 3), [torch.ones(2)]),
        (lambda x: x.fill_(NAN), torch.ones(2)),
        (lambda x: x.__setitem__(0, AlwaysEqual()), [1, 2]),
        (lambda x: x.__setitem__(0, 1.0), [1, 2]),
        (lambda x: x[0].pop(), ([1, 2],)),
        (lambda x: x["a"].mul_(2), {"a": torch.ones(2)}),
        (lambda x: x.clear(), {"a": 1}),
    ],
)
def test_an_argument_that_was_changed_in_place_is_told_and_stays_as_it_was(
    change: Any, argument: Any
) -> None:
    before = repr(argument)
    assert observe(lambda _, x: change(x), 3, argument)["changed"] == [1]
    assert observe(lambda _, x: change(x), 3, x=argument)["changed"] == [1]
    assert repr(argument) == before


READ_ONLY: list[Any] = [torch.ones(2), torch.ones(2, requires_grad=True), torch.ones(4)[::2]]
READ_ONLY += [torch.ones(2, device="meta"), 3, "text", None, abs]
READ_ONLY += [[1, (2, NAN), {"a": torch.zeros(1)}], AlwaysEqual, torch.tensor([NAN, 1.0])]
READ_ONLY += [[2 * torch.ones(2, requires_grad=True)]]


@pytest.mark.parametrize("argument", READ_ONLY)
def test_an_argument_that_was_only_read_is_not_told(argument: Any) -> None:
    assert observe(lambda x: repr(x), argument)["changed"] == []


def test_a_right_result_with_a_changed_input_is_not_right() -> None:
    x = torch.tensor([1.0, -1.0])
    with pytest.raises(CheckFailed, match=r"changes its input \(argument 1\) in place"):
        compare("q6", "relu", torch.Tensor.relu_, [Case("two", (x,))], [x.clamp(min=0)])


def test_strided_observation_hands_over_the_same_numbers_in_another_layout() -> None:
    x = torch.arange(12.0).reshape(3, 4)
    observed = observe_strided(lambda y: (y.is_contiguous(), y.sum().item()), x)
    assert observed["value"] == (False, 66.0)


def double_in_place(x: Any) -> Any:
    x *= 2
    return x


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6.0),
        np.arange(12.0).reshape(3, 4)[::2, ::-1],
        np.arange(6.0).reshape(2, 3).T,
        np.array([NAN, 1.0]),
        np.array(3),
        np.arange(4, dtype=np.int8),
    ],
    ids=["row", "view", "turned", "nan", "one", "small"],
)
def test_an_array_is_copied_in_its_layout_and_its_change_is_seen(array: Any) -> None:
    before = array.copy()
    seen = observe(double_in_place, array)
    assert seen["changed"] == [0] and np.array_equal(array, before, equal_nan=True)
    assert np.array_equal(seen["value"], 2 * before, equal_nan=True)
    layout = observe(lambda x: (x.flags.c_contiguous, list(x.strides), x * 1), array)
    assert layout["changed"] == []
    assert layout["value"][:2] == (array.flags.c_contiguous, list(array.strides))
    assert observe(lambda given: given[0].fill(7), [array])["changed"] == [0]


def test_an_array_that_shares_its_memory_or_holds_objects_is_copied_as_well() -> None:
    for array in (
        np.broadcast_to(np.arange(3.0), (4, 3)),
        np.lib.stride_tricks.sliding_window_view(np.arange(6.0), 3),
        np.array([[], []]),
        np.array(["a", None], dtype=object),
        np.array(["x", "y"]),
    ):
        seen = observe(lambda x: x.copy(), array)
        assert seen["raised"] == "" and seen["changed"] == []
        assert seen["value"].tolist() == array.tolist()


def test_a_result_that_a_later_call_changes_stays_as_it_was() -> None:
    shared = np.zeros(2)

    def counting() -> Any:
        shared[:] += 1
        return shared

    seen = [observe(counting) for _ in range(2)]
    assert [one["value"].tolist() for one in seen] == [[1, 1], [2, 2]]


def test_a_runner_is_handed_every_probe() -> None:
    with running(runner=lambda function, args, kwargs: (function.__name__, args, kwargs)):
        assert probe(observe, len, "abc", key=1) == ("observe", (len, "abc"), {"key": 1})
    assert probe(observe, len, "abc")["value"] == 3

"""Checks of whole numbers: what is read, what is refused, what is told of unusual values."""

import math

import numpy as np
import pytest
import torch
from cnnlab.feedback.numbers import is_integer, number_problem, whole_number, whole_numbers
from cnnlab.feedback.shapes import check_list_of_sides, check_sides, check_variant, check_variants
from cnnlab.feedback.sizes import size_cases, size_guesses
from cnnlab.number_checks import check_number, compare_numbers, compare_refusals
from cnnlab.probes.shapes import build, observe_network
from cnnlab.seals import seal
from hypothesis import given
from hypothesis import strategies as st

from labkit.diagnosis import CheckFailed, Diagnosis

ODD_VALUES = [
    None,
    ...,
    True,
    "400",
    b"400",
    3.5,
    math.nan,
    math.inf,
    10**5000,
    1e300,
    2j,
    [],
    [400],
    (400,),
    {"a": 1},
    {1, 2},
    object(),
    print,
    torch.tensor([]),
    torch.tensor([400]),
    torch.tensor(math.nan),
    torch.tensor(True),
    torch.randn(2, 3),
    np.array(["a"]),
    np.float32("nan"),
    np.array(None),
]
SEALED = seal("q3 it", 400)
SIDES = [seal(f"q3 sides[{index}]", side) for index, side in enumerate([26, 13, 11, 5], start=1)]


def verdict(check, *args, **options) -> Diagnosis | None:
    """What a check says; None where it passes."""
    try:
        check(*args, **options)
    except CheckFailed as failure:
        return failure.diagnosis
    return None


def number(value, causes=lambda number: []):
    return verdict(check_number, "q3", "it", value, SEALED, causes, advice="count again")


@pytest.mark.parametrize("value", [3, 3.0, np.int64(3), np.float32(3), torch.tensor(3)])
def test_a_whole_number_may_have_any_type(value):
    assert whole_number(value) == 3
    assert number_problem(value, "it") is None


@pytest.mark.parametrize("value", ODD_VALUES, ids=lambda value: type(value).__name__)
def test_no_value_stops_the_feedback(value):
    sizes = size_cases([(5, 3, 1, 0)])
    assert number(value)
    assert verdict(check_list_of_sides, "q3", "sides", value)
    assert verdict(check_sides, "q3", "sides", value, SIDES)
    assert verdict(check_sides, "q3", "sides", [28, value, 13, 11, 5], SIDES)
    assert verdict(check_variants, "q4", "it", value)
    assert verdict(check_variant, "q4", "it", value, "no_pool", SEALED)
    assert verdict(check_variant, "q4", "it", {"no_pool": value}, "no_pool", SEALED)
    assert verdict(compare_numbers, "q3", "f", value, sizes, [3], advice="count")
    assert verdict(compare_numbers, "q3", "f", lambda *_: value, sizes, [3], advice="count")
    assert verdict(compare_refusals, "q3", "f", lambda *_: value, [WIDE], FITS)


@given(st.integers())
def test_only_the_sealed_number_is_right(value):
    assert (number(value) is None) == (value == 400)


def test_a_wrong_number_without_a_known_cause_gets_the_general_advice():
    assert number(7) == Diagnosis("q3: it cannot be 7: count again.", symptom="values")


@pytest.mark.parametrize("sides", [(28, 26, 13, 11, 5), torch.tensor([28, 26, 13, 11, 5])])
def test_sides_may_stand_in_a_tuple_or_a_tensor(sides):
    assert whole_numbers(sides) == [28, 26, 13, 11, 5]
    assert verdict(check_sides, "q3", "sides", sides, SIDES) is None


@pytest.mark.parametrize(
    ("sides", "cause"),
    [
        ([26, 13, 11, 6], "rounded_up"),
        ([28, 28, 14, 14, 7], "padding_1"),
        ([28, 26, 26, 24, 24], "pool_keeps"),
        ([28, 26, 24], "no_pool"),
        ([28, 26, 24, 12], "final_pool_only"),
        ([28, 26, 26, 13, 11, 11, 5], "relu_listed"),
        ([784, 676, 169, 121, 25], "areas"),
        ([28, 27, 13, 12, 6], "kernel_2"),
        ([28, 25, 12, 9, 4], "kernel_4"),
        ([28, 26, 13, 13, 6], "padding_1_conv2"),
        ([28, 26, 25, 23, 22], "pool_stride_1"),
        ([28, 26, 13, 11, 5, 10], "fc_listed"),
        ([28, 26, 13, 11, 4], "pool_less_one"),
        ([28, 26, 13, 9, 4], "kernel_5_conv2"),
        ([28, 14, 7, 5, 2], "convolution_like_pool"),
        ([28, 14, 12, 6, 4], "pools_first"),
    ],
)
def test_a_wrong_list_of_sides_is_answered_with_its_cause(sides, cause):
    found = verdict(check_sides, "q3", "sides", sides, SIDES)
    assert found and (cause in found.causes if cause else not found.causes)


def test_a_list_of_sides_without_the_image_is_judged_by_its_sides():
    assert verdict(check_sides, "q3", "sides", [26, 13, 11, 5], SIDES) is None


def refuse(error):
    def conv_output_size(n, kernel_size, stride=1, padding=0):
        if n + 2 * padding < kernel_size:
            return error(n)
        return (n + 2 * padding - kernel_size) // stride + 1

    return conv_output_size


class TooWideError(ValueError):
    """A student's own error."""


def raising(kind):
    def act(n):
        raise kind("too wide")

    return act


WIDE, FITS = size_cases([(3, 5, 1, 0), (9, 3, 1, 0)])


@pytest.mark.parametrize("kind", [ValueError, TooWideError, AssertionError, RuntimeError])
def test_a_window_that_does_not_fit_may_be_refused_in_several_ways(kind):
    assert verdict(compare_refusals, "q3", "f", refuse(raising(kind)), [WIDE], FITS) is None


@pytest.mark.parametrize(
    ("act", "symptom", "words"),
    [
        (print, "prints_instead_of_raising", "instead of `print`"),
        (lambda n: None, "not_refused", "returns None"),
        (lambda n: "too wide", "not_refused", "instead of `return`"),
        (lambda n: 0, "not_refused", "0 or less"),
        (lambda n: 2, "not_refused", "raises no error"),
        (raising(TypeError), "wrong_error", "TypeError"),
        (raising(NotImplementedError), "wrong_error", "NotImplementedError"),
    ],
)
def test_a_window_that_does_not_fit_must_be_refused(act, symptom, words):
    found = verdict(compare_refusals, "q3", "f", refuse(act), [WIDE], FITS)
    assert found and found.symptom == symptom and words in found.text and not found.causes


def test_a_function_that_refuses_everything_refuses_nothing():
    def conv_output_size(*sizes, **options):
        raise ValueError("still to be written")

    found = verdict(compare_refusals, "q3", "f", conv_output_size, [WIDE], FITS)
    assert found and found.symptom == "raised"


SIZES = [(6, 3, 1, 0), (9, 3, 1, 1), (13, 5, 3, 2), (6, 3, 1, 0)]


def sizes_verdict(function, public=True):
    guesses = size_guesses(SIZES)
    return verdict(
        compare_numbers,
        "q3",
        "conv_output_size",
        function,
        size_cases(SIZES, "" if public else "some sides"),
        [4, 9, 5, 4],
        guesses,
        advice="count",
        public=public,
    )


def without_padding(n, kernel_size, stride=1, padding=0):
    return (n - kernel_size) // stride + 1


def test_only_a_public_check_tells_inputs_and_numbers():
    assert sizes_verdict(without_padding) == Diagnosis(
        "q3: the padding is missing. (Seen on n=9, kernel_size=3, stride=1, padding=1.)\n"
        "Expected: 9\nYours:    7",
        ("padding_missing",),
    )
    hidden = sizes_verdict(without_padding, public=False)
    assert hidden and not any(sign.isdigit() for sign in hidden.text.removeprefix("q3"))


def test_a_float_is_refused_by_public_checks_only():
    def conv_output_size(*size, **options):
        return float(refuse(raising(ValueError))(*size, **options))

    found = sizes_verdict(conv_output_size)
    assert found and found.symptom == "float"
    assert sizes_verdict(conv_output_size, public=False) is None
    assert is_integer(torch.tensor(3)) and not is_integer(torch.tensor(3.0))


def test_what_survives_from_call_to_call_is_named():
    calls = []

    def conv_output_size(n, kernel_size, stride=1, padding=0):
        calls.append(n)
        return (n + 2 * padding - kernel_size) // stride + len(calls)

    found = sizes_verdict(conv_output_size)
    assert found and found.causes == ("keeps_state",)


def test_a_wrong_guard_is_named():
    def conv_output_size(n, kernel_size, stride=1, padding=0):
        if padding:
            raise ValueError("no padding, please")
        return (n - kernel_size) // stride + 1

    found = sizes_verdict(conv_output_size)
    assert found and "refuses_padding" in found.causes


def test_a_name_that_holds_a_number_instead_of_the_function_is_named():
    found = verdict(compare_numbers, "q3", "f", 26, [WIDE], [1], advice="count")
    assert found and "overwritten" in found.text


def test_swapped_variants_are_named():
    swapped = {"no_pool": 400, "final_pool": 2304, "pool_after_each": 9216}
    sealed = seal('q4 it["no_pool"]', 9216)
    found = verdict(check_variant, "q4", "it", swapped, "no_pool", sealed)
    assert found and found.causes == ("another_variant",) and "swapped" in found.text
    assert verdict(check_variants, "q4", "it", swapped) is None


def test_networks_are_built_from_plain_values():
    network = build(
        [
            ("conv", 1, 2, 3, 3, False),
            ("norm", 2),
            ("frozen", ("conv", 2, 2, 1, 1, True)),
            ("group", [("relu",), ("pool", 2)]),
            ("again", 2),
        ]
    )
    assert network[4] is network[2]
    assert sum(parameter.numel() for parameter in network.parameters()) == 18 + 4 + 6
    assert not any(parameter.requires_grad for parameter in network[2].parameters())


def test_building_networks_leaves_the_global_random_state_alone():
    before = torch.get_rng_state()
    build([("conv", 1, 2, 3, 3, True), ("norm", 2), ("linear", 3, 4, True)])
    assert torch.equal(before, torch.get_rng_state())


def test_observed_networks_are_no_arguments_that_could_have_changed():
    seen = observe_network(lambda network: network.append(network[0]) and 8, [("relu",)])
    assert seen["changed"] == []

import math
import re

import numpy as np
import pytest
import torch
from cnnlab.feedback.counts import (
    FIELD_MISTAKES,
    count_problem,
    field_problem,
    parameters_problem,
    simple_cnn_field_problem,
)
from cnnlab.feedback.numbers import (
    float_problem,
    is_integer,
    number_problem,
    whole_number,
    whole_numbers,
)
from cnnlab.feedback.shapes import (
    SIZE_MISTAKES,
    flattened_size_problem,
    refusal_problem,
    sides_problem,
    size_problem,
    variant_problem,
    variants_problem,
)
from cnnlab.feedback.wrong_numbers import FLATTENED_SIZES, PARAMETER_TOTALS, RECEPTIVE_FIELDS
from cnnlab.probes import observe
from cnnlab.probes.shapes import build, observe_networks
from hypothesis import given
from hypothesis import strategies as st

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


@pytest.mark.parametrize("value", [3, 3.0, np.int64(3), np.float32(3), torch.tensor(3)])
def test_a_whole_number_may_have_any_type(value):
    assert whole_number(value) == 3
    assert number_problem(value, "it") is None


@pytest.mark.parametrize("value", ODD_VALUES, ids=lambda value: type(value).__name__)
def test_no_value_stops_the_feedback(value):
    expected = {"no_pool": 9216, "final_pool": 2304, "pool_after_each": 400}
    assert flattened_size_problem(value, 400)
    assert parameters_problem(value, 5258)
    assert sides_problem(value, [28, 26, 13, 11, 5])
    assert sides_problem([28, value, 13, 11, 5], [28, 26, 13, 11, 5])
    assert variants_problem(value)
    assert variant_problem(value, "no_pool", expected)
    assert variant_problem({"no_pool": value}, "no_pool", expected)
    assert size_problem(value, [(5, 3, 1, 0)], [3])
    assert size_problem([value], [(5, 3, 1, 0)], [3])
    assert refusal_problem(value, 2)
    assert refusal_problem([value, value], 2)
    assert simple_cnn_field_problem([value], [(3, 1)], [1, 3])
    assert size_problem([observe(lambda *_: value, 5, 3)], [(5, 3, 1, 0)], [3])
    assert field_problem([observe(lambda _: value, [(3, 1)])], [[(3, 1)]], [[1, 3]])
    assert isinstance(float_problem(value, "it"), str | None)


@given(st.integers())
def test_only_the_right_number_of_features_is_right(number):
    assert (flattened_size_problem(number, 400) is None) == (number == 400)
    assert (parameters_problem(number, 5258) is None) == (number == 5258)


@given(
    st.sampled_from(sorted({*FLATTENED_SIZES, 5, 25, 80, 200, 25600, 160000, 401})),
)
def test_the_message_on_a_wrong_number_does_not_give_the_right_one(number):
    message = flattened_size_problem(number, 400)
    assert message and not re.search(r"(?<!\d)400(?!\d)", message)


def test_the_tables_hold_no_right_number():
    assert 400 not in FLATTENED_SIZES
    assert 5258 not in PARAMETER_TOTALS
    assert 10 not in RECEPTIVE_FIELDS


def test_the_size_without_pooling_is_named():
    assert "24·24·16, the size without pooling; each 2×2 pool halves, rounding down" in str(
        flattened_size_problem(9216, 400)
    )


def right_size(n: int, k: int, s: int, p: int) -> int:
    return (n + 2 * p - k) // s + 1


SIZES = [
    (28, 3, 1, 0),
    (29, 3, 2, 0),
    (14, 5, 3, 2),
    (9, 4, 2, 1),
    (15, 2, 2, 0),
    (11, 4, 4, 3),
    (32, 5, 1, 2),
]


@pytest.mark.parametrize("sentence", SIZE_MISTAKES)
def test_every_known_way_to_miss_a_size_is_named(sentence):
    mistake = SIZE_MISTAKES[sentence]
    seen = [observe(mistake, *size) for size in SIZES]
    message = size_problem(seen, SIZES, [right_size(*size) for size in SIZES])
    assert message and sentence in message


def test_right_sizes_raise_no_complaint():
    seen = [observe(right_size, *size) for size in SIZES]
    assert size_problem(seen, SIZES, [right_size(*size) for size in SIZES]) is None


def test_a_kernel_that_does_not_fit_must_be_refused():
    def refuse(n: int, k: int) -> int:
        raise ValueError("does not fit")

    assert refusal_problem([observe(refuse, 3, 5), observe(refuse, 4, 7)], 2) is None
    assert "raise a ValueError" in str(refusal_problem([observe(lambda n, k: 0, 3, 5)], 1))
    assert "TypeError" in str(refusal_problem([observe(lambda n: n, 3, 5)], 1))


def test_a_name_that_holds_a_number_instead_of_the_function_is_named():
    message = size_problem([observe(26, 28, 3)], [(28, 3, 1, 0)], [26])
    assert "was its name used for a value" in str(message)


def test_a_float_is_named_even_if_it_is_whole():
    assert "a float" in str(float_problem(3.0, "the size"))
    assert float_problem(np.int64(3), "the size") is None
    assert is_integer(torch.tensor(3)) and not is_integer(torch.tensor(3.0))


@pytest.mark.parametrize("sides", [(28, 26, 13, 11, 5), torch.tensor([28, 26, 13, 11, 5])])
def test_sides_may_stand_in_a_tuple_or_a_tensor(sides):
    assert whole_numbers(sides) == [28, 26, 13, 11, 5]
    assert sides_problem(sides, [28, 26, 13, 11, 5]) is None


def test_a_list_of_sides_without_the_image_is_judged_by_its_sides():
    assert sides_problem([26, 13, 11, 5], [28, 26, 13, 11, 5]) is None
    assert "the second pool" in str(sides_problem([26, 13, 11, 6], [28, 26, 13, 11, 5]))


def test_swapped_variants_are_named():
    expected = {"no_pool": 9216, "final_pool": 2304, "pool_after_each": 400}
    swapped = {"no_pool": 400, "final_pool": 2304, "pool_after_each": 9216}
    assert "swapped" in str(variant_problem(swapped, "no_pool", expected))
    assert variant_problem(swapped, "final_pool", expected) is None


STACKS = [[(3, 1), (2, 2), (3, 1)], [(5, 2), (3, 3), (2, 2)], [(1, 2), (4, 1)]]


def fields(stack: list[tuple[int, int]]) -> list[int]:
    grown, jump = [1], 1
    for kernel_size, stride in stack:
        grown.append(grown[-1] + (kernel_size - 1) * jump)
        jump *= stride
    return grown


@pytest.mark.parametrize("sentence", FIELD_MISTAKES)
def test_every_known_way_to_miss_a_receptive_field_is_named(sentence):
    seen = [observe(FIELD_MISTAKES[sentence], stack) for stack in STACKS]
    message = field_problem(seen, STACKS, [fields(stack) for stack in STACKS])
    assert message and sentence in message


def test_a_forgotten_final_pool_is_named():
    layers = [(3, 1), (2, 2), (3, 1), (2, 2)]
    message = simple_cnn_field_problem([observe(lambda _: 8, layers)], layers, fields(layers))
    assert message and "the final pool is forgotten" in message


def test_a_function_that_empties_its_list_is_named():
    def consume(layers: list[tuple[int, int]]) -> int:
        field = 1
        while layers:
            kernel_size, stride = layers.pop()
            field = (field - 1) * stride + kernel_size
        return field

    seen = [observe(consume, stack) for stack in STACKS]
    message = field_problem(seen, STACKS, [fields(stack) for stack in STACKS])
    assert message and "changes the list" in message


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
    (seen,) = observe_networks(lambda network: network.append(network[0]) and 8, [[("relu",)]])
    assert seen["changed"] == []
    (seen,) = observe_networks(lambda network: 8, [[("linear", 3, 2, True)]])
    assert count_problem([seen], ["a layer"], [8], {}) is None

"""Guesses at wrong numbers: which causes are told for which number of q3, q4, q9 and q16."""

import math
import re

import pytest
from cnnlab.feedback.counts import COUNTS, count_guesses
from cnnlab.feedback.field_walks import TURNS, Walk
from cnnlab.feedback.fields import RULES, field_guesses
from cnnlab.feedback.flattened import feature_causes, feature_guesses
from cnnlab.feedback.guards import GUARDS
from cnnlab.feedback.parameters import parameter_causes, parameter_guesses
from cnnlab.feedback.plans import POOLS
from cnnlab.feedback.simple_cnn_field import simple_cnn_guesses
from cnnlab.feedback.sizes import OTHERS, size_guesses
from cnnlab.feedback.sizes import TURNS as SIZE_TURNS
from cnnlab.feedback.wrong_numbers import fitting

RIGHT = {"no_pool": 9216, "final_pool": 2304, "pool_after_each": 400}
SIMPLE_CNN = [(3, 1), (2, 2), (3, 1), (2, 2)]


@pytest.mark.parametrize("pools", POOLS)
def test_the_right_number_of_features_has_no_cause(pools):
    assert feature_causes(RIGHT[pools], pools) == []
    assert (RIGHT[pools],) not in {guess.numbers for guess in feature_guesses(pools)}


def test_the_right_number_of_parameters_has_no_cause():
    assert parameter_causes(5258) == []


@pytest.mark.parametrize("pools", POOLS)
def test_products_in_the_sentences_are_the_numbers_that_they_explain(pools):
    for guess in feature_guesses(pools):
        product = re.match(r"that is (\d[\d.]*(?:·\d[\d.]*)+)", guess.cause.text)
        if product:
            factors = [float(factor) for factor in product[1].split("·")]
            assert math.prod(factors) == pytest.approx(guess.numbers[0], rel=1e-4)


FEATURES = {
    3: "kernel_side",
    25: "one_channel",
    64: "three_pools",
    80: "not_squared",
    121: "first_pool_only+one_channel",
    169: "after_first_pool+one_channel",
    256: "kernel_5",
    400 * 64: "batch_counted",
    400**2: "squared",
    484: "half_pixels",
    576: "rounded_up",
    676: "after_conv1+one_channel",
    784: "padding_1",
    968: "first_pool_only+conv1_channels",
    1024: "padding_2",
    1352: "after_first_pool",
    1600: "final_pool_only+kernel_5",
    1936: "first_pool_only",
    2304: "final_pool_only",
    2704: "after_first_pool+conv2_channels",
    3136: "final_pool_only+padding_1",
    4000: "outputs_counted",
    5408: "after_conv1",
    6400: "no_pool+kernel_5",
    9216: "no_pool",
    10816: "after_conv1+conv2_channels",
    12544: "after_image+conv2_channels",
}


@pytest.mark.parametrize("number", FEATURES)
def test_a_wrong_number_of_features_is_explained(number):
    found = [cause.id for cause in feature_causes(number)]
    assert FEATURES[number] in found and len(found) <= 3


def test_a_number_that_several_mistakes_reach_names_them_all():
    assert {cause.id for cause in feature_causes(64)} == {"batch_size", "three_pools"}


def test_the_size_without_pooling_is_named():
    (cause,) = feature_causes(9216)
    assert cause.text == (
        "that is 24·24·16, the size without pooling; each 2×2 pool halves, rounding down"
    )


@pytest.mark.parametrize(
    ("pools", "number", "cause"),
    [
        ("final_pool", 9216, "batch_for_channels"),
        ("final_pool", 144, "one_channel"),
        ("final_pool", 2704, "half_pixels"),
        ("final_pool", 1152, "conv1_channels"),
        ("final_pool", 3136, "padding_1"),
        ("no_pool", 12544, "padding_1"),
        ("no_pool", 10816, "kernel_2"),
        ("no_pool", 589824, "batch_counted"),
        ("pool_after_each", 64, "three_pools"),
    ],
)
def test_a_variant_has_wrong_numbers_of_its_own(pools, number, cause):
    known = [found.id for found in feature_causes(number, pools)]
    assert cause in known or (pools, number) == ("final_pool", 2704)


PARAMETERS = {
    1224: "biases_missing_conv1_conv2+convolutions_alone",
    1658: "fc_outputs_forgotten",
    4250: "inputs_forgotten",
    4490: "area_not_squared_conv2",
    5224: "biases_missing",
    5249: "single_bias_fc",
    5386: "bias_per_kernel",
    5402: "rgb",
    10516: "twice",
    10666: "map_counted_conv1",
    21032: "bytes",
    24298: "fc_2304",
    93384: "biases_missing+fc_9216",
    93418: "fc_9216",
    336512: "batch_counted",
}


@pytest.mark.parametrize("number", PARAMETERS)
def test_a_wrong_number_of_parameters_is_explained(number):
    found = [cause.id for cause in parameter_causes(number)]
    assert PARAMETERS[number] in found and len(found) <= 3


def test_no_wrong_number_is_answered_with_a_long_list():
    for guess in (*feature_guesses(), *parameter_guesses()):
        (number,) = guess.numbers
        if isinstance(number, int):
            assert len(feature_causes(number)) <= 4
            assert len(parameter_causes(number)) <= 4


@pytest.mark.parametrize("number", [777, 5000, 123456])
def test_a_number_that_no_known_mistake_reaches_has_no_cause(number):
    assert feature_causes(number) == [] and parameter_causes(number) == []


FIELDS = {
    1: "after_0",
    2: "last_kernel",
    5: "pools_left_out",
    7: "strides_left_out",
    8: "after_3",
    11: "side_of_map",
    12: "side_of_map",
    13: "own_stride_first",
    16: "kernel_not_less_one",
    26: "side_of_map",
    64: "wider_than_image",
}


@pytest.mark.parametrize("number", FIELDS)
def test_a_wrong_receptive_field_of_simple_cnn_is_explained(number):
    found = [cause.id for cause in fitting([number], simple_cnn_guesses(SIMPLE_CNN))]
    assert FIELDS[number] in found and len(found) <= 4


def test_few_mistakes_reach_the_right_field_of_simple_cnn():
    ids = {cause.id for cause in fitting([10], simple_cnn_guesses(SIMPLE_CNN))}
    assert ids == {"kernels_added", "steps_added"}  # 3 + 2 + 3 + 2 happens to be right


# Sizes, stacks and networks on which no two known mistakes give the same.
SIZES = [(28, 3, 1, 0), (29, 3, 2, 0), (14, 5, 3, 2), (9, 4, 2, 1), (15, 2, 2, 0), (11, 4, 4, 3)]
SIZES += [(32, 5, 1, 2), (6, 6, 1, 0), (3, 5, 1, 1), (9, 9, 1, 1), (3, 7, 1, 3), (4, 5, 1, 1)]
STACKS = [[(3, 1), (2, 2), (3, 1)], [(5, 2), (3, 3), (2, 2)], [(1, 2), (4, 1)], [(3, 1), (3, 1)]]
STACKS += [[(4, 3), (2, 2), (5, 1)], []]
NETWORKS = [
    [("conv", 1, 4, 3, 3, True), ("relu",), ("pool", 2)],
    [("group", [("conv", 2, 3, 3, 3, False), ("relu",)]), ("linear", 5, 2, True)],
    [("conv", 2, 2, 3, 3, True), ("relu",), ("again", 0)],
    [("linear", 3, 4, True), ("frozen", ("linear", 4, 2, True))],
    [("conv", 1, 3, 3, 3, False), ("norm", 3)],
]


@pytest.mark.parametrize(
    ("guesses", "known"),
    [
        (size_guesses(SIZES), [*SIZE_TURNS, *OTHERS, *GUARDS]),
        (field_guesses(STACKS), [*TURNS, *RULES]),
        (count_guesses(NETWORKS), COUNTS),
    ],
    ids=["sizes", "fields", "counts"],
)
def test_every_known_way_to_miss_a_number_is_told_alone(guesses, known):
    found = list(guesses)
    single = {turn[0] if isinstance(turn, tuple) else turn.id for turn in known}
    for guess in found:
        if guess.cause.id in single and not any(map(_is_nan, guess.numbers)):
            assert [cause.id for cause in fitting(guess.numbers, found)] == [guess.cause.id]


def _is_nan(number):
    return number is not None and math.isnan(number)


def test_the_right_walk_is_no_guess_on_usual_stacks():
    right = tuple(Walk().field(stack) for stack in STACKS)
    assert fitting(right, field_guesses(STACKS)) == []

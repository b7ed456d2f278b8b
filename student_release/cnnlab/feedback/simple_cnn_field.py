"""Guess how a wrong receptive field of SimpleCNN was reached (q16), where it alone is wrong."""

from collections.abc import Iterator
from dataclasses import replace

from cnnlab.feedback.field_walks import Layers, Walk
from cnnlab.feedback.fields import field_guesses
from cnnlab.feedback.plans import IMAGE_SIDE, POOLS, Plan, sides
from cnnlab.feedback.wrong_numbers import Guess
from labkit.diagnosis import Cause

WIDEST = 10_000
RARE = frozenset(
    {
        *("backward_rule", "empty_0", "first_layer_twice", "first_stride_left_out", "half_kernel"),
        *("halved", "kernel_less_stride", "kernel_odd", "kernel_plus_one", "last_jump_added"),
        *("strides_to_power", "strides_two", "swapped", "three_assumed"),
    }
)
"""Mistakes that explain a single number by chance more often than not."""


def simple_cnn_guesses(layers: Layers) -> Iterator[Guess]:
    """Ways to miss the field of SimpleCNN's `layers`, where only this number is wrong."""
    for guess in field_guesses([layers]):
        rare = guess.cause.id in RARE
        yield replace(guess, cost=guess.cost + 0.4) if rare else guess
    for count in range(len(layers)):
        text = f"that is what a unit sees after {count} of the {len(layers)} layers"
        if not count:
            text = "that is a single pixel: every kernel wider than 1 widens the field"
        if count == len(layers) - 1:
            text += ": the final pool is forgotten"
        yield Guess(Cause(f"after_{count}", text), (Walk().field(layers[:count]),), 1.0)
    map_text = "that is the side of a feature map or of the image, not what one unit sees"
    area = "that is the number of pixels in a feature map, not what one unit sees"
    for plan in (Plan(), Plan(POOLS["no_pool"]), Plan(POOLS["final_pool"])):
        for side in sides(plan).values():
            yield Guess(Cause("side_of_map", map_text), (side,), 1.0)
            yield Guess(Cause("map_area", area), (side * side,), 1.0)
    text = "that is the number of convolutions or pools, or a pool's side"
    yield Guess(Cause("number_of_pools", text), (2,), 1.0)
    text = "that is half of the image's side: it says nothing about what one unit sees"
    yield Guess(Cause("half_image", text), (IMAGE_SIDE // 2,), 1.0)
    text = "that is wider than the image: a receptive field is a side, in pixels of the image"
    for number in range(IMAGE_SIDE + 1, WIDEST):
        yield Guess(Cause("wider_than_image", text), (number,), 3.0)

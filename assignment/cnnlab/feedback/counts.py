"""What is wrong with a count: the parameters of q9, the receptive field of q16.

The right numbers come from the checks; here stand only ways to miss them.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from cnnlab.feedback.numbers import number_problem, observed_problem, sentence, whole_number
from cnnlab.feedback.wrong_numbers import (
    PARAMETER_DIFFERENCES,
    PARAMETER_TOTALS,
    RECEPTIVE_FIELDS,
)

BATCH = 64
"""Images in a batch of the lesson's exercise."""
IMAGE_SIDE = 28
"""Pixels of an MNIST image in each direction."""


def parameters_problem(got: Any, expected: int) -> str | None:
    """What is wrong with simple_cnn_parameters (q9); None if it is right."""
    number = whole_number(got)
    if number == expected:
        return None
    if number is None:
        return sentence(f"q9: {number_problem(got, 'simple_cnn_parameters')}")
    related = {
        4 * expected: "these are bytes: a float32 takes four",
        BATCH * expected: "the 64 images of a batch share the same parameters",
    }
    cause = (
        related.get(number)
        or PARAMETER_TOTALS.get(number)
        or PARAMETER_DIFFERENCES.get(number - expected)
        or "count layer by layer: weights out · in · height · width, and one bias for each output"
    )
    return sentence(f"q9: simple_cnn_parameters cannot be {number}: {cause}")


def count_problem(
    seen: Sequence[Any],
    networks: Sequence[str],
    expected: Sequence[int],
    mistakes: Mapping[str, Sequence[int]],
) -> str | None:
    """What is wrong with what count_parameters gave for some networks; None if all are right.

    Args:
        seen: one observation for each network.
        networks: the networks in words.
        expected: their parameter counts.
        mistakes: a sentence for each known mistake, with the counts that it gives.
    """
    problem = observed_problem(seen, expected, "count_parameters")
    if problem is not None:
        return f"q9: {problem}"
    got = [whole_number(one["value"]) for one in seen]
    if got == list(expected):
        return None
    for cause, counts in mistakes.items():
        if got == list(counts):
            return sentence(f"q9: {cause}")
    first = next(i for i, right in enumerate(expected) if got[i] != right)
    if len(set(got)) == 1 and len(set(expected)) > 1:
        return f"q9: count_parameters gives {got[0]} for every network."
    return (
        f"q9: count_parameters gives {got[first]} for {networks[first]}. "
        "Add up the number of elements of every parameter tensor, each tensor once."
    )


Layers = Sequence[tuple[int, int]]
"""(kernel_size, stride) of each layer, from the image on."""


def _own_stride_first(layers: Layers) -> int:
    extent, jump = 1, 1
    for kernel_size, stride in layers:
        jump *= stride
        extent += (kernel_size - 1) * jump
    return extent


def _last_stride_only(layers: Layers) -> int:
    extent, jump = 1, 1
    for kernel_size, stride in layers:
        extent += (kernel_size - 1) * jump
        jump = stride
    return extent


def _jump_added(layers: Layers) -> int:
    extent, jump = 1, 1
    for kernel_size, stride in layers:
        extent += (kernel_size - 1) * jump
        jump += stride
    return extent


def _backward_rule_forwards(layers: Layers) -> int:
    extent = 1
    for kernel_size, stride in layers:
        extent = (extent - 1) * stride + kernel_size
    return extent


def _kernel_times_jump(layers: Layers) -> int:
    extent, jump = 1, 1
    for kernel_size, stride in layers:
        extent += kernel_size * jump
        jump *= stride
    return extent


FIELD_MISTAKES: Mapping[str, Callable[[Layers], int]] = {
    "the strides are left out: after a stride of 2, one step is two pixels of the image": (
        lambda layers: 1 + sum(kernel_size - 1 for kernel_size, _ in layers)
    ),
    "a layer's own stride counts from the next layer on, not for the layer itself": (
        _own_stride_first
    ),
    "all the strides so far multiply, not the last one alone": _last_stride_only,
    "strides multiply, they do not add up": _jump_added,
    "field = (field - 1) · stride + kernel_size holds from the last layer back to the first": (
        _backward_rule_forwards
    ),
    "each layer adds (kernel_size - 1) steps: its first pixel is already in the field": (
        _kernel_times_jump
    ),
    "receptive fields do not multiply: each layer adds (kernel_size - 1) steps": (
        lambda layers: math.prod(kernel_size for kernel_size, _ in layers)
    ),
    "kernel sizes do not add up: neighbouring windows overlap": (
        lambda layers: sum(kernel_size for kernel_size, _ in layers)
    ),
    "it is the widest kernel alone": (
        lambda layers: max((kernel_size for kernel_size, _ in layers), default=1)
    ),
}
"""Ways to miss the receptive field: sentence → what the mistake gives."""


def field_problem(
    seen: Sequence[Any], stacks: Sequence[Layers], expected: Sequence[Sequence[int]]
) -> str | None:
    """What is wrong with the receptive fields given for some stacks of layers; None if nothing.

    `expected` holds, for each stack, the field before the first layer, after it, and so on.
    """
    right = [fields[-1] for fields in expected]
    problem = observed_problem(seen, right, "receptive_field")
    if problem is not None:
        return f"q16: {problem}"
    if any(one["changed"] for one in seen):
        return "q16: receptive_field changes the list that it is given: work on a copy."
    got = [whole_number(one["value"]) for one in seen]
    if got == right:
        return None
    if len(set(got)) == 1 and len(set(right)) > 1:
        return f"q16: receptive_field gives {got[0]} whatever it is asked."
    if got == [fields[-2] if len(fields) > 1 else fields[0] for fields in expected]:
        return "q16: the last layer is left out."
    for cause, mistake in FIELD_MISTAKES.items():
        if got == [mistake(stack) for stack in stacks]:
            return f"q16: {cause}."
    first = next(i for i, field in enumerate(right) if got[i] != field)
    return (
        f"q16: receptive_field({[tuple(layer) for layer in stacks[first]]}) gives {got[first]}. "
        "Walk from the image on: every layer adds (kernel_size - 1) steps of the jump so far."
    )


def simple_cnn_field_problem(
    seen: Sequence[Any], layers: Layers, fields: Sequence[int]
) -> str | None:
    """What is wrong with the receptive field of SimpleCNN's last unit; None if it is right.

    `seen` holds the one observation; `fields` are the right ones, before the first layer, after
    it, and so on to the last.
    """
    problem = observed_problem(seen, [fields[-1]], "receptive_field")
    if problem is not None:
        return f"q16: {problem}"
    got = whole_number(seen[0]["value"])
    if got == fields[-1]:
        return None
    cause = RECEPTIVE_FIELDS.get(got or 0)
    if got in fields[1:]:
        after = list(fields).index(got)
        cause = f"that is what a unit sees after {after} of the {len(layers)} layers"
        if after == len(layers) - 1:
            cause += ": the final pool is forgotten"
    elif got is not None and got > IMAGE_SIDE:
        cause = "that is wider than the image: a receptive field is a side, in pixels of the image"
    cause = cause or "walk through the layers: each adds (kernel_size - 1) steps of the jump so far"
    return f"q16: receptive_field cannot be {got} for SimpleCNN's layers: {cause}."

"""Guess how a receptive field was computed wrongly (q16): a wrong walk, or another rule."""

import math
from collections.abc import Callable, Iterator, Sequence

from cnnlab.checks import Case
from cnnlab.feedback.field_walks import Layers, Walk, walks, without_strided
from cnnlab.feedback.wrong_numbers import Guess
from labkit.diagnosis import Cause

ADVICE = "walk from the image on: every layer adds (kernel_size - 1) steps of the jump so far"


def _backward_rule_forwards(layers: Layers) -> int:
    field = 1
    for kernel_size, stride in layers:
        field = (field - 1) * stride + kernel_size
    return field


def _times_stride(layers: Layers) -> int:
    field = 1
    for kernel_size, stride in layers:
        field = (field + kernel_size - 1) * stride
    return field


def _stretched(layers: Layers) -> int:
    field = 1
    for kernel_size, stride in layers:
        field = field * stride + kernel_size - 1
    return field


def _backward(step: Callable[[int, int, int], int], start: int = 1) -> Callable[[Layers], int]:
    """The rule from the last layer back, with another step."""

    def walked(layers: Layers) -> int:
        field = start
        for kernel_size, stride in reversed(layers):
            field = step(field, kernel_size, stride)
        return field

    return walked


def _summed(part: Callable[[int, int, int], int]) -> Callable[[Layers], int]:
    """1 and, for each layer, a number made of its kernel, its stride and the jump before it."""

    def walked(layers: Layers) -> int:
        field, jump = 1, 1
        for kernel_size, stride in layers:
            field += part(kernel_size, stride, jump)
            jump *= stride
        return field

    return walked


def _map_side(layers: Layers) -> int:
    side = 28
    for kernel_size, stride in layers:
        side = (side - kernel_size) // stride + 1
    return side


def _kernels(layers: Layers) -> list[int]:
    return [kernel_size for kernel_size, _ in layers]


def _strides(layers: Layers) -> list[int]:
    return [stride for _, stride in layers]


_BACK = "from the last layer back, field = (field - 1) · stride + kernel_size, beginning with 1"
_STEPS = "each layer adds (kernel_size - 1) steps of the jump so far"
RULES: tuple[tuple[str, str, Callable[[Layers], int]], ...] = (
    (
        "backward_rule_forwards",
        "field = (field - 1) · stride + kernel_size holds from the last layer back to the first",
        _backward_rule_forwards,
    ),
    (
        "field_times_stride",
        "the stride does not stretch the field so far, but the steps of the layers after it",
        _times_stride,
    ),
    (
        "kernels_multiplied",
        "receptive fields do not multiply: each layer adds (kernel_size - 1) steps",
        lambda layers: math.prod(_kernels(layers)),
    ),
    (
        "kernels_added",
        "kernel sizes do not add up: neighbouring windows overlap",
        lambda layers: sum(_kernels(layers)),
    ),
    (
        "kernels_side_by_side",
        "that puts the kernels of the convolutions side by side: neighbouring windows overlap, and "
        "pools widen the field, too",
        lambda layers: sum(_kernels(without_strided(layers))),
    ),
    (
        "widest_kernel",
        "it is the widest kernel alone",
        lambda layers: max(_kernels(layers), default=1),
    ),
    (
        "smallest_kernel",
        "it is the smallest kernel alone",
        lambda layers: min(_kernels(layers), default=1),
    ),
    (
        "first_kernel",
        "it is the first layer's kernel: the layers after it see more",
        lambda layers: layers[0][0] if layers else 1,
    ),
    (
        "last_kernel",
        "it is the last layer's kernel, counted in its own input, not in pixels of the image",
        lambda layers: layers[-1][0] if layers else 1,
    ),
    (
        "last_layer_alone",
        "the last layer is treated as if it saw the image: it sees what the layers before it see",
        lambda layers: layers[-1][0] * layers[-1][1] if layers else 1,
    ),
    (
        "jump_returned",
        "that is the jump, the product of the strides: the field is asked",
        lambda layers: math.prod(_strides(layers)),
    ),
    (
        "kernels_times_all_strides",
        f"that multiplies by all strides: {_STEPS}",
        lambda layers: (1 + sum(k - 1 for k in _kernels(layers))) * math.prod(_strides(layers)),
    ),
    (
        "kernels_times_all_strides",
        f"that multiplies by all strides: {_STEPS}",
        lambda layers: 1 + sum(k - 1 for k in _kernels(layers)) * math.prod(_strides(layers)),
    ),
    (
        "kernels_times_own_strides",
        f"each kernel is multiplied by its own stride: {_STEPS}",
        lambda layers: sum(k * s for k, s in layers) if layers else 1,
    ),
    (
        "kernels_times_own_strides",
        f"each kernel is multiplied by its own stride: {_STEPS}",
        lambda layers: 1 + sum((k - 1) * s for k, s in layers),
    ),
    (
        "product_of_all",
        f"kernels and strides are multiplied: {_STEPS}",
        lambda layers: math.prod(k * s for k, s in layers),
    ),
    (
        "fields_added",
        "the fields after each layer are added up: the last one is asked",
        lambda layers: sum(Walk().field(layers[:count]) for count in range(1, len(layers) + 1)),
    ),
    (
        "area",
        "that is the number of pixels: the side of the square is asked",
        lambda layers: Walk().field(layers) ** 2,
    ),
    ("backward_rule", _BACK, _backward(lambda field, k, s: field * s + k)),
    ("backward_rule", _BACK, _backward(lambda field, k, s: (field - 1) * s + k - s)),
    ("backward_rule", _BACK, _backward(lambda field, k, s: (field - 1) * s + k, start=0)),
    (
        "field_times_stride",
        "the stride does not stretch the field so far, but the steps of the layers after it",
        _stretched,
    ),
    (
        "kernels_times_own_strides",
        f"each kernel is multiplied by its own stride: {_STEPS}",
        _summed(lambda k, s, jump: k * s - 1),
    ),
    (
        "kernel_less_stride",
        f"(kernel_size - stride) belongs to the walk from the last layer back: {_STEPS}",
        _summed(lambda k, s, jump: (k - s) * jump),
    ),
    (
        "half_kernel",
        f"half of each kernel counts only, but a unit sees both sides: {_STEPS}",
        _summed(lambda k, s, jump: k // 2 * jump),
    ),
    (
        "kernel_odd",
        f"2 · (kernel_size // 2) is kernel_size - 1 for odd kernels only: {_STEPS}",
        _summed(lambda k, s, jump: k // 2 * 2 * jump),
    ),
    (
        "strides_to_power",
        "a stride is raised to the number of its layer: the strides of the layers before multiply",
        lambda layers: 1 + sum((k - 1) * s**i for i, (k, s) in enumerate(layers)),
    ),
    (
        "first_layer_twice",
        "the first layer counts twice: begin with 1, or with its kernel and the second layer",
        lambda layers: Walk().field(layers) + (layers[0][0] - 1 if layers else 0),
    ),
    (
        "last_jump_added",
        "it is larger by the jump of the last layer: nothing is added at the end, and from the last"
        " layer back, the rule is (field - 1) · stride + kernel_size",
        lambda layers: Walk().field(layers) + math.prod(_strides(layers)) - 1,
    ),
    (
        "side_of_map",
        "that is the side of the map that an image of 28 pixels gives: the field is asked",
        _map_side,
    ),
    ("halved", "the field is halved", lambda layers: Walk().field(layers) // 2),
    (
        "empty_0",
        "without any layer a unit is a pixel and sees itself, which is 1",
        lambda layers: Walk().field(layers) if layers else 0,
    ),
)


def field_guesses(stacks: Sequence[Layers]) -> Iterator[Guess]:
    """Ways to miss the receptive field, as computed for each of `stacks`."""
    several = any(len(stack) > 1 for stack in stacks)
    for cause, walk, cost in walks():
        if cost > 1 and not several:
            continue  # With a layer alone, two turns explain a number by chance.
        yield Guess(cause, tuple(walk.field(stack) for stack in stacks), cost)
    for name, text, rule in RULES:
        yield Guess(Cause(name, text), tuple(rule(stack) for stack in stacks), 1.0)


def field_cases(stacks: Sequence[Layers], words: str = "") -> list[Case]:
    """Calls of `receptive_field`; `words` stand for the numbers, which a hidden check hides."""
    return [Case(words or f"layers={list(stack)}", (list(stack),)) for stack in stacks]

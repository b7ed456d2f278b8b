"""Guess how a receptive field was computed wrongly (q16): the walk with one or two wrong turns."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import combinations
from typing import Any

from cnnlab.checks import Case
from cnnlab.diagnosis import Cause
from cnnlab.feedback.wrong_numbers import Guess

Layers = Sequence[tuple[int, int]]
"""(kernel_size, stride) of each layer, from the image on."""
ADVICE = "walk from the image on: every layer adds (kernel_size - 1) steps of the jump so far"
Jump = Callable[[int, int], int]
"""The jump after a layer, from the jump before it and the layer's stride."""


@dataclass(frozen=True)
class Walk:
    """How somebody walks through the layers."""

    start: int = 1
    taken: int = 1
    """Each layer adds (kernel_size - taken) jumps."""
    jump: Jump = lambda jump, stride: jump * stride
    own_stride: bool = False
    """Is the jump taken with the layer's own stride?"""
    kept: Callable[[Layers], Layers] = lambda layers: layers
    more: int = 0
    factor: int = 1

    def field(self, layers: Layers) -> int:
        """The receptive field of the last layer."""
        field, jump = self.start, 1
        for kernel_size, stride in self.kept(layers):
            after = self.jump(jump, stride)
            field += (kernel_size - self.taken) * (after if self.own_stride else jump)
            jump = after
        return field * self.factor + self.more


@dataclass(frozen=True)
class _Turn:
    id: str
    text: str
    changes: dict[str, Any]


def _without_pools(layers: Layers) -> Layers:
    return [layer for layer in layers if layer != (2, 2)]


def _without_strided(layers: Layers) -> Layers:
    return [layer for layer in layers if layer[1] == 1]


TURNS = (
    _Turn(
        "strides_left_out",
        "the strides are left out: after a stride of 2, one step is two pixels of the image",
        {"jump": lambda jump, stride: 1},
    ),
    _Turn(
        "own_stride_first",
        "a layer's own stride counts from the next layer on, not for the layer itself",
        {"own_stride": True},
    ),
    _Turn(
        "last_stride_only",
        "all the strides so far multiply, not the last one alone",
        {"jump": lambda jump, stride: stride},
    ),
    _Turn(
        "strides_added",
        "strides multiply, they do not add up",
        {"jump": lambda jump, stride: jump + stride},
    ),
    _Turn(
        "steps_added",
        "strides multiply, they do not add up",
        {"jump": lambda jump, stride: jump + stride - 1},
    ),
    _Turn(
        "jump_doubles",
        "the jump doubles at every layer: it grows by the layer's own stride",
        {"jump": lambda jump, stride: 2 * jump},
    ),
    _Turn(
        "strides_squared",
        "each stride counts twice: the jump grows by it once",
        {"jump": lambda jump, stride: jump * stride**2},
    ),
    _Turn(
        "kernel_not_less_one",
        "each layer adds (kernel_size - 1) steps: its first pixel is already in the field",
        {"taken": 0},
    ),
    _Turn(
        "pools_left_out",
        "the 2×2 pools are left out: they widen the field, and their strides stretch what follows",
        {"kept": _without_pools},
    ),
    _Turn(
        "strided_left_out",
        "the layers with a stride are left out: they widen the field, too",
        {"kept": _without_strided},
    ),
    _Turn(
        "last_layer_left_out",
        "the last layer is left out",
        {"kept": lambda layers: layers[:-1]},
    ),
    _Turn(
        "first_layer_left_out",
        "the first layer is left out",
        {"kept": lambda layers: layers[1:]},
    ),
    _Turn(
        "starts_at_0", "the walk starts with 0: a unit without layers sees 1 pixel", {"start": 0}
    ),
    _Turn("one_too_many", "that is one too many: the walk starts with 1 pixel", {"more": 1}),
    _Turn("doubled", "the result is doubled: it is a side, in pixels of the image", {"factor": 2}),
)


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


def _kernels(layers: Layers) -> list[int]:
    return [kernel_size for kernel_size, _ in layers]


def _strides(layers: Layers) -> list[int]:
    return [stride for _, stride in layers]


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
        lambda layers: sum(_kernels(_without_strided(layers))),
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
)


_USUAL = (
    "strides_left_out",
    "own_stride_first",
    "last_stride_only",
    "strides_added",
    "kernel_not_less_one",
    "pools_left_out",
    "last_layer_left_out",
    "starts_at_0",
)
"""Wrong turns that come with another one, too."""


@cache
def _walks() -> tuple[tuple[Cause, Walk, int], ...]:
    found: list[tuple[Cause, Walk, int]] = []
    usual = [turn for turn in TURNS if turn.id in _USUAL]
    for count, turns in ((1, TURNS), (2, usual)):
        for some in combinations(turns, count):
            names = [name for turn in some for name in turn.changes]
            if len(set(names)) == len(names):
                changes = {name: part for turn in some for name, part in turn.changes.items()}
                ids = "+".join(turn.id for turn in some)
                cause = Cause(ids, ", and ".join(turn.text for turn in some))
                found.append((cause, replace(Walk(), **changes), count))
    return tuple(found)


def field_guesses(stacks: Sequence[Layers]) -> Iterator[Guess]:
    """Ways to miss the receptive field, as computed for each of `stacks`."""
    for cause, walk, cost in _walks():
        yield Guess(cause, tuple(walk.field(stack) for stack in stacks), cost)
    for name, text, rule in RULES:
        yield Guess(Cause(name, text), tuple(rule(stack) for stack in stacks), 1.0)


def field_cases(stacks: Sequence[Layers], words: str = "") -> list[Case]:
    """Calls of `receptive_field`; `words` stand for the numbers, which a hidden check hides."""
    return [Case(words or f"layers={list(stack)}", (list(stack),)) for stack in stacks]

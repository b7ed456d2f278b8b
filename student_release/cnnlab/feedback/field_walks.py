"""The walk through the layers to a receptive field (q16), with one or two wrong turns."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import combinations
from typing import Any

from labkit.diagnosis import Cause

Layers = Sequence[tuple[int, int]]
"""(kernel_size, stride) of each layer, from the image on."""
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
class Turn:
    id: str
    text: str
    changes: dict[str, Any]


def _without_pools(layers: Layers) -> Layers:
    return [layer for layer in layers if layer != (2, 2)]


def without_strided(layers: Layers) -> Layers:
    return [layer for layer in layers if layer[1] == 1]


TURNS = (
    Turn(
        "strides_left_out",
        "the strides are left out: after a stride of 2, one step is two pixels of the image",
        {"jump": lambda jump, stride: 1},
    ),
    Turn(
        "own_stride_first",
        "a layer's own stride counts from the next layer on, not for the layer itself",
        {"own_stride": True},
    ),
    Turn(
        "last_stride_only",
        "all the strides so far multiply, not the last one alone",
        {"jump": lambda jump, stride: stride},
    ),
    Turn(
        "strides_added",
        "strides multiply, they do not add up",
        {"jump": lambda jump, stride: jump + stride},
    ),
    Turn(
        "steps_added",
        "strides multiply, they do not add up",
        {"jump": lambda jump, stride: jump + stride - 1},
    ),
    Turn(
        "jump_doubles",
        "the jump doubles at every layer: it grows by the layer's own stride",
        {"jump": lambda jump, stride: 2 * jump},
    ),
    Turn(
        "strides_squared",
        "each stride counts twice: the jump grows by it once",
        {"jump": lambda jump, stride: jump * stride**2},
    ),
    Turn(
        "kernel_not_less_one",
        "each layer adds (kernel_size - 1) steps: its first pixel is already in the field",
        {"taken": 0},
    ),
    Turn(
        "pools_left_out",
        "the 2×2 pools are left out: they widen the field, and their strides stretch what follows",
        {"kept": _without_pools},
    ),
    Turn(
        "strided_left_out",
        "the layers with a stride are left out: they widen the field, too",
        {"kept": without_strided},
    ),
    Turn(
        "last_layer_left_out",
        "the last layer is left out",
        {"kept": lambda layers: layers[:-1]},
    ),
    Turn(
        "first_layer_left_out",
        "the first layer is left out",
        {"kept": lambda layers: layers[1:]},
    ),
    Turn("starts_at_0", "the walk starts with 0: a unit without layers sees 1 pixel", {"start": 0}),
    Turn("one_too_many", "that is one too many: the walk starts with 1 pixel", {"more": 1}),
    Turn(
        "kernel_plus_one",
        "each layer adds (kernel_size - 1) steps, not one more than its kernel is wide",
        {"taken": -1},
    ),
    Turn(
        "strides_two",
        "every stride above 1 counts as 2: the jump grows by the layer's own stride",
        {"jump": lambda jump, stride: jump * min(stride, 2)},
    ),
    Turn(
        "three_assumed",
        "every kernel is taken to be 3 pixels wide",
        {"kept": lambda layers: [(3, stride) for _, stride in layers]},
    ),
    Turn(
        "first_stride_left_out",
        "the stride of the first layer is left out: it stretches the steps of all the others",
        {"kept": lambda layers: [(kernel, 1) for kernel, _ in layers[:1]] + list(layers[1:])},
    ),
    Turn(
        "swapped",
        "kernel_size and stride are swapped: the pairs are (kernel_size, stride)",
        {"kept": lambda layers: [(stride, kernel) for kernel, stride in layers]},
    ),
    Turn("doubled", "the result is doubled: it is a side, in pixels of the image", {"factor": 2}),
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
def walks() -> tuple[tuple[Cause, Walk, int], ...]:
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

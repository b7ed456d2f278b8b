"""SimpleCNN's plan with wrong turns: another rounding, padding, kernel or stride, other pools."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

IMAGE_SIDE = 28
POOLS = {"pool_after_each": (True, True, False), "final_pool": (False, True, False)}
POOLS["no_pool"] = (False, False, False)
"""Variants of SimpleCNN: is there a pool after conv1, after conv2, and one more?"""
STAGES = ("image", "conv1", "the first pool", "conv2", "the second pool", "a third pool")


@dataclass(frozen=True)
class Plan:
    """How somebody follows an image through SimpleCNN."""

    pools: tuple[bool, bool, bool] = POOLS["pool_after_each"]
    image: int = IMAGE_SIDE
    kernels: tuple[int, int] = (3, 3)
    padding: tuple[int, int] = (0, 0)
    strides: tuple[int, int] = (1, 1)
    convolutions: tuple[bool, bool] = (True, True)
    pool: tuple[int, int] = (2, 2)
    pool_padding: int = 0
    pools_first: bool = False
    rounding: str = "down"


def sides(plan: Plan) -> dict[str, float]:
    """The side after each stage of `plan`, from the image on; stages that it lacks are left out."""
    side: float = plan.image
    found = {"image": side}
    for number in (0, 1):
        layers = ["conv", "pool"] if not plan.pools_first else ["pool", "conv"]
        for layer in layers:
            if layer == "conv" and plan.convolutions[number]:
                room = side + 2 * plan.padding[number] - plan.kernels[number]
                side = _places(room, plan.strides[number], plan.rounding)
                found[STAGES[2 * number + 1]] = side
            elif layer == "pool" and plan.pools[number]:
                side = _pooled(side, plan)
                found[STAGES[2 * number + 2]] = side
    if plan.pools[2]:
        found[STAGES[5]] = _pooled(side, plan)
    return found


def _pooled(side: float, plan: Plan) -> float:
    return _places(side + 2 * plan.pool_padding - plan.pool[0], plan.pool[1], plan.rounding)


def _places(room: float, stride: int, rounding: str) -> float:
    round_ = {"down": math.floor, "up": math.ceil, "none": float}[rounding]
    return round_(room / stride) + 1


@dataclass(frozen=True)
class Turn:
    """One wrong turn."""

    id: str
    words: str
    """As a part of 'that is 12·12·16, the size …'."""
    instead: str
    """What holds instead; told where it is the only wrong turn."""
    changes: Mapping[str, Any]
    """Fields of `Plan`."""
    cost: float = 1.0


_BOTH = "both convolutions"
_HALF = "a pool drops an odd last row and column"


def _kernel_turns() -> Iterator[Turn]:
    for side, cost in {2: 1.2, 4: 1.4, 5: 1.0, 7: 1.4}.items():
        words = f"with {side}×{side} kernels"
        instead = "the plan has 3×3, which take 2 pixels away"
        if side == 2:
            words = "with each convolution taking 1 pixel away (a 2×2 kernel)"
            instead = "a 3×3 kernel takes 2"
        yield Turn(f"kernel_{side}", words, instead, {"kernels": (side, side)}, cost)
        for number, pair in enumerate([(side, 3), (3, side)], start=1):
            one = words.replace("kernels", f"kernels in conv{number}")
            one = one.replace("each convolution", f"conv{number}")
            yield Turn(f"kernel_{side}_conv{number}", one, instead, {"kernels": pair}, cost + 1)


def _pair_turns() -> Iterator[Turn]:
    for pad in (1, 2):
        words, instead = f"with padding={pad}", "the convolutions of the plan have no padding"
        yield Turn(f"padding_{pad}", words, instead, {"padding": (pad, pad)})
        for number, pair in enumerate([(pad, 0), (0, pad)], start=1):
            one = f"{words} in conv{number}"
            yield Turn(f"padding_{pad}_conv{number}", one, instead, {"padding": pair}, 2.0)
    for step in (2, 3):
        words, instead = f"with stride={step} in", "the convolutions of the plan have stride 1"
        yield Turn(f"stride_{step}", f"{words} {_BOTH}", instead, {"strides": (step, step)})
        for number, pair in enumerate([(step, 1), (1, step)], start=1):
            one = f"{words} conv{number}"
            yield Turn(f"stride_{step}_conv{number}", one, instead, {"strides": pair}, 2.0)


def _poolwrong_turns(base: tuple[bool, bool, bool]) -> Iterator[Turn]:
    each = base == POOLS["pool_after_each"]
    kinds = [
        ("no_pool", "without pooling", "each 2×2 pool halves, rounding down", (0, 0, 0)),
        ("final_pool_only", "with one pool at the end", "here each convolution has one", (0, 1)),
        ("first_pool_only", "with a pool after conv1 only", "the second pool is missing", (1, 0)),
        ("pool_after_each", "with a pool after each convolution", "", (1, 1)),
        ("three_pools", "with a third pool", "the plan has two", (1, 1, 1)),
    ]
    for name, words, instead, some in kinds:
        pools = tuple(bool(one) for one in (*some, 0)[:3])
        if pools != base:
            cost = 1.4 if name == "first_pool_only" and not each else 1.0
            yield Turn(name, words, instead if each else "", {"pools": pools}, cost)
    if not any(base):
        return
    yield Turn("pool_3", "with 3×3 pools", "they are 2×2", {"pool": (3, 3)}, 1.2)
    yield Turn("pool_4", "with 4×4 pools", "they are 2×2", {"pool": (4, 4)}, 1.4)
    yield Turn("pool_stride_1", "with pools of stride 1", "their stride is 2", {"pool": (2, 1)})
    words = "with 3×3 pools of stride 2"
    yield Turn("pool_3_stride_2", words, "they are 2×2", {"pool": (3, 2)}, 1.4)
    words = "with padding=1 in the pools"
    yield Turn("pool_padding", words, "they have no padding", {"pool_padding": 1}, 1.4)
    words = "with each pool before its convolution"
    cost = 1.2 if each else 1.4
    yield Turn("pools_first", words, "a pool comes after it", {"pools_first": True}, cost)


def wrong_turns(base: tuple[bool, bool, bool]) -> list[Turn]:
    shrinks = "a convolution shrinks the map, too"
    return [
        *_poolwrong_turns(base),
        Turn("rounded_up", "with the pools rounded up", _HALF, {"rounding": "up"}),
        Turn("half_pixels", "with half a pixel kept", f"{_HALF}: round down", {"rounding": "none"}),
        *_kernel_turns(),
        *_pair_turns(),
        Turn("conv2_missing", "without conv2", shrinks, {"convolutions": (1, 0)}, 1.2),
        Turn("conv1_missing", "without conv1", shrinks, {"convolutions": (0, 1)}, 1.2),
        Turn("image_32", "with an image of 32×32", "MNIST has 28×28", {"image": 32}, 1.4),
    ]


def plan_variants() -> Iterator[tuple[Turn, Plan]]:
    """SimpleCNN's plan with each wrong turn."""
    for turn in wrong_turns(POOLS["pool_after_each"]):
        yield turn, replace(Plan(), **turn.changes)

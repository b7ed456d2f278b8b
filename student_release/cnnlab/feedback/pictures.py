"""What the feedback draws beside its words: shapes, feature maps, a learning curve.

It comes from the process of the submission, which may send anything. What is no such thing is not
shown, and then there is no picture.
"""

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from cnnlab.feedback.observed import sound
from cnnlab.feedback.values import as_float64
from cnnlab.probes.pictures import LARGEST_LOSS, LOSSES_LIMIT, MAPS_LIMIT, SIDE_LIMIT
from labkit import evidence

CURVE = {"losses": [float], "batches": int, "broken": bool}
DIMENSIONS_LIMIT, LARGEST_SIDE = 5, 10**6


def show_shapes(got: Sequence[int], expected: Sequence[int], layer: str = "") -> None:
    """Show a shape that came and the expected one: only where the message says both.

    With a `layer` they are what it gets and what it takes, and that need not be right either.
    """
    sides = [*got, *expected]
    if max(len(got), len(expected)) <= DIMENSIONS_LIMIT and max(sides, default=0) <= LARGEST_SIDE:
        shapes = {"expected": list(expected), "got": list(got), "layer": layer}
        evidence.show("shapes", shapes)


def show_feature_maps(image: Tensor, seen: Any) -> None:
    """Show the maps [K,h,w], or the one map [h,w], that a probe has seen come of `image` [H,W].

    They are the `value` of what was seen. All have one scale: 0 for their smallest number, 255 for
    the largest.
    """
    numbers = as_float64(seen.get("value")) if isinstance(seen, dict) else None
    if numbers is None or numbers.dim() not in (2, 3) or not numbers.numel():
        return
    stack = numbers if numbers.dim() == 3 else numbers.unsqueeze(0)
    if len(stack) > MAPS_LIMIT or max(stack.shape[1:]) > SIDE_LIMIT:
        return
    if math.isfinite(float(stack.max() - stack.min())):
        maps = [_rows(each) for each in _grey(stack)]
        evidence.show("feature_maps", {"image": _rows(_grey(image.double())), "maps": maps})


def show_learning_curve(seen: Any) -> None:
    """Show the losses that `probes.pictures.learning_curve` found, if there are some."""
    if sound(seen, CURVE) and _is_curve(seen["losses"], seen["batches"]):
        losses = [round(loss, 4) for loss in seen["losses"]]
        curve = {"losses": losses, "batches": seen["batches"], "broken": seen["broken"]}
        evidence.show("learning_curve", curve)


def _is_curve(losses: Sequence[float], batches: int) -> bool:
    enough = 2 <= len(losses) <= min(LOSSES_LIMIT, batches) and batches < 10**9
    return enough and all(abs(loss) < LARGEST_LOSS for loss in losses)


def _grey(numbers: Tensor) -> Tensor:
    """`numbers` as whole numbers 0 to 255."""
    low, high = numbers.min(), numbers.max()
    scaled = (numbers - low) / (high - low) if high > low else torch.zeros_like(numbers)
    return (255 * scaled).round().to(torch.uint8)


def _rows(picture: Tensor) -> list[str]:
    """Each row as text, two hexadecimal digits a pixel: lists of numbers would fill the records."""
    return [bytes(row).hex() for row in picture.tolist()]

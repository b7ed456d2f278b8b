"""What the feedback draws beside its words: shapes, feature maps, a learning curve, confusions.

It comes from the process of the submission, which may send anything. What is no such thing is not
shown, and then there is no picture.
"""

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from cnnlab.feedback.observed import sound
from cnnlab.feedback.values import as_float64, is_plain
from cnnlab.probes.pictures import LARGEST_LOSS, LOSSES_LIMIT, MAPS_LIMIT, SIDE_LIMIT
from labkit import evidence

CURVE = {"losses": [float], "batches": int, "broken": bool}
NONE_RECORDED = (
    "No learning curve: the notebook recorded no losses. It does where the training gets"
    " progress.LiveCurve(nn.CrossEntropyLoss()) as its loss."
)
CAME_APART = (
    " Then training came apart: the loss was huge or no number any more. The usual cause is a"
    " learning rate that is too large."
)


def show_shapes(got: Sequence[int], expected: Sequence[int], layer: str = "") -> None:
    """Show a shape that came and the expected one: only where the message says both.

    With a `layer` they are what it gets and what it takes, and that need not be right either.
    """
    if not layer:
        evidence.show_shapes("shapes", expected, got)
        return
    takes, gets = evidence.shape_text(expected), evidence.shape_text(got)
    words = f"{layer} takes {takes}, and it gets {gets}."
    titles = (f"{layer} takes", f"{layer} gets")
    evidence.show_shapes("shapes", expected, got, titles=titles, words=words)


def show_feature_maps(image: Tensor, seen: Any) -> None:
    """Show the maps [K,h,w], or the one map [h,w], that a probe has seen come of `image` [H,W].

    They are the `value` of what was seen. All have one scale, from their smallest number to the
    largest.
    """
    numbers = as_float64(seen.get("value")) if isinstance(seen, dict) else None
    if numbers is None or numbers.dim() not in (2, 3) or not numbers.numel():
        return
    stack = numbers if numbers.dim() == 3 else numbers.unsqueeze(0)
    if len(stack) > MAPS_LIMIT or max(stack.shape[1:]) > SIDE_LIMIT:
        return
    if math.isfinite(float(stack.max() - stack.min())):
        maps = {f"map {number}": each for number, each in enumerate(_spread(stack), 1)}
        sizes = ["×".join(map(str, each.shape)) for each in (image, stack[0])]
        count = f"{len(stack)} maps" if len(stack) > 1 else "a map"
        words = (
            f"A digit of {sizes[0]} pixels, and what your own convolution makes of it: {count} of"
            f" {sizes[1]}. Bright is a large number, dark a small one."
        )
        pictures = {"digit": _spread(image.double()), **maps}
        title = "a digit and its feature maps"
        evidence.show_images("feature_maps", pictures, words, title=title)


def show_learning_curve(seen: Any, model: Any) -> None:
    """Show the losses that `probes.pictures.learning_curve` found.

    Where there are none although a `model` is there, say how to record some.
    """
    if sound(seen, CURVE) and _is_curve(seen["losses"], seen["batches"]):
        losses, batches = [round(loss, 4) for loss in seen["losses"]], seen["batches"]
        last = losses[-max(1, len(losses) // 10) :]
        words = (
            f"The loss of your training over {batches:,} batches: from {losses[0]:.2f} to"
            f" {sum(last) / len(last):.2f} (mean of the last ones)."
        )
        evidence.show_curve(
            "learning_curve",
            losses,
            words + CAME_APART * seen["broken"],
            title="learning curve",
            x="batch",
            y="loss",
            span=(1, batches),
            noisy=True,
        )
    elif model is not None and model is not Ellipsis and not is_plain(model):
        evidence.show_note("learning_curve", NONE_RECORDED)


def show_confusions(counts: Sequence[Sequence[float]]) -> None:
    """Show how many test digits of each kind (row) are read as each (column), as estimated."""
    table = torch.tensor(counts, dtype=torch.float64)
    total, right = float(table.sum()), float(table.trace())
    words = f"Your model read {100 * right / total:.2f} % of the changed test digits rightly."
    if mistakes := _worst(table, 3):
        words += f" Most often mistaken (of {total:,.0f} digits): {', '.join(mistakes)}."
    digits = [str(digit) for digit in range(len(table))]
    evidence.show_table(
        "confusion",
        counts,
        words,
        title="confusion matrix",
        rows=("true digit", digits),
        columns=("read as", digits),
        counts=True,
    )
    evidence.show_number(
        "accuracy",
        100 * right / total,
        title="Accuracy",
        unit="%",
        of="of the changed test digits",
    )


def _worst(table: Tensor, most: int) -> list[str]:
    mistakes = table - torch.diag(table.diagonal())
    ranked = mistakes.flatten().argsort(descending=True, stable=True)[:most].tolist()
    places = (divmod(place, len(table)) for place in ranked)
    return [
        f"{true} read as {read} ({float(mistakes[true, read]):,.0f} times)"
        for true, read in places
        if round(float(mistakes[true, read]))
    ]


def _is_curve(losses: Sequence[float], batches: int) -> bool:
    enough = 2 <= len(losses) <= min(LOSSES_LIMIT, batches) and batches < 10**9
    return enough and all(abs(loss) < LARGEST_LOSS for loss in losses)


def _spread(numbers: Tensor) -> Tensor:
    """`numbers` from 0 for the smallest to 1 for the largest."""
    low, high = numbers.min(), numbers.max()
    return (numbers - low) / (high - low) if high > low else torch.zeros_like(numbers)

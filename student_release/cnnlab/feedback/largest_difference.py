"""What is returned instead of the largest difference between two results (q15)."""

from typing import Any

import torch
from torch import Tensor

from labkit.diagnosis import Cause

Form = Any
"""A tensor with one number, or `RAISES`."""


def other_numbers(
    apart: Tensor, after: Tensor, before: Tensor, results: tuple[Tensor, Tensor]
) -> dict[Cause, list[Form]]:
    """Wrong numbers, made of the right differences `apart` = `after` - `before` [N, C, H, W].

    `results` are the same with the border.
    """
    sizes = apart.abs()
    return {
        **_other_reductions(apart, sizes),
        **_other_places(sizes),
        Cause(
            "relative",
            "the differences are divided by the layer's result: they themselves are asked for",
        ): [
            (sizes / before.abs()).max(),
            (sizes / after.abs()).max(),
            *(sizes.max() / result.abs().max() for result in (before, after, *results)),
        ],
        Cause(
            "maxima_compared",
            "the largest numbers of the two results are compared: compare place by place",
        ): [(after.max() - before.max()).abs(), (after.abs().max() - before.abs().max()).abs()],
        Cause(
            "absolute_values_compared",
            "the absolute values of the results are compared: -5 and 5 are 10 apart",
        ): [(after.abs() - before.abs()).abs().max()],
    }


def _other_reductions(apart: Tensor, sizes: Tensor) -> dict[Cause, list[Form]]:
    largest = sizes.max()
    differs = (largest > 1e-3).double()
    asked = ": the size of the difference is asked for"
    spread = [each.std(correction=k) for each in (apart, sizes) for k in (0, 1)]
    return {
        Cause("signed", "the largest difference is taken without `abs`: -5 is a large one, too"): [
            apart.max(),
            -apart.min(),
            apart.max().abs(),
            apart.min().abs(),
            apart.min(),
            apart.max().clamp(min=0),
        ],
        Cause("mean", "the mean of the differences is returned: the largest is asked for"): [
            sizes.mean(),
            apart.mean(),
            apart.mean().abs(),
        ],
        Cause("sum", "the differences are added up: the largest is asked for"): [
            sizes.sum(),
            apart.sum(),
            apart.sum().abs(),
        ],
        Cause("squared", "the differences are squared: their absolute value is asked for"): [
            sizes.square().max(),
            sizes.square().mean(),
            sizes.square().mean().sqrt(),
            sizes.square().sum(),
            sizes.square().sum().sqrt(),
        ],
        Cause("smallest", "the smallest difference is returned: the largest is asked for"): [
            sizes.min()
        ],
        Cause("halved", "the largest difference is halved"): [largest / 2],
        Cause("median", "the median of the differences is returned: the largest is asked for"): [
            sizes.median()
        ],
        Cause(
            "spread", "the spread of the differences is returned: the largest is asked for"
        ): spread if apart.numel() > 1 else [],
        Cause("percent", "the largest difference is turned into percent"): [100 * largest],
        Cause("clipped", "differences above 1 are cut off"): [largest.clamp(max=1)],
        Cause("yes_or_no", f"it is 1 where the results differ, else 0{asked}"): [differs],
        Cause("yes_or_no", f"it is 0 where the results differ, else 1{asked}"): [1 - differs]
        if differs
        else [],
    }


def _other_places(sizes: Tensor) -> dict[Cause, list[Form]]:
    one_channel = "only the {} channel is compared: the largest over all channels is asked for"
    parts = {
        "first row": sizes[..., :1, :],
        "last row": sizes[..., -1:, :],
        "first column": sizes[..., :1],
        "last column": sizes[..., -1:],
    }
    return {
        Cause("one_channel", one_channel.format("first")): [sizes[:, :1].max()],
        Cause("one_channel", one_channel.format("last")): [sizes[:, -1:].max()],
        Cause("channels_added", "the channels are added up: each one counts by itself"): [
            sizes.sum(1).max()
        ],
        Cause("channels_averaged", "the channels are averaged: each one counts by itself"): [
            sizes.mean(1).max()
        ],
        Cause(
            "first_place_only", "only the first place is compared: is the `return` inside the loop?"
        ): [sizes[..., 0, 0].max(), sizes[:, 0, 0, 0].max()],
        Cause(
            "last_place_only", "only the last place counts: keep the largest difference so far"
        ): [sizes[..., -1, -1].max(), sizes[:, -1, -1, -1].max()],
        Cause(
            "position", "the position of the largest difference is returned: its size is asked"
        ): [torch.tensor(float(sizes.argmax()))],
        **{
            Cause("one_row", f"only the {name} of the interior is compared"): [part.max()]
            for name, part in parts.items()
        },
    }

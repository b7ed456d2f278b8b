"""What well-known mistakes in q7 (several channels, several filters) return on given inputs."""

from collections.abc import Sequence

import torch
from torch.nn import functional

from cnnlab.checks import RAISES, Case, Form, Mistakes
from cnnlab.diagnosis import Cause


def multichannel_expected(
    x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor
) -> torch.Tensor:
    """The oracle of q7: [C, H, W], [O, C, kh, kw], [O] → [O, H', W'], in float64."""
    return functional.conv2d(x.double()[None], weight.double(), bias.double())[0]


def multichannel_mistakes(x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor) -> Mistakes:
    """Mistakes of q7 for x [C, H, W], weight [O, C, kh, kw] and bias [O]."""
    x, weight, bias = x.double(), weight.double(), bias.double()
    channels = weight.shape[1]
    column = bias[:, None, None]
    single = torch.stack(
        [functional.conv2d(x[None, c : c + 1], weight[:, c : c + 1])[0] for c in range(channels)]
    )  # [C, O, H', W']: what every channel contributes to every filter
    plain = single.sum(0)
    added = (plain + column).sum(0)
    return {
        Cause(
            "first_channel_only", "only channel 0 is used: add up what all channels give"
        ): single[0] + column,
        Cause(
            "last_channel_only", "only the last channel is used: add up what all channels give"
        ): single[-1] + column,
        Cause(
            "mean_over_channels", "you take the mean over the channels; their sum is asked"
        ): single.mean(0) + column,
        Cause(
            "maximum_over_channels", "you take the maximum over the channels; their sum is asked"
        ): single.amax(0) + column,
        Cause(
            "bias_per_channel",
            "the bias is added once for every channel (bias × C); add it once for each filter",
        ): plain + channels * column,
        Cause("bias_left_out", "the bias is left out"): plain,
        Cause("bias_subtracted", "the bias is subtracted; add it"): plain - column,
        Cause(
            "first_filter_repeated",
            "filter 0 is repeated: every output channel has a filter of its own",
        ): [
            plain[:1].expand_as(plain) + column,
            (plain[:1] + column[:1]).expand_as(plain),
        ],
        Cause("bias_shared", "all filters share one bias: filter o has bias[o]"): [
            plain + shared for shared in (bias[0], bias[-1], bias.sum(), bias.mean())
        ],
        Cause(
            "bias_wrong_axis",
            "the bias is spread along the wrong axis: bias[o] belongs to the whole map o",
        ): _misplaced_bias(plain, bias),
        Cause(
            "filters_added",
            "the filters are added up: each of the O filters gives a map of its own",
        ): [
            added,
            added[None],
            added.expand_as(plain),
        ]
        if len(plain) > 1
        else [],
        Cause(
            "first_kernel_for_all", "the kernel of channel 0 is used for every channel"
        ): functional.conv2d(x.sum(0)[None, None], weight[:, :1], bias)[0],
        Cause(
            "kernel_flipped", "the kernels are flipped: here, too, cross-correlation is asked"
        ): functional.conv2d(x[None], weight.flip(-1, -2), bias)[0],
        **_separate_channels(single, weight, column),
        **_swapped_axes(x, weight, bias),
    }


def _misplaced_bias(plain: torch.Tensor, bias: torch.Tensor) -> list[Form]:
    """Broadcasting adds [O] to the last axis, or to the rows, where the sizes happen to agree."""
    filters, rows, columns = plain.shape
    return [
        plain + bias if columns == filters or filters == 1 else RAISES,
        plain + bias[:, None] if rows == filters or filters == 1 else RAISES,
    ]


def _separate_channels(
    single: torch.Tensor, weight: torch.Tensor, column: torch.Tensor
) -> Mistakes:
    """Results that keep the channels apart: C maps instead of O."""
    filters, channels = weight.shape[:2]
    first = single[:, 0]
    apart = [first, first + column[0], first + column[:channels] if filters >= channels else first]
    both = min(filters, channels)
    diagonal = torch.stack([single[index, index] for index in range(both)])
    return {
        Cause(
            "channels_apart",
            "there are C maps instead of O: the channels stay apart; add them up, and make one map "
            "for each filter",
        ): [*apart, single.sum(1), single.sum(1) + column.sum()],
        Cause(
            "depthwise",
            "filter o sees channel o only (depthwise); every filter sees all channels",
        ): [
            diagonal,
            diagonal + column[:both],
        ],
        Cause("axis_too_many", "the channels are not added up: the result has an axis too many"): [
            single,
            single.transpose(0, 1),
            single + column,
            single.transpose(0, 1) + column[:, None],
        ],
    }


def _swapped_axes(x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor) -> Mistakes:
    """Results of axes in another order, where the sizes allow it."""
    sideways = _if_it_fits(x.transpose(-1, -2), weight, bias)
    right = multichannel_expected(x, weight, bias)
    return {
        Cause(
            "filters_channels_swapped",
            "filters and channels of the weight are swapped: its axes are [O, C, kh, kw]",
        ): _if_it_fits(x, weight.transpose(0, 1), bias),
        Cause("rows_columns_swapped", "rows and columns are swapped"): [
            *sideways,
            *(form.transpose(-1, -2) for form in sideways if isinstance(form, torch.Tensor)),
            *_if_it_fits(x, weight.transpose(-1, -2), bias),
        ],
        Cause(
            "filters_last", "the result has its filters last ([H', W', O]); the filters come first"
        ): right.permute(1, 2, 0),
        Cause("batch_axis", "the result has an axis for the batch; [O, H', W'] is asked"): right[
            None
        ],
    }


def _if_it_fits(x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor) -> list[Form]:
    """The result of a mistake, or that it raises: where the shapes do not go together."""
    channels_agree = weight.shape[:2] == (bias.shape[0], x.shape[0])
    if not channels_agree or any(
        side < taps for side, taps in zip(x.shape[1:], weight.shape[2:], strict=True)
    ):
        return [RAISES]
    return [multichannel_expected(x, weight, bias)]


def channel_cases(
    random: torch.Generator,
    sizes: Sequence[tuple[int, int, int, int, int, int]],
    double: bool = False,
) -> list[Case]:
    """A case of random numbers for each (channels, height, width, filters, rows, columns)."""
    dtype = torch.float64 if double else torch.float32

    def normal(*shape: int) -> torch.Tensor:
        return torch.randn(shape, generator=random, dtype=dtype)

    return [
        Case(
            f"{channels} channel(s) of {height}×{width} pixels and {filters} filter(s) of"
            f" {rows}×{columns}",
            (
                normal(channels, height, width),
                normal(filters, channels, rows, columns),
                normal(filters),
            ),
        )
        for channels, height, width, filters, rows, columns in sizes
    ]

"""What well-known mistakes in q7 (several channels, several filters) return on given inputs."""

from collections.abc import Sequence

import torch
from torch.nn import functional

from cnnlab.checks import RAISES, Case, Form, Mistakes
from labkit.diagnosis import Cause


def multichannel_expected(
    x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor
) -> torch.Tensor:
    """The oracle of q7: [C, H, W], [O, C, kh, kw], [O] → [O, H', W'], in float64."""
    return functional.conv2d(x.double()[None], weight.double(), bias.double())[0]


def multichannel_mistakes(x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor) -> Mistakes:
    """Mistakes of q7 for x [C, H, W], weight [O, C, kh, kw] and bias [O]."""
    x, weight, bias = x.double(), weight.double(), bias.double()
    column = bias[:, None, None]
    single = torch.stack(
        [functional.conv2d(x[None, c : c + 1], weight[:, c : c + 1])[0] for c in range(len(x))]
    )  # [C, O, H', W']: what every channel contributes to every filter
    plain = single.sum(0)
    return {
        **_wrong_channels(x, weight, single, column),
        **_wrong_biases(plain, bias, weight),
        **_wrong_filters(plain, bias),
        **_separate_channels(single, weight, column),
        **_swapped_axes(x, weight, bias),
    }


def _wrong_channels(
    x: torch.Tensor, weight: torch.Tensor, single: torch.Tensor, column: torch.Tensor
) -> Mistakes:
    """The channels are not added up, or meet the wrong kernels."""
    plain = single.sum(0)
    return {
        Cause("first_channel_only", "only channel 0 is used: add up what all channels give"): (
            single[0] + column
        ),
        Cause(
            "last_channel_only",
            "only the last channel is used: add up what all channels give (`+=`, not `=`)",
        ): single[-1] + column,
        Cause("last_channel_missing", "the last channel is left out: add up what all give"): (
            single[:-1].sum(0) + column
        ),
        Cause("first_channel_missing", "channel 0 is left out: add up what all channels give"): (
            single[1:].sum(0) + column
        ),
        Cause("mean_over_channels", "you take the mean over the channels; their sum is asked"): [
            single.mean(0) + column,
            (plain + column) / len(x),
        ],
        Cause("mean_of_products", "you take the mean of the products; their sum is asked"): [
            plain / weight[0].numel() + column,
            plain / weight[0, 0].numel() + column,
        ],
        Cause(
            "maximum_over_channels", "you take the maximum over the channels; their sum is asked"
        ): single.amax(0) + column,
        Cause("channel_product", "what the channels give is multiplied; their sum is asked"): (
            single.prod(0) + column
        ),
        Cause("first_kernel_for_all", "the kernel of channel 0 is used for every channel"): (
            functional.conv2d(x.sum(0)[None, None], weight[:, :1])[0] + column
        ),
        Cause("first_image_for_all", "channel 0 of x is used with the kernels of all channels"): (
            functional.conv2d(x[:1].expand_as(x)[None], weight)[0] + column
        ),
        Cause(
            "summed_first", "channels and kernels are each summed up before they are multiplied"
        ): (functional.conv2d(x.sum(0)[None, None], weight.sum(1, keepdim=True))[0] + column),
        Cause("channels_reversed", "the kernels meet the channels in reverse order"): (
            functional.conv2d(x.flip(0)[None], weight)[0] + column
        ),
        Cause("kernel_flipped", "the kernels are flipped: here, too, cross-correlation is asked"): (
            functional.conv2d(x[None], weight.flip(-1, -2))[0] + column
        ),
    }


def _wrong_biases(plain: torch.Tensor, bias: torch.Tensor, weight: torch.Tensor) -> Mistakes:
    channels, taps, column = weight.shape[1], weight[0, 0].numel(), bias[:, None, None]
    return {
        Cause(
            "bias_per_channel",
            "the bias is added once for every channel (bias × C); add it once for each filter",
        ): plain + channels * column,
        Cause(
            "bias_per_tap",
            "the bias is added once for every entry of the kernel; add it once for each filter",
        ): [plain + taps * column, plain + taps * channels * column],
        Cause("bias_left_out", "the bias is left out"): plain,
        Cause("bias_subtracted", "the bias is subtracted; add it"): plain - column,
        Cause("bias_multiplied", "the bias multiplies the sum; add it"): plain * column,
        Cause("bias_only", "the biases alone are returned: the sums of the products are missing"): (
            column.expand_as(plain)
        ),
        Cause("bias_shared", "all filters share one bias: filter o has bias[o]"): [
            plain + shared for shared in (bias[0], bias[-1], bias.sum(), bias.mean())
        ],
        Cause("bias_grows", "filter o gets the biases of the filters before it, too"): (
            plain + column.cumsum(0)
        ),
        Cause("bias_reversed", "filter o has the bias of another filter: it has bias[o]"): [
            plain + column.flip(0),
            plain + column.roll(1, 0),
            plain + column.roll(-1, 0),
        ],
        Cause(
            "bias_wrong_axis",
            "the bias is spread along the wrong axis: bias[o] belongs to the whole map o",
        ): _misplaced_bias(plain, bias),
    }


def _misplaced_bias(plain: torch.Tensor, bias: torch.Tensor) -> list[Form]:
    """Broadcasting adds [O] to the last axis, or to the rows, where the sizes happen to agree.

    Where they do not, it stops; or the axis was chosen by size, and the result is right.
    """
    forms: list[Form] = []
    for axis in (bias, bias[:, None]):
        try:
            forms.append(plain + axis)
        except RuntimeError:
            forms += [RAISES, plain + bias[:, None, None]]
    return forms


def _wrong_filters(plain: torch.Tensor, bias: torch.Tensor) -> Mistakes:
    right = plain + bias[:, None, None]
    added = right.sum(0)
    return {
        Cause(
            "first_filter_repeated",
            "filter 0 is repeated: every output channel has a filter of its own",
        ): [
            plain[:1].expand_as(plain) + bias[:, None, None],
            right[:1].expand_as(plain),
        ],
        Cause("one_filter", "only one filter is used: the result has a map for each filter"): [
            right[:1],
            right[0],
            right[-1],
            right[-1:],
        ],
        Cause("last_filter_missing", "the map of the last filter is missing: there are O maps"): [
            right[:-1],
            torch.cat([right[:-1], torch.zeros_like(right[:1])]),
        ],
        Cause("loop_returns", "only map 0 is filled: is `return` indented too far?"): (
            torch.cat([right[:1], torch.zeros_like(right[1:])])
        ),
        Cause("filters_reversed", "the maps stand in reverse order: map o belongs to filter o"): (
            right.flip(0)
        ),
        Cause(
            "filters_added",
            "the filters are added up: each of the O filters gives a map of its own",
        ): [added, added[None], added.expand_as(plain), plain.sum(0) + bias[0]]
        if len(plain) > 1
        else [],
        Cause("not_reset", "the sum is not set back to 0 for each filter: it goes on growing"): [
            plain.cumsum(0) + bias[:, None, None],
            right.cumsum(0),
        ],
        Cause("clipped", "negative results are set to 0: ReLU is not asked here"): (
            right.clamp(min=0)
        ),
    }


def _separate_channels(
    single: torch.Tensor, weight: torch.Tensor, column: torch.Tensor
) -> Mistakes:
    """Results that keep the channels apart: C maps instead of O."""
    filters, channels = weight.shape[:2]
    first = single[:, 0]
    apart = [first, first + column[0], first + column[:channels] if filters >= channels else first]
    both = min(filters, channels)
    diagonal = torch.stack([single[index, index] for index in range(both)])
    stopped: list[Form] = [RAISES] if filters != channels else []
    return {
        Cause(
            "channels_apart",
            "there are C maps instead of O: the channels stay apart; add them up, and make one map "
            "for each filter",
        ): [*apart, single.sum(1), single.sum(1) + column.sum()],
        Cause(
            "depthwise",
            "filter o sees channel o only (depthwise); every filter sees all channels",
        ): [diagonal, diagonal + column[:both], *stopped],
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
        Cause("flattened", "the maps are flattened; [O, H', W'] is asked"): [
            right.flatten(1),
            right.flatten(),
        ],
        Cause(
            "short_by_one",
            "the maps are short by one: there are H - kh + 1 rows and W - kw + 1 columns",
        ): [right[:, :-1, :-1], right[:, :-1], right[:, :, :-1]],
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

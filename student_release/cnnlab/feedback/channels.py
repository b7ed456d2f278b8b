"""What well-known mistakes in q7 (several channels, several filters) return on given inputs."""

import torch
from torch.nn import functional

from cnnlab.feedback.compare import Mistakes
from cnnlab.feedback.on_demand import on_demand

CHANNELS_HINT = (
    "x is [C, H, W], weight [O, C, kh, kw], bias [O]. C (channels in), O (filters) and the "
    "sizes of image and kernel may all differ"
)


def multichannel_expected(
    x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor
) -> torch.Tensor:
    """The oracle of q7: [C, H, W], [O, C, kh, kw], [O] → [O, H', W'], in float64."""
    return functional.conv2d(x.double()[None], weight.double(), bias.double())[0]


@on_demand
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
        "only channel 0 is used: add up what all channels give": single[0] + column,
        "only the last channel is used: add up what all channels give": single[-1] + column,
        "you take the mean over the channels; their sum is asked": single.mean(0) + column,
        "you take the maximum over the channels; their sum is asked": single.amax(0) + column,
        "the bias is added once for every channel (bias × C); add it once for each filter": plain
        + channels * column,
        "the bias is left out": plain,
        "the bias is subtracted; add it": plain - column,
        "filter 0 is repeated: every output channel has a filter of its own": [
            plain[:1].expand_as(plain) + column,
            (plain[:1] + column[:1]).expand_as(plain),
        ],
        "all filters share one bias: filter o has bias[o]": [
            plain + shared for shared in (bias[0], bias[-1], bias.sum(), bias.mean())
        ],
        "the bias is spread along the wrong axis: bias[o] belongs to the whole map "
        "o": _misplaced_bias(plain, bias),
        "the filters are added up: each of the O filters gives a map of its own": [
            added,
            added[None],
            added.expand_as(plain),
        ]
        if len(plain) > 1
        else [],
        "the kernel of channel 0 is used for every channel": functional.conv2d(
            x.sum(0)[None, None], weight[:, :1], bias
        )[0],
        "the kernels are flipped: here, too, cross-correlation is asked": functional.conv2d(
            x[None], weight.flip(-1, -2), bias
        )[0],
        **_separate_channels(single, weight, column),
        **_swapped_axes(x, weight, bias),
    }


def _misplaced_bias(plain: torch.Tensor, bias: torch.Tensor) -> list[torch.Tensor]:
    """Broadcasting adds [O] to the last axis, or to the rows, where the sizes happen to agree."""
    filters, rows, columns = plain.shape
    along_columns = [plain + bias] if columns == filters else []
    return along_columns + ([plain + bias[:, None]] if rows == filters else [])


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
        "there are C maps instead of O: the channels stay apart; add them up, and make one map "
        "for each filter": [*apart, single.sum(1), single.sum(1) + column.sum()],
        "filter o sees channel o only (a depthwise convolution); every filter sees all channels": [
            diagonal,
            diagonal + column[:both],
        ],
        "the channels are not added up: the result has an axis too many": [
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
        "filters and channels of the weight are swapped: its axes are [O, C, kh, kw]": _if_it_fits(
            x, weight.transpose(0, 1), bias
        ),
        "rows and columns are swapped": [
            *sideways,
            *(result.transpose(-1, -2) for result in sideways),
            *_if_it_fits(x, weight.transpose(-1, -2), bias),
        ],
        "the result has its filters last ([H', W', O]); the filters come first": right.permute(
            1, 2, 0
        ),
        "the result has an axis for the batch; [O, H', W'] is asked": right[None],
    }


def _if_it_fits(x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor) -> list[torch.Tensor]:
    """The result as the only form of a mistake; no form where the shapes do not go together."""
    channels_agree = weight.shape[:2] == (bias.shape[0], x.shape[0])
    if not channels_agree or any(
        side < taps for side, taps in zip(x.shape[1:], weight.shape[2:], strict=True)
    ):
        return []
    return [multichannel_expected(x, weight, bias)]

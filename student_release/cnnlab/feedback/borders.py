"""One call of `conv2d` (q5), what it returns, and what it returns where the padding is wrong."""

from dataclasses import dataclass, replace

import torch
from torch.nn import functional

from cnnlab.checks import RAISES, Form, Mistakes
from cnnlab.feedback.sliding import cross_correlation
from labkit.diagnosis import Cause


@dataclass(frozen=True)
class Call:
    """One call of `conv2d`, with float64 tensors."""

    image: torch.Tensor
    kernel: torch.Tensor
    bias: float
    stride: int
    padding: int

    @property
    def result(self) -> torch.Tensor:
        return conv2d_expected(self.image, self.kernel, self.bias, self.stride, self.padding)

    def changed(self, **fields: torch.Tensor | float) -> list[Form]:
        """The result with other settings; RAISES where they cannot be."""
        other = replace(self, **fields)
        sides = zip(other.image.shape, other.kernel.shape, strict=True)
        if other.stride < 1 or any(side + 2 * other.padding < taps for side, taps in sides):
            return [RAISES]
        return [other.result]

    def padded(
        self, left: int, right: int, top: int, bottom: int, mode: str = "constant", value: float = 0
    ) -> list[Form]:
        """The result where the image is padded like this; RAISES where torch refuses it."""
        try:
            image = functional.pad(
                self.image[None, None],
                (left, right, top, bottom),
                mode,
                value if mode == "constant" else None,
            )[0, 0]
        except RuntimeError:  # reflect and circular refuse more padding than there are pixels
            return [RAISES]
        return self.changed(image=image, padding=0)


def conv2d_expected(
    image: torch.Tensor,
    kernel: torch.Tensor,
    bias: float = 0.0,
    stride: int = 1,
    padding: int = 0,
) -> torch.Tensor:
    """The oracle of q5, in float64."""
    return cross_correlation(image, kernel, stride, padding) + bias


def padding_mistakes(call: Call) -> Mistakes:
    p, bias = call.padding, call.bias
    plain = [form for form in call.changed(padding=0) if isinstance(form, torch.Tensor)]
    after = call.padded
    stopped: list[Form] = [] if plain else [RAISES]
    return {
        Cause("padding_ignored", "the padding is ignored"): call.changed(padding=0),
        Cause(
            "padding_one", "the image is padded by 1 where another padding, or none, is asked"
        ): call.changed(padding=1),
        Cause(
            "one_side_padded",
            "the padding of one side only counts, in the image or in the number of rows and "
            "columns: there are `padding` rows above and below, `padding` columns left and right",
        ): [
            *after(p, 0, p, 0),
            *after(0, p, 0, p),
            *after(2 * p, 0, 2 * p, 0),
            *after(0, 2 * p, 0, 2 * p),
        ],
        Cause("rows_padded_only", "only the rows are padded: columns need padding, too"): after(
            0, 0, p, p
        ),
        Cause("columns_padded_only", "only the columns are padded: rows need padding, too"): after(
            p, p, 0, 0
        ),
        Cause(
            "padded_afterwards", "the padding is done after the convolution; pad the image first"
        ): [
            form
            for result in plain
            for form in (
                functional.pad(result, (p, p, p, p)),
                functional.pad(result, (p, p, p, p), value=bias),
                *([functional.pad(result - bias, (p, p, p, p))] if p else []),
            )
        ]
        + stopped,
        Cause("padded_with_ones", "the image is padded with ones; pad with zeros"): after(
            p, p, p, p, value=1.0
        ),
        Cause("padded_with_bias", "the image is padded with the bias; pad with zeros"): [
            *after(p, p, p, p, value=bias),
            *replace(call, bias=0.0).padded(p, p, p, p, value=bias),
        ],
        Cause(
            "padded_with_pixels",
            "the padding repeats or mirrors pixels of the image; pad with zeros",
        ): [
            *after(p, p, p, p, "reflect"),
            *after(p, p, p, p, "replicate"),
            *after(p, p, p, p, "circular"),
        ],
        Cause("padding_negative", "the padding is negative: the image is cut, not padded"): after(
            -p, -p, -p, -p
        ),
        Cause("padded_twice", "the image is padded twice"): after(2 * p, 2 * p, 2 * p, 2 * p),
        Cause(
            "padding_split",
            "the padding is split over the two sides; every side gets the whole `padding`",
        ): [*after(p // 2, p - p // 2, p // 2, p - p // 2), *after(*[p // 2] * 4)],
        Cause(
            "size_without_padding",
            "the number of rows and columns is that of the unpadded image: count those of the "
            "padded one",
        ): [call.result[: result.shape[0], : result.shape[1]] for result in plain] + stopped,
    }

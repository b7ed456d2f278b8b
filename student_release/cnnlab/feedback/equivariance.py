"""What well-known mistakes in q15 (how far a layer is from equivariance) return."""

from collections.abc import Callable

import torch

from cnnlab.feedback.compare import Mistakes
from cnnlab.feedback.on_demand import on_demand

Layer = Callable[[torch.Tensor], torch.Tensor]


@on_demand
def shift_error_mistakes(
    layer: Layer, image: torch.Tensor, shift: tuple[int, int], expected: float
) -> Mistakes:
    """Mistakes of `shift_error` for an image [N, C, H, W]; `expected` is the right answer.

    All of them move with `torch.roll`, which wraps around: what leaves on one side comes back
    on the other.
    """
    rows, columns = shift
    before = layer(image).double()
    after = layer(_roll(image, rows, columns)).double()

    def largest(difference: torch.Tensor) -> torch.Tensor:
        return difference.abs().max()

    wrapped = after - _roll(before, rows, columns)
    return {
        "the error is 0 for a layer that is not equivariant: is anything shifted?": torch.zeros(
            () if expected else (0,), dtype=torch.float64
        ),
        "the border is compared, too: pixels that leave on one side come back on the other "
        "(wrap-around). Compare the interior only": [
            largest(wrapped),
            wrapped.abs().mean(),
            wrapped.abs().sum(),
        ],
        "the result of the layer is shifted in the wrong direction": largest(
            after - _roll(before, -rows, -columns)
        ),
        "the result of the layer is not shifted: that would measure invariance": largest(
            after - before
        ),
        "the shift moves rows only; it has two numbers": largest(
            layer(_roll(image, rows, 0)).double() - _roll(before, rows, 0)
        ),
        "the shift moves columns only; it has two numbers": largest(
            layer(_roll(image, 0, columns)).double() - _roll(before, 0, columns)
        ),
    }


def _roll(x: torch.Tensor, rows: int, columns: int) -> torch.Tensor:
    return x.roll((rows, columns), (-2, -1))

"""What well-known mistakes in the ReLU of q6 return on given inputs."""

import torch
from torch.nn import functional

from cnnlab.checks import Mistakes
from labkit.diagnosis import Cause

SLOPES = (0.01, 0.05, 0.1, 0.2, 0.25, 0.3, 0.5)
LIMITS = (1, 2, 5, 6, 10, 100, 255)


def relu_expected(x: torch.Tensor) -> torch.Tensor:
    """The oracle of `relu`, in float64."""
    return x.double().clamp(min=0)


def relu_mistakes(x: torch.Tensor) -> Mistakes:
    """Mistakes of `relu`, for any shape."""
    x = x.double()
    right = x.clamp(min=0)
    return {
        Cause("absolute", "relu returns absolute values; negative numbers become 0"): x.abs(),
        Cause("leaky", "relu leaks: negative numbers become 0, not a small negative number"): [
            functional.leaky_relu(x, slope) for slope in SLOPES
        ],
        Cause("sigmoid", "relu returns a sigmoid or tanh curve; max(0, x) is asked"): [
            x.sigmoid(),
            x.tanh(),
            x.tanh().relu(),
        ],
        Cause("negative_kept", "relu keeps the negative numbers and drops the positive ones"): [
            x.clamp(max=0),
            (-x).relu(),
        ],
        Cause("sign_flipped", "relu returns its result with the opposite sign"): -right,
        Cause("mask", "relu says whether a number is positive; it must keep the number itself"): [
            (x > 0).double(),
            (x >= 0).double(),
            x.sign(),
        ],
        Cause("unchanged", "relu changes nothing: negative numbers must become 0"): x,
        Cause("capped", "relu cuts large numbers off, too: it has no upper end"): [
            x.clamp(0, limit) for limit in LIMITS
        ],
        Cause(
            "whole_tensor",
            "relu returns one number for the whole tensor; max(0, x) is taken entry by entry",
        ): [x.max().clamp(min=0), x.max(), right.sum(), right.mean()],
        Cause("smooth", "relu returns a smooth curve; max(0, x) has a corner at 0"): [
            functional.gelu(x),
            functional.softplus(x),
            functional.silu(x),
            functional.elu(x),
            functional.selu(x),
        ],
        Cause("dropped", "relu drops the negative numbers; they become 0 and the shape stays"): [
            x[x > 0],
            x[x >= 0],
        ],
        Cause("flattened", "relu returns one row; the shape of x stays"): right.flatten(),
        Cause("squared", "relu squares its result"): right * right,
        Cause("small_lost", "relu drops numbers between 0 and 1, too"): [
            torch.where(x >= 1, x, 0.0),
            torch.where(x > 1, x, 0.0),
        ],
        Cause("ones", "negative numbers become 1; 0 is asked"): torch.where(x < 0, 1.0, x),
        Cause(
            "shifted", "relu subtracts the smallest number; max(0, x) leaves positive numbers alone"
        ): x - x.min(),
        Cause("softmax", "relu returns shares that add up to 1; max(0, x) is asked"): [
            x.softmax(0),
            x.softmax(-1),
        ],
        Cause("wrong_floor", "negative numbers become another number; 0 is asked"): [
            x.clamp(min=floor) for floor in (1e-6, 1e-3, 0.01, 0.1, 0.5, 1, -1)
        ],
    }

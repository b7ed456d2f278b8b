"""Does the network of q8 compute what it should? Known mistakes are tried with its own weights."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from cnnlab.feedback.compare import agrees
from cnnlab.feedback.models import (
    FIRST,
    SECOND,
    build_failure,
    fc_problem,
    forward_failure,
    layers_problem,
    rows_problem,
)
from cnnlab.feedback.on_demand import on_demand
from cnnlab.feedback.values import as_float64
from cnnlab.probes.models import known_weights


def forward_problem(
    seen: Any, images: Tensor, expected: Tensor, weights: Sequence[Tensor]
) -> str | None:
    """Are the scores of `images` the `expected` ones [B,10]? log_softmax of them is as good.

    Args:
        weights: those of conv1, conv2 and fc, each followed by its bias.
    """
    features = weights[4].shape[1]
    failure = build_failure(seen) or forward_failure(seen, features)
    if failure:
        return failure
    got = seen["rows"]
    if agrees(got, expected) or agrees(got, expected.log_softmax(1)):
        return "q8: forward changes its input in place." if seen["changed"] else _again(seen)
    for sentence, wrong in forward_mistakes(images, expected, weights).items():
        if agrees(got, wrong):
            return f"q8: {sentence}."
    return (
        rows_problem(seen, len(images))
        or layers_problem(seen)
        or fc_problem([tuple(shape) for shape in seen["shapes"]], features)
        or (
            "q8: the layers are right, but the scores are not those of convolution, ReLU and pool,"
            " twice, then flatten and fc."
        )
    )


def _again(seen: Mapping[str, Any]) -> str | None:
    if agrees(seen["again"], as_float64(seen["rows"])):
        return None
    return "q8: the same images give other scores the second time: forward must keep no state."


@on_demand
def forward_mistakes(
    images: Tensor, expected: Tensor, weights: Sequence[Tensor]
) -> dict[str, Tensor]:
    """What known mistakes in `forward` give with the model's own weights: sentence → scores."""
    w1, b1, w2, b2, w3, b3 = weights

    def same(maps: Tensor) -> Tensor:
        return maps

    def pooled(maps: Tensor) -> Tensor:
        return F.max_pool2d(maps, 2)

    def scores(
        first: Callable[[Tensor], Tensor],
        second: Callable[[Tensor], Tensor],
        pool: Callable[[Tensor], Tensor] = pooled,
        order: tuple[int, ...] = (0, 1, 2, 3),
    ) -> Tensor:
        maps = pool(first(F.conv2d(images, w1, b1)))
        maps = pool(second(F.conv2d(maps, w2, b2)))
        return F.linear(maps.permute(order).flatten(1), w3, b3)

    relu = torch.relu
    return {
        "softmax is applied in `forward`. Return the raw scores: the loss contains the"
        " softmax": expected.softmax(1),
        "a sigmoid is applied to the scores: return them raw": expected.sigmoid(),
        "a ReLU is applied to the scores, which may well be negative: return them raw": relu(
            expected
        ),
        "there is no ReLU: without one, two convolutions are no more than one": scores(same, same),
        "the ReLU after conv1 is missing": scores(same, relu),
        "the ReLU after conv2 is missing": scores(relu, same),
        "tanh stands where ReLU is asked for": scores(torch.tanh, torch.tanh),
        "sigmoid stands where ReLU is asked for": scores(torch.sigmoid, torch.sigmoid),
        "a leaky ReLU stands where ReLU is asked for": scores(F.leaky_relu, F.leaky_relu),
        "the pools take the mean, where the maximum is asked for": scores(
            relu, relu, lambda maps: F.avg_pool2d(maps, 2)
        ),
        "height and width are swapped before flattening": scores(relu, relu, order=(0, 1, 3, 2)),
        "the channels are moved to the end before flattening": scores(
            relu, relu, order=(0, 2, 3, 1)
        ),
    }


def simple_cnn_weights(features: int, seed: int) -> list[Tensor]:
    """The weights that the probe gives conv1, conv2 and fc with `features` inputs, and biases."""
    shapes = (FIRST, (8,), SECOND, (16,), (10, features), (10,))
    return [known_weights(shape, seed) for shape in shapes]

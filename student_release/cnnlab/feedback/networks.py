"""The forward pass of q8's network as a plan, and every known turn away from it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from cnnlab.feedback.flattened import feature_causes
from cnnlab.probes.models import known_weights
from labkit.diagnosis import Cause

FIRST, SECOND = (8, 1, 3, 3), (16, 8, 3, 3)
"""Weight shapes of conv1 and conv2: filters, input channels, height, width."""
Maps = Callable[[Tensor], Tensor]


def _same(maps: Tensor) -> Tensor:
    return maps


@dataclass(frozen=True)
class Plan:
    """What a forward pass does; the defaults are the lesson's."""

    pads: tuple[int, int] = (0, 0)
    strides: tuple[int, int] = (1, 1)
    pools: tuple[int, int] = (1, 1)
    """How often the maps are pooled after each convolution."""
    ceil: bool = False
    means: tuple[bool, bool] = (False, False)
    """Which pools take the mean?"""
    size: int = 2
    """Side of a pool's window."""
    step: int = 2
    dilations: tuple[int, int] = (1, 1)
    convolutions: int = 2
    """How many of the two are applied."""
    activations: tuple[Maps, Maps] = (torch.relu, torch.relu)
    order: tuple[int, ...] = (0, 1, 2, 3)
    images: Maps = _same
    scores: Maps = _same

    def features(self, images: Tensor, weights: list[Tensor]) -> Tensor:
        """What fc receives, [B, F]."""
        maps = self.images(images)
        for k in range(self.convolutions):
            weight, bias = weights[2 * k : 2 * k + 2]
            steps = self.strides[k], self.pads[k], self.dilations[k]
            maps = self.activations[k](F.conv2d(maps, weight, bias, *steps))
            for _ in range(self.pools[k]):
                pool = F.avg_pool2d if self.means[k] else F.max_pool2d
                maps = pool(maps, self.size, self.step, ceil_mode=self.ceil)
        return maps.permute(self.order).flatten(1)


def plan_scores(plan: Plan, images: Tensor, seed: int, takes: int | None) -> Tensor | None:
    """What `plan` gives with the known weights; None where fc cannot take its features."""
    convolutions = [known_weights(shape, seed) for shape in (FIRST, (8,), SECOND, (16,))]
    try:
        features = plan.features(images, convolutions)
    except RuntimeError:  # the maps have become smaller than a window
        return None
    if takes is not None and features.shape[1] != takes:
        return None
    weight = known_weights((10, features.shape[1]), seed)
    return plan.scores(F.linear(features, weight, known_weights((10,), seed)))


Turns = Iterator[tuple[tuple[Cause, ...], Plan]]


def two_turns() -> Turns:
    """Each turn together with each that concerns something else."""
    single = list(_TURNS.items())
    for k, (cause, change) in enumerate(single):
        for other, another in single[:k]:
            if not set(change) & set(another):
                yield (other, cause), replace(Plan(), **another, **change)


def single_turns() -> Turns:
    for cause, change in (_TURNS | _RARE_TURNS).items():
        yield (cause,), replace(Plan(), **change)


def _instead(name: str, function: Maps) -> dict[Cause, dict[str, Any]]:
    text = f"{name} stands where ReLU is asked for"
    return {Cause(f"{name.split()[-1].lower()}_for_relu", text): {"activations": (function,) * 2}}


_TURNS: Mapping[Cause, dict[str, Any]] = {
    Cause(
        "softmax",
        "softmax is applied in `forward`. Return the raw scores: the loss contains the softmax",
    ): {"scores": lambda x: x.softmax(1)},
    Cause(
        "depends_on_batch",
        "softmax is applied in `forward`, and over the batch. Return the raw scores",
    ): {"scores": lambda x: x.softmax(0)},
    Cause("depends_on_batch", "log_softmax is taken over the batch, not over the digits"): {
        "scores": lambda x: x.log_softmax(0)
    },
    Cause("sigmoid", "a sigmoid is applied to the scores: return them raw"): {
        "scores": torch.sigmoid
    },
    Cause("tanh", "a tanh is applied to the scores: return them raw"): {"scores": torch.tanh},
    Cause(
        "relu_on_scores",
        "a ReLU is applied to the scores, which may well be negative: return them raw",
    ): {"scores": torch.relu},
    Cause("no_relu", "there is no ReLU: without one, two convolutions are no more than one"): {
        "activations": (_same, _same)
    },
    Cause("no_first_relu", "the ReLU after conv1 is missing"): {"activations": (_same, torch.relu)},
    Cause("no_second_relu", "the ReLU after conv2 is missing"): {
        "activations": (torch.relu, _same)
    },
    **_instead("tanh", torch.tanh),
    **_instead("sigmoid", torch.sigmoid),
    **_instead("a leaky ReLU", F.leaky_relu),
    **_instead("ELU", F.elu),
    **_instead("GELU", F.gelu),
    Cause("mean_pool", "the pools take the mean, where the maximum is asked for"): {
        "means": (True, True)
    },
    Cause("ceil", "the pools round up: the plan's drop an odd last row and column"): {"ceil": True},
    Cause("pool_of_three", "the pools look at 3×3 windows, where 2×2 is asked for"): {"size": 3},
    Cause("sides_swapped", "height and width are swapped before flattening"): {
        "order": (0, 1, 3, 2)
    },
    Cause("channels_last", "the channels are moved to the end before flattening"): {
        "order": (0, 2, 3, 1)
    },
    Cause("no_pool", "there is no pool: one belongs after each convolution"): {"pools": (0, 0)},
    Cause("no_first_pool", "the pool after conv1 is missing"): {"pools": (0, 1)},
    Cause("no_second_pool", "the second pool is missing: one belongs after each convolution"): {
        "pools": (1, 0)
    },
    Cause("third_pool", "the maps are pooled three times, twice after conv2"): {"pools": (1, 2)},
    Cause("third_pool_early", "the maps are pooled three times, twice after conv1"): {
        "pools": (2, 1)
    },
    Cause("padding", "the convolutions pad the maps: the plan's have `padding=0`"): {
        "pads": (1, 1)
    },
    Cause("padding_two", "the convolutions pad the maps by 2: the plan's have `padding=0`"): {
        "pads": (2, 2)
    },
    Cause("first_padding", "conv1 pads the images: the plan's has `padding=0`"): {"pads": (1, 0)},
    Cause("second_padding", "conv2 pads the maps: the plan's has `padding=0`"): {"pads": (0, 1)},
    Cause("first_stride", "conv1 has a stride of 2: the plan's has 1"): {"strides": (2, 1)},
    Cause("second_stride", "conv2 has a stride of 2: the plan's has 1"): {"strides": (1, 2)},
    Cause("stride_for_pool", "the convolutions have a stride of 2 instead of a pool"): {
        "strides": (2, 2),
        "pools": (0, 0),
    },
    Cause("images_scaled", "the images are divided by 255 in `forward`: they come scaled"): {
        "images": lambda x: x / 255
    },
}
"""Every usual mistake with what it changes in the plan."""

_RARE_TURNS: Mapping[Cause, dict[str, Any]] = {
    Cause("softmax", "softmax is applied twice in `forward`, and the loss contains it once more"): {
        "scores": lambda x: x.softmax(1).softmax(1)
    },
    Cause("exp", "the scores go through `exp`: return them raw"): {"scores": torch.exp},
    Cause("negated", "the scores are negated: the largest one belongs to the digit"): {
        "scores": torch.neg
    },
    Cause("scores_normed", "the scores are divided by their length: return them raw"): {
        "scores": lambda x: F.normalize(x)
    },
    Cause("relu_on_images", "the ReLU is applied to the images: it follows each convolution"): {
        "images": torch.relu,
        "activations": (_same, _same),
    },
    **_instead("an absolute value", torch.abs),
    **_instead("SiLU", F.silu),
    **_instead("Softplus", F.softplus),
    **_instead("ReLU6", F.relu6),
    **_instead("SELU", F.selu),
    Cause("first_mean_pool", "the first pool takes the mean, where the maximum is asked for"): {
        "means": (True, False)
    },
    Cause("second_mean_pool", "the second pool takes the mean, where the maximum is asked for"): {
        "means": (False, True)
    },
    Cause("pool_step", "the pools move by one pixel: their stride is 2"): {"step": 1},
    Cause("second_unused", "conv2 is made, but not applied"): {"convolutions": 1},
    Cause("dilation", "the convolutions have a dilation of 2: the plan's have none"): {
        "dilations": (2, 2)
    },
    Cause("first_dilation", "conv1 has a dilation of 2: the plan's has none"): {
        "dilations": (2, 1)
    },
    Cause("second_dilation", "conv2 has a dilation of 2: the plan's has none"): {
        "dilations": (1, 2)
    },
    Cause("images_inverted", "the images are inverted in `forward`: they come as they should be"): {
        "images": lambda x: 1 - x
    },
}
"""Mistakes that come alone."""


def maps_numbers(plan: Plan) -> int:
    """How many numbers the last maps of one image hold."""
    image = torch.zeros(1, 1, 28, 28)
    weights = [torch.zeros(shape) for shape in (FIRST, (8,), SECOND, (16,))]
    return plan.features(image, weights).shape[1]


def maps_causes(given: int) -> list[Cause]:
    """The single turns with which the maps of an image hold `given` numbers."""
    return [causes[0] for causes, plan in single_turns() if maps_numbers(plan) == given]


def fc_causes(takes: int) -> list[Cause]:
    """How one may come to let fc take `takes` numbers, where the maps are right."""
    right, channels, classes = maps_numbers(Plan()), SECOND[0], 10
    turned = [
        Cause(cause.id, f"that is what comes out where {cause.text.split(':')[0]}")
        for cause in maps_causes(takes)
    ]
    wide = ((28 - 4) // 2 - 4) // 2
    others = {
        Cause("one_channel", "that is one channel: fc receives the numbers of all"): right
        // channels,
        Cause("first_channels", "that counts conv1's channels; conv2 has the last word"): right
        // channels
        * FIRST[0],
        Cause("channels", "that is the number of channels, without their pixels"): channels,
        Cause("wide_kernel", "that is the size with 5×5 kernels"): channels * wide**2,
        Cause("image", "that is the image itself: fc receives the maps of conv2, pooled"): 28 * 28,
        Cause("batch", "that is the batch size: fc sees one image at a time"): 64,
        Cause("classes", "that is what fc gives, not what it takes"): classes,
    }
    found = turned + [cause for cause, number in others.items() if number == takes]
    return found or feature_causes(takes)

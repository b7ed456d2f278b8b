"""Channels and sides put together wrongly, and numbers that aren't fc's inputs (q3, q4, q8)."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from cnnlab.feedback.plans import IMAGE_SIDE

CHANNELS = (8, 16)
"""What conv1 and conv2 put out in SimpleCNN."""
BATCH = 64
"""Images in a batch of the lesson's exercise."""
CLASSES = 10


@dataclass(frozen=True)
class Share:
    """How the channels are counted."""

    id: str
    factor: int
    alone: str
    """The whole explanation where nothing else is wrong."""
    words: str
    cost: float = 1.0
    cost_combined: float = 1.5
    """Its cost beside a wrong turn."""


C1, C2 = CHANNELS
SHARES = (
    Share("", C2, "", "", 0.0, 0.0),
    Share(
        "one_channel",
        1,
        "that is one channel: conv2 gives 16 of them",
        "one channel only",
        1.0,
        1.0,
    ),
    Share(
        "conv1_channels",
        C1,
        "the channels are those of conv1, fc comes after conv2",
        "with the channels of conv1",
        cost_combined=1.0,
    ),
    Share(
        "channels_added",
        C1 + C2,
        "the channels of conv1 and conv2 are added: only conv2's 16 reach fc",
        "with the channels of both convolutions added",
    ),
    Share(
        "channels_multiplied",
        C1 * C2,
        "the channels of conv1 and conv2 are multiplied: only conv2's 16 reach fc",
        "with the channels of both convolutions multiplied",
    ),
    Share(
        "batch_counted",
        BATCH * C2,
        "the 64 images of a batch are counted in; the batch is not a feature",
        "with the 64 images of a batch counted in",
        cost_combined=1.0,
    ),
    Share(
        "batch_for_channels",
        BATCH,
        "that counts 64 channels, which is the batch size, or the channels of a well-known "
        "example: conv2 gives 16",
        "with 64 channels, as in a well-known example (conv2 gives 16)",
        2.0,
        1.0,
    ),
    Share(
        "outputs_counted",
        CLASSES * C2,
        "the ten outputs are counted in: these are the weights of fc, not its inputs",
        "with the ten outputs counted in",
    ),
    Share(
        "rgb",
        3 * C2,
        "three colours are counted in: the image is grey, and conv2 gives 16 channels",
        "with three colours counted in",
    ),
    Share("channels_32", 32, "that counts 32 channels: conv2 gives 16", "with 32 channels", 1.2),
    Share("channels_3", 3, "that counts 3 channels: conv2 gives 16", "with 3 channels"),
    Share(
        "outputs_for_channels",
        CLASSES,
        "that counts fc's ten outputs as channels: conv2 gives 16",
        "with ten channels",
        cost_combined=2.5,
    ),
)


def forms(channels: int, side: float) -> Iterator[tuple[str, float, str, float]]:
    """Ways to put channels and side together wrongly: id, number, words and cost."""
    right = channels * side * side
    text = "the side is not squared: a map has height and width"
    yield "not_squared", channels * side, text, 1.0
    yield "squared", right**2, "that is a square too many", 1.0
    text = "height and width are added: they multiply"
    yield "sides_added", channels * 2 * side, text, 1.0
    text = "channels and pixels are added: every channel has all of these pixels"
    yield "channels_plus_pixels", channels + side * side, text, 1.0
    yield "all_added", channels + 2 * side, "channels, height and width are added: multiply", 1.2
    yield "cubed", channels * side**3, "the side counts three times: height and width are two", 1.2
    text = "the channels count twice: channels · height · width is asked"
    yield "channels_twice", channels * right, text, 2.0
    text = "a bias belongs to an output: it is no input feature"
    yield "bias_counted", right + 1, text, 1.0
    yield "less_one", right - 1, "that is one too few: every number of every map counts", 1.0
    text = "one bias for each of fc's ten outputs is added: a bias is no input feature"
    yield "biases_counted", right + CLASSES, text, 1.2
    text = "that is the number of fc's parameters, weights and biases, not of its inputs"
    yield "fc_parameters", CLASSES * right + CLASSES, text, 1.0
    text = "the nine weights of a 3×3 kernel are counted in: fc receives maps, not kernels"
    yield "kernel_counted", 9 * right, text, 1.2
    text = "that is twice as many: a pool halves height and width, and each number counts once"
    yield "twice", 2 * right, text, 1.2


def named() -> Iterator[tuple[str, int, str]]:
    """Quantities of the plan that aren't a number of features: id, number and words."""
    asked = "the layer receives every number of every map"
    yield "kernel_side", 3, f"that is the side of a kernel; {asked}"
    yield "kernel_area", 9, "that is the number of weights in one 3×3 kernel, not of fc's inputs"
    yield "pool_side", 2, f"that is the side of a pool's window; {asked}"
    yield "pool_area", 4, f"that is the number of pixels in a pool's window; {asked}"
    yield "channels_1", C1, "that is the number of channels after conv1, without their pixels"
    yield "channels_2", C2, "that is the number of channels after conv2, without their pixels"
    text = "that is what fc puts out, one number for each digit, not what it receives"
    yield "outputs", CLASSES, text
    text = "that is the batch size: the batch is no part of one image's features"
    yield "batch_size", BATCH, text
    text = "that is 8·16, channels times channels: conv2 gives 16 channels, each with its pixels"
    yield "channels_only_multiplied", C1 * C2, text
    text = "that is 8+16, channels plus channels: each of conv2's 16 has its pixels"
    yield "channels_only_added", C1 + C2, text
    yield "outputs_channels", CLASSES * C2, "that is 10·16, outputs times channels"
    text = "that is half of the image's side; the layer receives every number of every map"
    yield "half_image", IMAGE_SIDE // 2, text
    for factors, name in _ELSEWHERE.items():
        number = math.prod(map(int, factors.split("·")))
        text = f"that is {factors}, from {name}: count the numbers of this network"
        yield f"known_example_{number}", number, text
    yield "zero", 0, "fc receives some numbers, or it could not tell digits apart"


_ELSEWHERE = {
    "20·4·4": "a well-known example with other layers",
    "50·4·4": "a well-known example with other layers",
    "120": "LeNet",
    "84": "LeNet",
}
"""Numbers of inputs that fc layers have in other networks."""


def weights() -> Iterator[tuple[str, int, str]]:
    """Numbers of weights, which are no number of features either."""
    for name, number in {"conv1": C1 * 9, "conv2": C1 * C2 * 9}.items():
        text = f"that counts the weights of {name}: fc receives feature maps, not kernels"
        yield f"{name}_weights", number, text
    yield "conv2_area", C2 * 9, "that is 16·3·3: fc receives feature maps, not kernels"

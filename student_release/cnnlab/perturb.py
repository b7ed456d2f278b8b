"""Test digits that nobody has seen: every image a little brighter or darker, with a little noise.

MNIST's test labels are public, and a look-up table of the images would score 100 %. So a model is
scored on images that are changed and put in another order anew. The change is light: it costs an
honest model less than 0.1 points of accuracy on average (measured, see `autograder.calibrate`).
"""

import functools

import numpy as np
import torch
from numpy.typing import NDArray

from cnnlab import data
from cnnlab.cases import generator, seed

NOISE = 12.0
"""Standard deviation of the noise, in grey levels of 255."""
BRIGHTNESS = 0.15
"""Largest change of brightness: every image is multiplied by 0.85 to 1.15."""


def perturbed(images: NDArray[np.uint8], generator: torch.Generator) -> NDArray[np.uint8]:
    """Images uint8 [N,28,28] with another brightness and noise each, again uint8."""
    pixels = torch.from_numpy(images.astype(np.float32))
    gain = torch.rand(len(images), 1, 1, generator=generator)
    pixels *= 1 + BRIGHTNESS * (2 * gain - 1)
    pixels += NOISE * torch.randn(pixels.shape, generator=generator)
    return pixels.round().clamp(0, 255).byte().numpy()


def test_digits(name: str, count: int | None = None) -> tuple[torch.Tensor, torch.Tensor]:
    """`sample` of the test images, made once for each name and grading run.

    The tensors are shared by all submissions of a run: do not change them in place.
    """
    return _test_digits(seed.get(), name, count)


@functools.lru_cache(maxsize=16)
def _test_digits(_: int, name: str, count: int | None) -> tuple[torch.Tensor, torch.Tensor]:
    return sample(*data.load("test"), generator(name), count)


def sample(
    images: NDArray[np.uint8],
    labels: NDArray[np.int64],
    generator: torch.Generator,
    count: int | None = None,
) -> tuple[torch.Tensor, torch.Tensor]:
    """`count` (default: all) of the images, perturbed and in random order, with their labels.

    Returns uint8 [count,28,28] and int64 [count].
    """
    order = torch.randperm(len(images), generator=generator)[:count].numpy()
    return (
        torch.from_numpy(perturbed(images[order], generator)),
        torch.from_numpy(labels[order]),
    )

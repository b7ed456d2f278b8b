"""Test digits that nobody has seen: every image a little brighter or darker, with a little noise.

MNIST's test labels are public, and a look-up table of the images would score 100 %. So a model is
scored on images that are changed and put in another order anew (`cnnlab.sampling`). The change is
light: it costs an honest model less than 0.1 points of accuracy on average (measured, see
`autograder.calibrate`).
"""

import numpy as np
import torch
from numpy.typing import NDArray

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

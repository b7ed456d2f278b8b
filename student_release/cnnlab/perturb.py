"""Test digits that nobody has seen: each image is moved, turned, slanted and stretched a little.

Its brightness changes as well, and noise is added. A model is scored on such images, put in another
order anew (`cnnlab.sampling`), because the labels of MNIST's test images are public.

What this achieves, and what it does not (measured: docs/fairness.md). A table of the released
images finds none of these, whether it looks for the same pixels or for rounded ones. A search for
the *nearest* released image does find the right label, for 99 % of them: more often than the
lesson's network. Changes that would stop it would stop honest networks as well. Such a model needs
its table, so what a model stores is counted (`cnnlab.probes.storage`): see what follows from that
in `cnnlab.trained_checks`.

Every number is computed with additions, multiplications, divisions and roundings of float64, which
give the same bits on every processor, so that everyone is judged on the same images everywhere.
"""

import numpy as np
import torch
from numpy.typing import NDArray

SHIFT = 0.5
"""Largest shift in pixels, along each axis."""
TURN = 3.0
"""Largest turn in degrees."""
SLANT = 0.2
"""Largest slant: the sideways shift of a row, per row of distance from the middle."""
STRETCH = 0.05
"""Largest stretch or compression, along each axis by itself."""
BRIGHTNESS = 0.15
"""Largest change of brightness: every image is multiplied by 0.85 to 1.15."""
NOISE = 12.0
"""Standard deviation of the noise, in grey levels of 255."""

_TAN_HALF_TURN = 0.0087268677907587893 * TURN  # tan(x/2) of x degrees, nearly linear for small x
_LEVELS = 1 << 20
_PIECE = 100  # images at once: few enough for a core's cache
_PARTS = 4  # uniform numbers that are added for one that is nearly normal


def perturbed(images: NDArray[np.uint8], generator: torch.Generator) -> NDArray[np.uint8]:
    """Return images uint8 [N,H,W], each changed in its own way, as uint8 again."""
    pieces = [images[start : start + _PIECE] for start in range(0, len(images), _PIECE)]
    return np.concatenate([images[:0], *(_changed(piece, generator) for piece in pieces)])


def _changed(images: NDArray[np.uint8], generator: torch.Generator) -> NDArray[np.uint8]:
    count, height, width = images.shape
    moved = _sampled(images, *_sources(count, height, width, generator))
    moved *= 1 + BRIGHTNESS * _uniform(generator, count, 1, 1)
    moved += NOISE * _nearly_normal(generator, count, height, width)
    return np.clip(np.rint(moved), 0, 255).astype(np.uint8)


def _uniform(generator: torch.Generator, *shape: int) -> NDArray[np.float64]:
    """Return random numbers from -1 to 1, made of whole ones: the same on every processor."""
    drawn = torch.randint(0, _LEVELS + 1, shape, generator=generator)
    return drawn.numpy() * (2.0 / _LEVELS) - 1.0


def _nearly_normal(generator: torch.Generator, *shape: int) -> NDArray[np.float64]:
    """Return sums of four uniform numbers, scaled to mean 0 and standard deviation 1."""
    drawn = torch.randint(0, 1 << 32, shape, generator=generator).numpy()
    total = sum((drawn >> (8 * part)) & 255 for part in range(_PARTS))
    return (total - _PARTS * 127.5) / ((256**2 - 1) / 12 * _PARTS) ** 0.5


def _sources(
    count: int, height: int, width: int, generator: torch.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return from which row and column each pixel [N,H,W] of the changed images is taken."""
    half = _TAN_HALF_TURN * _uniform(generator, count, 1, 1)
    cosine, sine = (1 - half * half) / (1 + half * half), 2 * half / (1 + half * half)
    tall, wide = (1 + STRETCH * _uniform(generator, count, 1, 1) for _ in range(2))
    slant = SLANT * _uniform(generator, count, 1, 1)
    down, right = (SHIFT * _uniform(generator, count, 1, 1) for _ in range(2))
    row = np.arange(height, dtype=np.float64).reshape(1, -1, 1) - (height - 1) / 2
    column = np.arange(width, dtype=np.float64).reshape(1, 1, -1) - (width - 1) / 2
    across, along = wide * column + slant * row, tall * row
    rows = sine * across + cosine * along + down + (height - 1) / 2
    columns = cosine * across - sine * along + right + (width - 1) / 2
    return rows, columns


def _sampled(
    images: NDArray[np.uint8], rows: NDArray[np.float64], columns: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the images' values between the pixels, bilinear; outside of an image all is 0."""
    count, height, width = images.shape
    framed = np.zeros((count, height + 2, width + 2), dtype=np.float64)
    framed[:, 1:-1, 1:-1] = images
    rows = np.clip(rows + 1, 0, height + 0.999)
    columns = np.clip(columns + 1, 0, width + 0.999)
    top, left = rows.astype(np.int64), columns.astype(np.int64)
    below, beside = rows - top, columns - left
    flat = framed.reshape(-1)
    start = np.arange(count).reshape(-1, 1, 1) * framed[0].size + top * (width + 2) + left
    upper = flat[start] * (1 - beside) + flat[start + 1] * beside
    lower = flat[start + width + 2] * (1 - beside) + flat[start + width + 3] * beside
    return upper * (1 - below) + lower * below

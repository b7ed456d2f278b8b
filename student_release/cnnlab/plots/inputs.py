"""An image and a kernel, checked and made plain, and what they give."""

from __future__ import annotations

import torch

from labkit.notebook.inputs import Array, CannotDraw, plane, size_text


def image_and_kernel(image: object, kernel: object, largest: int) -> tuple[Array, Array]:
    """Both as planes; the kernel must fit in the image, the image in `largest` × `largest`."""
    pixels, weights = plane(image, "the image"), plane(kernel, "the kernel")
    if max(pixels.shape) > largest:
        raise CannotDraw(
            f"the image is {size_text(pixels)}, too large to read its numbers. Take a part of at "
            f"most {largest}×{largest}, for example image[8:14, 10:16]."
        )
    if any(k > n for k, n in zip(weights.shape, pixels.shape, strict=True)):
        raise CannotDraw(
            f"the kernel ({size_text(weights)}) does not fit in the image ({size_text(pixels)})."
        )
    return pixels, weights


def cross_correlation(image: Array, kernel: Array) -> Array:
    """The cross-correlation of two planes without padding, as `torch.nn.functional` computes it."""
    output = torch.nn.functional.conv2d(
        torch.from_numpy(image.copy())[None, None], torch.from_numpy(kernel.copy())[None, None]
    )
    return output[0, 0].numpy()

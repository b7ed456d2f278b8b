"""Rerun the experiment of q21 with many seeds, and print what its hidden check compares with."""

import statistics
import sys
from pathlib import Path

import torch
from torch import Tensor

sys.path.insert(0, str(Path(__file__).parents[1] / "assignment"))

from cnnlab import helping
from cnnlab.feedback.shifting import zero_filled

SEEDS = range(101, 117)
UNMOVED_SEEDS = range(101, 105)


def shifted(images: Tensor, pixels: int, generator: torch.Generator) -> Tensor:
    """Each image moved by a shift of its own."""
    drawn = torch.randint(2 * pixels + 1, (2, len(images)), generator=generator) - pixels
    moved = [
        zero_filled(image, *shift) for image, shift in zip(images, drawn.T.tolist(), strict=True)
    ]
    return torch.stack(moved)


def main() -> None:
    """Print mean and spread of single networks for each row, and the mean on unmoved digits."""
    for row, (shifts, norm) in helping.SETTINGS.items():
        shift = shifted if shifts else None
        found = [helping.measure(shift, norm, seed) for seed in SEEDS]
        still = [helping.measure(shift, norm, seed, moved_by=0) for seed in UNMOVED_SEEDS]
        mean, spread = statistics.mean(found), statistics.stdev(found)
        print(f'"{row}": ({mean:.1f}, {spread:.1f}), unmoved {statistics.mean(still):.1f}')


if __name__ == "__main__":
    main()

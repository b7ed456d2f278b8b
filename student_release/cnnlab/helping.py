"""The experiment of q21: digits that were moved, read with and without shifts and normalisation.

Pixels are scaled to 0 to 1 here, so that 0 is black and moved digits get a black border.
"""

import statistics
from collections.abc import Callable, Mapping
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from cnnlab import data, fitting
from labkit.notebook.say import say
from labkit.notebook.screen import grading

MOVED_BY = 3
"""Pixels by which every test digit is moved, in one of eight directions."""
SETTINGS = {
    "neither": (False, False),
    "shifts": (True, False),
    "batch_norm": (False, True),
    "both": (True, True),
}
"""Row of the table → random shifts while training? Batch normalisation?"""
SEEDS = (1, 2, 3)
TRAINED_ON, TESTED_ON = 2_000, 2_000
EPOCHS, BATCH, RATE = 2, 50, 1e-2
Shift = Callable[[Tensor, int, torch.Generator], Tensor]
_DIRECTIONS = [(a, b) for a in (-1, 0, 1) for b in (-1, 0, 1) if (a, b) != (0, 0)]


def digits(count: int, start: int = 0) -> tuple[Tensor, Tensor]:
    """Training digits from number `start` on, with pixels from 0 to 1, and their labels."""
    images, labels = data.load("train")
    part = slice(start, start + count)
    pixels = torch.from_numpy(images[part].copy())
    return pixels.unsqueeze(1) / 255, torch.from_numpy(labels[part].copy())


def moved(images: Tensor, pixels: int, generator: torch.Generator) -> Tensor:
    """The images, each `pixels` further in a direction of its own, one of eight."""
    directions = torch.randint(len(_DIRECTIONS), (len(images),), generator=generator)
    height, width = images.shape[2:]
    result = torch.zeros_like(images)
    for number, (down, right) in enumerate(_DIRECTIONS):
        chosen = directions == number
        roomy = F.pad(images[chosen], [pixels] * 4)
        first, left = pixels * (1 - down), pixels * (1 - right)
        result[chosen] = roomy[:, :, first : first + height, left : left + width]
    return result


def network(norm: bool) -> nn.Module:
    """The lesson's plan, with or without batch normalisation after each convolution."""
    parts: list[nn.Module] = []
    for inputs, outputs in ((1, 8), (8, 16)):
        parts.append(nn.Conv2d(inputs, outputs, 3))
        parts.extend([nn.BatchNorm2d(outputs)] if norm else [])
        parts.extend([nn.ReLU(), nn.MaxPool2d(2)])
    return nn.Sequential(*parts, nn.Flatten(), nn.Linear(400, 10))


def trained(shift: Shift | None, norm: bool, seed: int) -> nn.Module:
    """One network, trained with `shift` on every batch; the seed draws its weights and batches."""
    images, labels = digits(TRAINED_ON)
    random = torch.Generator().manual_seed(seed)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = network(norm)
    optimizer = torch.optim.Adam(model.parameters(), RATE)
    for _ in range(EPOCHS):
        for chosen in torch.randperm(len(images), generator=random).split(BATCH):
            batch = images[chosen]
            batch = batch if shift is None else shift(batch, MOVED_BY, random)
            optimizer.step(_closure(model, optimizer, batch, labels[chosen]))
    return model


def measure(shift: Shift | None, norm: bool, seed: int, moved_by: int = MOVED_BY) -> float:
    """Train one network and return its accuracy, in percent, on digits it has never seen, moved."""
    model = trained(shift, norm, seed)
    images, labels = digits(TESTED_ON, data.VALIDATION_START)
    random = torch.Generator().manual_seed(seed)
    return fitting.accuracy(model, moved(images, moved_by, random), labels)


def _closure(
    model: nn.Module, optimizer: torch.optim.Optimizer, images: Tensor, labels: Tensor
) -> Callable[[], float]:
    def closure() -> float:
        optimizer.zero_grad()
        cost = F.cross_entropy(model(images), labels)
        cost.backward()
        return float(cost.detach())

    return closure


def measure_all(random_shift: Any) -> dict[str, tuple[float, float]]:
    """Train twelve networks with the student's `random_shift`; say and return the table.

    Row → mean and spread (standard deviation) of three seeds, in percent. While grading nothing is
    trained, and the table is empty.
    """
    if grading():
        return {}
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # networks this small gain nothing from more
    try:
        table = _measured(random_shift)
    finally:
        torch.set_num_threads(threads)
    if table:
        tell(table)
    return table


def _measured(random_shift: Any) -> dict[str, tuple[float, float]]:
    table: dict[str, tuple[float, float]] = {}
    for row, (shifts, norm) in SETTINGS.items():
        try:
            found = [measure(random_shift if shifts else None, norm, seed) for seed in SEEDS]
        except Exception as problem:
            say(f"{row}: random_shift cannot be used yet ({problem})")
            return {}
        table[row] = round(statistics.mean(found), 1), round(statistics.stdev(found), 1)
    return table


def tell(table: Mapping[str, tuple[float, float]]) -> None:
    """Show the table, a line for each row; it is printed, so that its columns stand straight."""
    say(f"Digits moved by {MOVED_BY} pixels, read right (mean and spread of {len(SEEDS)} seeds):")
    for row, (mean, spread) in table.items():
        print(f"{row:>10}: {mean:5.1f} % ± {spread:.1f}")

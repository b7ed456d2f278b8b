"""Which test digits a model is judged on: 700 that say as much as 4,000 drawn blindly.

Nearly all mistakes happen on an eighth of the test images. These are known: `autograder.calibrate`
writes down which images its networks misread often or sometimes. A fixed number of either group and
of all others are drawn, and each digit counts for as many as it stands for. So the accuracy is
right on average for every model, however it differs from those networks, and depends far less on
which digits are drawn (a stratified sample: Neyman, J. Royal Statistical Society 97, 1934, pages
558 to 625).
"""

import functools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from cnnlab import data
from cnnlab.cases import once
from cnnlab.perturb import perturbed

RECORD = Path(__file__).with_name("hard_digits.json")
DRAWN = {"often": 200, "sometimes": 160}
"""How many of the test images are drawn that the reference networks misread often, sometimes."""
OTHERS = 340
"""How many of those are drawn that none of them misreads."""
COUNT = sum(DRAWN.values()) + OTHERS
HardDigits = Mapping[str, Sequence[int]]
"""Indices of test images for each key of `DRAWN`."""


@dataclass(frozen=True)
class DigitSample:
    """Perturbed test digits in random order."""

    images: Tensor
    """uint8 [N,28,28]."""
    labels: Tensor
    """int64 [N]."""
    stands_for: Tensor
    """float64 [N]: for how many test images each digit counts. Together: all of them."""


def digits_for(name: str) -> DigitSample:
    """A sample of MNIST's test images, made once for each name and grading run.

    It is shared by all submissions of a run: do not change it in place.
    """
    return once(name, _drawn)


def _drawn(random: torch.Generator) -> DigitSample:
    return sample(*data.load("test"), hard_digits(), random)


@functools.cache
def hard_digits() -> HardDigits:
    """The test images that the reference networks misread."""
    return json.loads(RECORD.read_text(encoding="utf-8"))


def sample(
    images: NDArray[np.uint8],
    labels: NDArray[np.int64],
    hard: HardDigits,
    generator: torch.Generator,
) -> DigitSample:
    """As many images of each group in `hard` as `DRAWN` says, and `OTHERS` of the rest, perturbed.

    Where there are fewer, all of them. Raises ValueError for an index that is none.
    """
    if not all(0 <= index < len(images) for group in hard.values() for index in group):
        raise ValueError(f"a hard digit is none of the {len(images):,} images")
    other = torch.ones(len(images), dtype=torch.bool)
    for group in hard.values():
        other[list(group)] = False
    groups = [(torch.tensor(hard[name], dtype=torch.int64), count) for name, count in DRAWN.items()]
    chosen, stands_for = list[Tensor](), list[Tensor]()
    for members, count in (*groups, (other.nonzero().flatten(), OTHERS)):
        drawn = members[torch.randperm(len(members), generator=generator)[:count]]
        chosen.append(drawn)
        stands_for.append(torch.full((len(drawn),), len(members) / max(1, len(drawn))).double())
    order = torch.randperm(sum(map(len, chosen)), generator=generator)
    indices = torch.cat(chosen)[order].numpy()
    return DigitSample(
        torch.from_numpy(perturbed(images[indices], generator)),
        torch.from_numpy(labels[indices]),
        torch.cat(stands_for)[order],
    )


def accuracy_of(table: Tensor, digits: DigitSample) -> float:
    """Percent of the test images whose largest score in `table` [N,10] stands at their label."""
    right = table.argmax(1).eq(digits.labels)
    return 100.0 * float(digits.stands_for[right].sum() / digits.stands_for.sum())


def standard_error(table: Tensor, digits: DigitSample) -> float:
    """Standard deviation of `accuracy_of` over other samples like this one, in points.

    The shares p in each group count by Laplace's rule, (right + 1) / (n + 2): none right, or all,
    says something, but not everything. A group of which n of N images are drawn adds
    (N / all)² p (1 - p) (1 - n / N) / n to the variance (Cochran, Sampling Techniques, 1977,
    section 5.6).
    """
    right, variance = table.argmax(1).eq(digits.labels).double(), 0.0
    for weight in digits.stands_for.unique():
        group = right[digits.stands_for == weight]
        share = float((group.sum() + 1) / (len(group) + 2))
        part = float(weight) * len(group) / float(digits.stands_for.sum())
        variance += part**2 * share * (1 - share) * (1 - 1 / float(weight)) / len(group)
    return 100.0 * variance**0.5


def confusions(table: Tensor, digits: DigitSample) -> list[list[float]]:
    """How many test images of each digit (row) are read as each digit (column), estimated."""
    places = 10 * digits.labels + table.argmax(1)
    counts = places.bincount(weights=digits.stands_for, minlength=100)
    return [[round(count, 2) for count in row] for row in counts.reshape(10, 10).tolist()]

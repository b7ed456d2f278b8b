"""Which test digits a model is judged on: 2,000 that say as much as many more drawn blindly.

Nearly all mistakes happen on a fifth of the test images. These are known: `proofs.calibrate`
writes down which images its networks misread often, sometimes or rarely. A fixed number of each
group and of all others are drawn, and each digit counts for as many as it stands for. So the
accuracy is right on average for every model, however it differs from those networks, and depends
far less on which digits are drawn (a stratified sample: Neyman, J. Royal Statistical Society 97,
1934, pages 558 to 625). Where that is not sure enough for a model, it is judged on all of them.
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
DRAWN = {"often": 480, "sometimes": 410, "rarely": 370}
"""How many of the test images are drawn that the reference networks misread so often."""
OTHERS = 740
"""How many of those are drawn that none of them misreads."""
ALLOWED_ERROR = 0.3 / 1.96
"""Standard error, in points, above which a model is judged on all digits: 95 % are within 0.3."""
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
    return once(name, some_digits)


def some_digits(random: torch.Generator) -> DigitSample:
    """A sample as `digits_for` keeps it."""
    return sample(*data.load("test"), hard_digits(), random)


def all_digits_for(name: str) -> DigitSample:
    """All of MNIST's test images, perturbed, made once for each name and grading run."""
    return once(f"{name}, all digits", every_digit)


def every_digit(random: torch.Generator) -> DigitSample:
    """All test images, as `all_digits_for` keeps them."""
    images, labels = data.load("test")
    everyone = {"often": range(len(images)), "sometimes": (), "rarely": ()}
    return sample(images, labels, everyone, random, drawn={"often": len(images)})


@functools.cache
def hard_digits() -> HardDigits:
    """The test images that the reference networks misread."""
    return json.loads(RECORD.read_text(encoding="utf-8"))


def sample(
    images: NDArray[np.uint8],
    labels: NDArray[np.int64],
    hard: HardDigits,
    generator: torch.Generator,
    drawn: Mapping[str, int] = DRAWN,
) -> DigitSample:
    """As many images of each group in `hard` as `drawn` says, and `OTHERS` of the rest, perturbed.

    Where there are fewer, all of them. Raises ValueError for an index that is none.
    """
    if not all(0 <= index < len(images) for group in hard.values() for index in group):
        raise ValueError(f"a hard digit is none of the {len(images):,} images")
    other = torch.ones(len(images), dtype=torch.bool)
    for group in hard.values():
        other[list(group)] = False
    groups = [(torch.tensor(hard[name], dtype=torch.int64), count) for name, count in drawn.items()]
    chosen, stands_for = list[Tensor](), list[Tensor]()
    for members, count in (*groups, (other.nonzero().flatten(), OTHERS)):
        some = members[torch.randperm(len(members), generator=generator)[:count]]
        chosen.append(some)
        stands_for.append(torch.full((len(some),), len(members) / max(1, len(some))).double())
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

"""Random inputs for the lesson's checks, as tensors: see `labkit.cases`."""

from collections.abc import Callable
from typing import TypeVar

import torch

from labkit import cases

Made = TypeVar("Made")


def generator(name: str) -> torch.Generator:
    """A fresh CPU generator, fixed by the run's seed and `name` alone."""
    return torch.Generator().manual_seed(cases.number(name))


def once(name: str, make: Callable[..., Made], *args: int | float) -> Made:
    """What `make(generator(name), *args)` gives, made once for each grading run."""
    return cases.once(name, make, *args, source=generator)


def images(name: str, count: int) -> torch.Tensor:
    """Images of random numbers, float32 [count,1,28,28], that several checks share; see `once`."""
    return once(f"{name}, {count} images", _normal, count, 1, 28, 28)


def _normal(random: torch.Generator, *shape: int) -> torch.Tensor:
    return torch.randn(shape, generator=random)


def whole_number(name: str) -> int:
    """A random whole number from 0 to 2**31 - 1, fixed by the run's seed and `name`."""
    return int(torch.randint(2**31, (1,), generator=generator(f"{name} whole number")))

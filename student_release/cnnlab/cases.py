"""Random inputs for the checks: the same for every student of one grading run.

Checks never touch torch's global random state: several submissions may be graded in threads of
one process, and a submission could have seeded or exhausted the global generator.
"""

import functools
import hashlib
from contextvars import ContextVar

import torch

seed: ContextVar[int] = ContextVar("cnnlab_cases_seed", default=2025)
"""Seed of the grading run; a course may set another one for every run."""


def generator(name: str) -> torch.Generator:
    """A fresh CPU generator, fixed by the run's seed and `name` alone.

    `name` says what the numbers are for ("q5 stride"), so that two checks never share a stream.
    """
    digest = hashlib.sha256(f"{seed.get()}:{name}".encode()).digest()
    return torch.Generator().manual_seed(int.from_bytes(digest[:8], "big") >> 1)


def images(name: str, count: int) -> torch.Tensor:
    """Images of random numbers, float32 [count,1,28,28], made once for each name and grading run.

    Several checks share them, and all submissions of a run: do not change them in place.
    """
    return _images(seed.get(), name, count)


@functools.lru_cache(maxsize=16)
def _images(_: int, name: str, count: int) -> torch.Tensor:
    return torch.randn(count, 1, 28, 28, generator=generator(f"{name} images"))


def whole_number(name: str) -> int:
    """A random whole number from 0 to 2**31 - 1, fixed by the run's seed and `name`."""
    return int(torch.randint(2**31, (1,), generator=generator(f"{name} whole number")))

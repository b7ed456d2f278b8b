"""Observations of `random_shift` (q21): the images that came, twice with the same seed."""

from functools import partial
from typing import Any, TypedDict

import torch
from torch import Tensor

from cnnlab.probes import Observation, observe


class Shifted(TypedDict):
    """What two calls with generators of one seed, and one with another seed, gave."""

    call: Observation
    again: Any
    """The result of the second call: the same seed."""
    other: Any
    """The result of the third: another seed."""
    global_used: bool
    """Were torch's global random numbers used?"""


def shifting(random_shift: Any, images: Tensor, pixels: int, seed: int) -> Shifted:
    """What the student's `random_shift` makes of images [N,C,H,W]."""

    def generator(number: int) -> torch.Generator:
        return torch.Generator().manual_seed(number)

    def call(number: int) -> Observation:
        own = generator(number)
        function = random_shift
        if callable(random_shift):
            function = partial(_with_generator, random_shift, own)
        return observe(function, images, pixels)

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        before = torch.get_rng_state()
        first = call(seed)
        used = not torch.equal(before, torch.get_rng_state())
        second, third = call(seed), call(seed + 1)
    return Shifted(call=first, again=second["value"], other=third["value"], global_used=used)


def _with_generator(function: Any, generator: torch.Generator, images: Tensor, pixels: int) -> Any:
    return function(images, pixels, generator)

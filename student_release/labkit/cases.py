"""Random inputs for the checks: the same for every student of one grading run.

Checks never touch a global random state: several submissions may be graded in threads of one
process, and a submission could have seeded or exhausted the global generator.
"""

import hashlib
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

from labkit.run import current

Made = TypeVar("Made")

ROOM = 64
"""As many things are kept by `once`; the oldest goes when another grading run needs room."""
_made: dict[tuple[Any, ...], Any] = {}


def number(name: str) -> int:
    """Return a whole number below 2**63, fixed by the run's seed and `name` alone."""
    digest = hashlib.sha256(f"{current().seed}:{name}".encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1


def generator(name: str) -> np.random.Generator:
    """Return a fresh generator, fixed by the run's seed and `name` alone.

    `name` says what the numbers are for ("q5 stride"), so that two checks never share a stream.
    """
    return np.random.default_rng(number(name))


def once(
    name: str,
    make: Callable[..., Made],
    *args: int | float,
    source: Callable[[str], Any] = generator,
) -> Made:
    """Return `make(source(name), *args)`, made once for each grading run.

    For inputs and right results that take long. All submissions of a run share them: do not change
    them in place. Whatever `make` depends on goes through `args`, or a later call with something
    else around it would get what the first one made.
    """
    # The code is part of the key for authors, who change a check and run it again.
    key = (current().seed, name, args, make.__code__)
    found = _made.get(key)
    if found is None:
        if len(_made) >= ROOM:
            _made.pop(list(_made)[0], None)  # noqa: RUF015 next(iter()) fails beside other threads
        found = _made.setdefault(key, make(source(name), *args))
    return found

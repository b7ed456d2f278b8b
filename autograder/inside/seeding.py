"""Seeds random numbers before a cell, where the assignment asks for that, as otter does."""

import random
from typing import Any

import numpy as np


def seed(number: int | None, variable: str, source: str, variables: dict[str, Any]) -> None:
    """Seed NumPy and Python with `number`, or set the `variable` of that name to it.

    Nothing happens without a number, nor before a cell that begins with a cell magic.
    """
    if number is None or source.startswith("%%"):
        return
    if variable:
        variables[variable] = number
    else:
        np.random.seed(number)
        random.seed(number)

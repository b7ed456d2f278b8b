"""The five patients of q20: what was measured while each of them was trained."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import nn

from cnnlab import data
from labkit.notebook.say import say
from labkit.notebook.screen import grading

FILE = Path(__file__).with_name("clinic.json")
OWN_STEPS = 60
CAUSES = ("not_zeroed", "softmax", "rate", "healthy")
"""What a patient may have: gradients never zeroed, softmax before the loss, a rate that is ten
times too high; or it only looks broken."""


def charts() -> dict[str, dict[str, Any]]:
    """Patient → `losses` and `gradients` (their sizes) by step, the `batch` size, the `lowest` and
    the `highest` number that the loss was given, and the `accuracy` afterwards, in percent."""
    return json.loads(FILE.read_text("utf-8"))


def try_own(overfits: Any, make: Callable[[], nn.Module], split: data.Split) -> None:
    """Say whether the student's own network learns 32 digits by heart, by the student's function.

    While grading nothing is trained.
    """
    if grading():
        return
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(20)
        try:
            model = make()
            place = next(model.parameters()).device
            batch = split.train_images[:32].to(place), split.train_labels[:32].to(place)
            found = overfits(model, batch, OWN_STEPS)
        except Exception as problem:
            say(f"Your network could not be tested yet: {problem}")
            return
    say(f"overfits(SimpleCNN(), 32 digits, {OWN_STEPS} steps) says: {found}")


def words(chart: dict[str, Any]) -> str:
    """One patient's chart in a sentence that tells as much as the picture."""
    losses, sizes = chart["losses"], chart["gradients"]
    marks = (0, len(losses) // 4, len(losses) // 2, 3 * len(losses) // 4)
    course = ", ".join(f"{_mean(losses, mark):.2f}" for mark in (*marks, len(losses) - 10))
    slopes = ", ".join(f"{_mean(sizes, mark):.2g}" for mark in (*marks, len(sizes) - 10))
    return (
        f"batches of {chart['batch']}; loss at the start, after each quarter and at the end (means"
        f" of 10 steps) {course}, between {min(losses):.2f} and {max(losses):.2f}; size of the"
        f" gradient at the same times {slopes}; the loss is given numbers from {chart['lowest']}"
        f" to {chart['highest']}; afterwards {chart['accuracy']} % of new digits are right"
    )


def _mean(numbers: list[float], start: int) -> float:
    part = numbers[start : start + 10]
    return sum(part) / len(part)
